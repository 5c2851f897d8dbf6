"""What ``models.toml`` says of the models that Voxcue knows."""

from __future__ import annotations

import re

import pytest

from voxcue.errors import UsageError
from voxcue.models import known, names


def test_the_published_models_are_known() -> None:
    assert names() == ("F5TTS_v1_Base", "F5TTS_Base", "E2TTS_Base", "vocos-mel-24khz")
    families = {name: known(name).family for name in names()}
    assert families == {
        "F5TTS_v1_Base": "f5-v1",
        "F5TTS_Base": "f5",
        "E2TTS_Base": "e2",
        "vocos-mel-24khz": "vocos",
    }
    assert known("F5TTS_v1_Base").size == 1_348_435_761 + 13_800
    assert known("vocos-mel-24khz").licence == "MIT"


@pytest.mark.parametrize("name", names())
def test_every_file_is_pinned(name: str) -> None:
    entry = known(name)
    roles = {file.role for file in entry.files}
    assert roles == ({"weights", "config"} if entry.family == "vocos" else {"weights", "vocabulary"})
    for file in entry.files:
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert re.fullmatch("[0-9a-f]{40}", file.revision)
        assert re.fullmatch("[A-Za-z]+/[A-Za-z0-9-]+", file.repository)
    assert len({file.name for file in entry.files}) == len(entry.files), "a mirror keeps them in one folder"


def test_a_wrong_name_is_answered_with_the_right_ones() -> None:
    with pytest.raises(UsageError, match="known: F5TTS_v1_Base") as raised:
        known("F6")
    assert raised.value.code == "model-unknown"
