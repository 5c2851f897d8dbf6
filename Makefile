# Voxcue needs Python 3.11+ and make; every target does its own set-up in .venv.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11 python; do \
	$$each -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$each && break; done)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test check format bench clean

help:  ## Show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

demo: $(VENV)/.run  ## Speak the examples into out/, with captions and previews
	$(BIN)/python examples/demo.py

test: $(VENV)/.dev  ## Run every test
	$(BIN)/python -m pytest

check: $(VENV)/.dev  ## Lint, types, layers, and that every file named in docs and workflows exists
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python tools/check_paths.py

format: $(VENV)/.dev  ## Format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/.dev  ## Measure: one JSON line per figure
	$(BIN)/python bench/start.py
	$(BIN)/python bench/speed.py
	$(BIN)/python bench/memory.py
	$(BIN)/python bench/timing.py

clean:  ## Remove the environment and everything made
	rm -rf $(VENV) out .cache build dist

$(VENV)/.made: Makefile
	@$(or $(PYTHON),false) -c '$(NEW_ENOUGH)' || \
		{ echo "Voxcue needs Python 3.11 or newer; name it with: make PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

$(VENV)/.run: $(VENV)/.made pyproject.toml
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -e . --group dev
	@touch $@
