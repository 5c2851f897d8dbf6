"""The aligner `whisperx` where its package is missing; `tests/reference` has the rest."""

from __future__ import annotations

import json
from importlib.util import find_spec

import pytest

from tests.conftest import Run
from voxcue.aligners import aligner_class, fitting_aligners
from voxcue.errors import UnavailableError

pytestmark = pytest.mark.skipif(find_spec("whisperx") is not None, reason="the package is here")


def test_a_missing_package_is_named() -> None:
    with pytest.raises(
        UnavailableError, match=r"'whisperx' cannot be used here.*'whisperx' is missing"
    ) as caught:
        aligner_class("whisperx")
    assert caught.value.code == "aligner-unavailable"
    assert "pip install" in caught.value.hint


def test_it_is_listed_with_the_reason_and_never_chosen(run: Run) -> None:
    listed = {each["name"]: each for each in json.loads(run("aligners", "--json").stdout)}
    assert not listed["whisperx"]["available"]
    assert "pip install whisperx" in listed["whisperx"]["description"]
    assert "whisperx" not in [each.name for each in fitting_aligners("en", marked=False)]
