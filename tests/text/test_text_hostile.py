# ruff: noqa: E501
"""Whatever the text is, every word of it is kept, placed, said and never said as a digit."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.text.script_claims import assert_gives_source_back, assert_sound, tokens_of
from voxcue.errors import TextError
from voxcue.text import parse
from voxcue.types import Script

SNIPPETS = [
    "$3.50", "$3.2 billion", "USD 30", "-5", "1,250", "3.14", "1st", "1990s", "'90s", "7:30 p.m.", "19:05", "12:00",
    "2024-03-01", "3/4/2025", "Jan. 5, 2024", "555-0100", "(555) 010-0199", "+44 20 7946 0958", "5 km", "20 °C",
    "5'11\"", "1/2", "2 1/2", "½", "1½", "Henry VIII", "Chapter IV", "I", "Mr.", "St.", "No. 5", "e.g.", "J. K.",
    "U.S.A.", "ada@example.com", "https://example.com/a?b=1#c", "/etc/hosts", "#BookTok", "@voxcue", "C++", "R&D",
    "x²", "10⁶", "π", "٣٤٥", "१२", "１２", "𝟏𝟐", "①", "Ⅷ", "日本語2024年", "Привет1", "שלום", "नमस्ते", "👍🏽", "👨‍👩‍👧‍👦",
    "🇺🇸", "1️⃣", "—", "--", "–", "...", "…", "!?!?", "***", "“", "”", "'", '"', "(", ")", "[sic]", "[", "]",
    "\u200b", "\u200d", "\u200f", "\u202e", "\ufeff", "\u00ad", "\u0301", "\ufe0f", "\x00", "\x1b", "\r\n", "\n\n",
    "\t", "\u00a0", "\u2028", "\x0c", "A", "a.m.", "Yes.", "No!", "etc.", "don’t", "ﬁne", "ﷺ", "㎏", "℃", "™", "𐄇", "௰",
    "៰", "ª", "²", "₂", "↉", "\ud800", "1" * 40, "9" * 400, "x" * 300, "-" * 50, "3D", "R2-D2", "4×4", "a/b", "5%",
]  # fmt: skip
JOINED = st.lists(st.sampled_from(SNIPPETS) | st.text(max_size=3), min_size=1, max_size=14).flatmap(
    lambda parts: st.lists(
        st.sampled_from(["", " ", " ", " ", "\n"]), min_size=len(parts), max_size=len(parts)
    ).map(lambda gaps: "".join(part + gap for part, gap in zip(parts, gaps, strict=True)))
)
ANY_CHARACTER = st.characters(codec=None, categories=None)
TEXTS = JOINED | st.text(ANY_CHARACTER, max_size=60) | st.text("0123456789.,:/-–+$%'\"ap m°k", max_size=30)
THOROUGH = settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(source: str) -> Script | None:
    """Read a text; ``None`` for one that holds nothing to say, or a directive that cannot be read."""
    try:
        return parse(source)
    except TextError as caught:
        error = caught
    assert error.code in {"text-empty", "text-silent", "markup-pause", "word-too-long"}
    assert error.message
    assert error.hint
    if error.code.startswith("text-"):
        assert not any(map(str.isalnum, source))
    return None


@THOROUGH
@given(TEXTS)
@example("5 [sic] km")
@example("\ufeffHello")
def test_every_word_is_kept_and_said(source: str) -> None:
    script = read(source)
    if script is not None:
        assert_sound(script)
        assert_gives_source_back(script)


@THOROUGH
@given(st.lists(TEXTS, min_size=2, max_size=4))
def test_pauses_disturb_nothing_else(parts: list[str]) -> None:
    script = read("Go " + "[pause 0.5s]".join(parts))
    assert script is not None
    assert_sound(script)
    kept = "".join(token.text + token.space for token in tokens_of(script))
    assert kept == "Go " + "".join(parts)
    total = sum(utterance.pause for utterance in script.utterances)
    assert total >= 0.5 * (len(parts) - 1) - 1e-9


@settings(THOROUGH, max_examples=200)
@given(TEXTS, st.integers(min_value=1, max_value=80))
def test_the_limit_changes_only_where_utterances_end(source: str, limit: int) -> None:
    whole = read(source)
    if whole is None:
        return
    script = parse(source, max_chars=limit)
    assert_sound(script)
    assert tokens_of(script) == tokens_of(whole)


@settings(THOROUGH, max_examples=200)
@given(TEXTS)
def test_reading_twice_gives_the_same(source: str) -> None:
    assert read(source) == read(source)
