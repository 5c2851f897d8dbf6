"""Engines are found by name, from any package; what cannot be used says so in one sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from voxcue.engines import engine_class, engine_names
from voxcue.engines.hibari import HibariEngine
from voxcue.errors import UnavailableError, UsageError


def install(folder: Path, name: str, code: str) -> None:
    """Put a package into a folder, as pip would: its module and the entry point of its engine."""
    (folder / f"{name}.py").write_text(code)
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[voxcue.engines]\n{name} = {name}:TheEngine\n")


def test_an_engine_is_found_by_its_name() -> None:
    assert isinstance(engine_class("hibari")(), HibariEngine)


def test_an_unknown_engine_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"no engine called 'hibary'; known: .*hibari") as caught:
        engine_class("hibary")
    assert caught.value.code == "engine-unknown"


def test_an_engine_of_another_package_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "siren", "class TheEngine:\n    name = 'siren'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert {"hibari", "siren"} <= set(engine_names())
    assert engine_class("siren").name == "siren"


def test_an_engine_whose_package_is_missing_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "broken", "import a_package_that_is_not_installed\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(UnavailableError, match=r"'broken' cannot be used here: .*a_package_that") as caught:
        engine_class("broken")
    assert caught.value.code == "engine-unavailable"
    assert "pip install" in caught.value.hint


def test_listing_engines_and_reading_their_traits_loads_no_model() -> None:
    code = (
        "import sys\n"
        "from voxcue.engines import engine_class, engine_names\n"
        "assert 'hibari' in engine_names() and 'numpy' not in sys.modules\n"
        "assert engine_class('hibari').traits.times_words\n"
        "assert not {'onnxruntime', 'hibari'} & set(sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
