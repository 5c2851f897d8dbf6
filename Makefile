# Voxcue needs Python 3.11+ and make; every target does its own set-up in .venv.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11 python; do \
	$$each -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$each && break; done)
VENV := .venv
BIN := $(VENV)/bin
REFERENCE := .venv-reference

# As the command line does: our matrices are small, threads for them cost more than they gain.
export OPENBLAS_NUM_THREADS := 1

.PHONY: help demo test test-reference image test-image test-system check format bench openapi clean lock

help:  ## Show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

demo: $(VENV)/.run  ## Speak the examples into out/, with captions and previews
	$(BIN)/python examples/demo.py

test: $(VENV)/.dev  ## Run every test
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-reference: $(REFERENCE)/.made  ## Compare the engine f5 with the f5-tts package, in its own environment
	$(REFERENCE)/bin/python -m pytest -o filterwarnings=default tests/reference

image: $(VENV)/.run  ## Build the image of the worker, with Docker or buildah, and hold it to its budget
	$(BIN)/voxcue image check --strict --forbid torch --require runpod --require uv --allow f5_tts
	$(BIN)/python tools/image.py build voxcue:dev
	$(BIN)/python tools/image.py size voxcue:dev

test-image: image  ## Start the image, and have it answer a job
	$(BIN)/python tools/image.py smoke voxcue:dev

test-system: image $(VENV)/.dev  ## The image on an empty volume, with S3, kills and cold starts; VOLUME=folder, or a temporary one
	$(BIN)/python tools/system.py $(SYSTEM) $(VOLUME)

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
	$(BIN)/python bench/alignment.py
	$(BIN)/python bench/verification.py
	$(BIN)/python bench/duration.py
	$(BIN)/python bench/voices.py
	$(BIN)/python bench/serve.py
	$(BIN)/python bench/worker.py

openapi: $(VENV)/.run  ## Write docs/openapi.json anew
	$(BIN)/python tools/openapi.py

clean:  ## Remove the environment and everything made
	rm -rf $(VENV) $(REFERENCE) out .cache build dist

$(VENV)/.made: Makefile
	@$(or $(PYTHON),false) -c '$(NEW_ENOUGH)' || \
		{ echo "Voxcue needs Python 3.11 or newer; name it with: make PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

INSTALL := $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python
# PyTorch for the CPU: from a folder of wheels where pip is set up with one, else from PyTorch's own index.
TORCH := $(if $(PIP_FIND_LINKS),--find-links $(PIP_FIND_LINKS),--torch-backend cpu)

$(VENV)/.run: $(VENV)/.made requirements/run.txt pyproject.toml
	$(INSTALL) --require-hashes -r requirements/run.txt
	$(INSTALL) --no-deps -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt requirements/extras.txt requirements/torch.txt
	$(INSTALL) --require-hashes -r requirements/extras.txt -r requirements/dev.txt
	$(INSTALL) $(TORCH) -r requirements/torch.txt
	@touch $@

# What the engine f5 is compared with, and the tool whose environment is the yardstick for size. PyTorch is the
# version that they ask for, for the CPU; for a GPU: make test-reference TORCH="--torch-backend auto"
$(REFERENCE)/.made: pyproject.toml | $(VENV)/.made
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(REFERENCE)
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(REFERENCE)/bin/python $(TORCH) \
		f5-tts==1.1.22 whisperx==3.7.4 pytest hypothesis -e '.[f5,align,asr]'
	@touch $@

LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command "make lock" pyproject.toml

# For the image and the volume: one machine, one Python. PyTorch for the CPU has no hash, as its build depends on where from.
LOCK_ONE := $(BIN)/uv pip compile --quiet --upgrade --python-platform x86_64-manylinux_2_28 --python-version 3.11 \
	--generate-hashes --custom-compile-command "make lock"
LOCKS := src/voxcue/volume/locks

lock: $(VENV)/.made  ## Choose the newest versions that pyproject.toml allows, and write them down
	$(LOCK) --upgrade -o requirements/run.txt
	$(LOCK) --upgrade -c requirements/run.txt --all-extras --override requirements/without-torch.txt \
		-o requirements/extras.txt
	$(LOCK) --upgrade -c requirements/run.txt -c requirements/extras.txt --group dev -o requirements/dev.txt
	$(LOCK) --upgrade -c requirements/run.txt -c requirements/extras.txt --extra worker \
		--override requirements/image-without.txt -o requirements/image.txt
	$(LOCK_ONE) requirements/build.in -c requirements/image.txt -o requirements/build.txt
	$(LOCK_ONE) pyproject.toml --extra f5 --extra align --extra asr -c requirements/extras.txt -c requirements/torch.txt -o $(LOCKS)/cuda.txt
	$(LOCK_ONE) pyproject.toml --extra f5 --extra align --extra asr -c requirements/extras.txt -c requirements/torch.txt $(TORCH) \
		--no-emit-package torch -o $(LOCKS)/cpu.txt
	cat requirements/volume-cuda.in >>$(LOCKS)/cuda.txt
	cat requirements/volume-cpu.in >>$(LOCKS)/cpu.txt
