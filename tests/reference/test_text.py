"""Text to symbols against the package's own."""

from __future__ import annotations

import pytest

pytest.importorskip("f5_tts", reason="make test-reference runs this in an environment of its own")

from f5_tts.model.utils import convert_char_to_pinyin, list_str_to_idx

from tests.reference import upstream
from voxcue.engines.f5.text import Vocabulary, symbols

TEXTS = (
    "Some call me nature, others call me mother nature.",
    "It's (really) \u201cquoted\u201d; isn't it? We've e-mailed: A.B.C.",
    "Naïve café, Ærøskøbing, señor — déjà vu…",
    "你好，世界！银行的行长说：长大了。",
    "对，这就是我，万人敬仰的太乙真人。",
    "今天是 Monday，我们 go to 学校。",
    "一不做二不休，不要不好意思，一个一个来。",
    "«Привет», сказал он. Γειά σου!",
    "重庆的重量，音乐和快乐，都都行。 ",
)


@pytest.mark.parametrize("text", TEXTS)
def test_symbols(text: str) -> None:
    assert symbols(text) == convert_char_to_pinyin([text])[0]


@pytest.mark.parametrize("text", TEXTS)
def test_ids(text: str) -> None:
    entries = upstream.vocabulary()
    table = {entry: index for index, entry in enumerate(entries)}
    assert Vocabulary(entries).ids(text) == list_str_to_idx(convert_char_to_pinyin([text]), table)[0].tolist()
