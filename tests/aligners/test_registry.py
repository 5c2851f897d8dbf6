"""Aligners are found by name, and the ones at hand are named when a name is wrong."""

from __future__ import annotations

import pytest

from voxcue.aligners import aligner_class, aligner_names, fitting_aligners
from voxcue.errors import UsageError
from voxcue.settings import settings


def test_all_aligners_are_registered() -> None:
    embedded = {"ctc", "native", "sphinx"}
    assert embedded | {"whisperx"} <= set(aligner_names())
    assert all(aligner_class(name).name == name for name in embedded)


@pytest.mark.parametrize(
    ("model", "marked", "language", "expected"),
    [
        ("", True, "en", ["native", "sphinx"]),
        ("", False, "en-GB", ["sphinx"]),
        ("", False, "de", []),
        ("here", False, "de", ["ctc"]),
        ("here", True, "en", ["native", "ctc", "sphinx"]),
    ],
)
def test_auto_prefers_what_is_known_then_what_was_set_up(
    monkeypatch: pytest.MonkeyPatch, model: str, marked: bool, language: str, expected: list[str]
) -> None:
    monkeypatch.setenv("VOXCUE_CTC_MODEL", model)
    settings.cache_clear()
    try:
        assert [each.name for each in fitting_aligners(language, marked=marked)] == expected
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_an_unknown_aligner_is_refused_with_the_known_ones() -> None:
    known = "known: ctc, native, sphinx, whisperx"
    with pytest.raises(UsageError, match=rf"no aligner called 'spinx'; {known}") as caught:
        aligner_class("spinx")
    assert caught.value.code == "aligner-unknown"
