"""Aligners are found by name, and the ones at hand are named when a name is wrong."""

from __future__ import annotations

import pytest

from voxcue.aligners import aligner_class, aligner_names
from voxcue.errors import UsageError


def test_both_embedded_aligners_are_registered() -> None:
    assert {"native", "sphinx"} <= set(aligner_names())
    assert all(aligner_class(name).name == name for name in aligner_names())


def test_an_unknown_aligner_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"no aligner called 'spinx'; known: native, sphinx") as caught:
        aligner_class("spinx")
    assert caught.value.code == "aligner-unknown"
