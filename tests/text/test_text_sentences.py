# ruff: noqa: E501
"""Where utterances end, how long they get, and how long the voice rests between them."""

from __future__ import annotations

import pytest

from tests.text.script_claims import assert_gives_source_back, assert_sound, tokens_of
from voxcue.errors import TextError
from voxcue.text import parse
from voxcue.text.script import MAX_CHARS, PARAGRAPH_PAUSE, SENTENCE_PAUSE
from voxcue.text.utterances import CLAUSE_PAUSE

SENTENCES = [
    "It is late. || We go.",
    "Dr. Smith came. || J. K. Rowling left.",
    "It was 5 p.m. on Monday. || Pi is 3.14, see Fig. 3 and p. 12. || Then go.",
    "He met George W. Bush. || Then he met Mr. and Mrs. A. Lee.",
    "He lives in the U.S. || He likes it. || The U.S. Government agreed.",
    "It is plan B. || Then we left at 5 p.m. || It rained.",
    "Is it a.m. or p.m.? || I think so.",
    "See example.com. || Write to ada@example.com. || Then wait.",
    "“Hi. || How are you? || I am fine.” || Then he left.",
    "“What?” he asked. || “Go away!” || John said.",
    "(He left. || She stayed.) || The end.",
    "Wait... what? || He paused… then left.",
    "We met on Jan. 5, 2024. || No. 5 is alive. || No! || Yes.",
    "At St. Louis we sat. || On Main St. || It rained.",
    "It cost $3.2 billion. || Acme Inc. paid.",
    "We met at 7 p.m. Monday at 123 Main St. Apt. 4B. || It rained.",
    "It was closed Sat. and Sun. || Acme, est. 1999, is on Rte. 66 by the 40-yd. line. || See para. 4.",
    "It held 9 cu. ft. of air. || Atty. Gen. Lee and Rep. Kim (D-Calif.) read Matt. 5:3. || Then they left.",
    "John D. Rockefeller met Robert C. Martin and Mary L. Smith. || It rained.",
    "Great! 🎉 || Really? 👍 || Yes.",
]


@pytest.mark.parametrize("marked", SENTENCES)
def test_a_sentence_is_an_utterance(marked: str) -> None:
    sentences = marked.split(" || ")
    script = parse(" ".join(sentences))
    shown = ["".join(token.text + token.space for token in u.tokens).strip() for u in script.utterances]
    assert shown == sentences


def shown_of(source: str, **limits: int) -> list[str]:
    script = parse(source, **limits)
    assert_sound(script)
    return [" ".join(token.text for token in utterance.tokens) for utterance in script.utterances]


def test_hard_wrapped_prose_flows() -> None:
    wrapped = "It was the best of times, it was the worst of times, it was the age of\nwisdom, and it was the age of foolishness, as Mr.\nLorry said.\n"
    assert len(shown_of(wrapped)) == 1


def test_windows_line_ends_are_line_ends() -> None:
    assert shown_of("One two\r\n\r\nthree four.\r\n") == ["One two", "three four."]


def test_a_heading_and_list_items_stand_alone() -> None:
    text = "The Long Way Home\nIt was a dark and stormy night in the old town by the sea, and nobody slept.\n- bread and\n- butter"
    assert shown_of(text) == [
        "The Long Way Home",
        "It was a dark and stormy night in the old town by the sea, and nobody slept.",
        "- bread and",
        "- butter",
    ]


@pytest.mark.parametrize(
    "marks", [("1.", "2.", "3."), ("1)", "2)", "3)"), ("-",) * 3, ("•",) * 3, ("*",) * 3]
)
def test_a_list_mark_is_part_of_its_item(marks: tuple[str, str, str]) -> None:
    items = [f"{marks[0]} Mix the flour.", f"{marks[1]} Add the eggs at 5 p.m.", f"{marks[2]} Bake it."]
    assert shown_of("\n".join(items)) == items


def test_short_lines_are_lines_of_verse() -> None:
    assert shown_of("Roses are red\nViolets are blue\nand so on") == [
        "Roses are red",
        "Violets are blue and so on",
    ]


def test_pauses_follow_the_text() -> None:
    script = parse("One. Two!\n\nThree? Four.")
    assert [u.pause for u in script.utterances] == [SENTENCE_PAUSE, PARAGRAPH_PAUSE, SENTENCE_PAUSE, 0.0]


def test_the_stop_of_an_abbreviation_ends_a_sentence_too() -> None:
    first, second = parse("He came at 5 p.m. It rained.").utterances
    assert first.spoken == "He came at five P-M."
    assert second.spoken == "It rained."


@pytest.mark.parametrize(
    ("directive", "seconds"),
    [("[pause 0.5s]", 0.5), ("[PAUSE 500ms]", 0.5), ("[pause 1 s]", 1), ("[pause .25s]", 0.25), ("[pause 2 seconds]", 2), ("[pause 30s]", 30), ("[pause 0s]", 0)],
)  # fmt: skip
def test_a_directive_sets_the_pause(directive: str, seconds: float) -> None:
    script = parse(f"Wait {directive} for it.")
    assert [u.pause for u in script.utterances] == [seconds, 0.0]
    assert "".join(t.text + t.space for t in tokens_of(script)) == "Wait  for it."


def test_a_directive_at_the_ends_leads_and_trails() -> None:
    script = parse("[pause 1s] Hello. [pause 2s]")
    assert script.lead == 1.0
    assert [u.pause for u in script.utterances] == [2.0]


def test_directives_around_silent_words_add_up() -> None:
    script = parse("One. [pause 1s] *** [pause 2s] Two.")
    assert [u.pause for u in script.utterances] == [3.0, 0.0]


def test_a_directive_inside_a_word_parts_it() -> None:
    assert [(t.text, t.space, t.offset) for t in tokens_of(parse("foo[pause 1s]bar"))] == [
        ("foo", "", 0),
        ("bar", "", 13),
    ]


@pytest.mark.parametrize("text", ["[sic]", "[paused]", "[pause-button]", "[1]", "[voice", "pause 5s"])
def test_other_brackets_are_text(text: str) -> None:
    script = parse(f"Look {text} here.")
    assert [token.text for token in tokens_of(script)] == f"Look {text} here.".split()


@pytest.mark.parametrize(
    "directive", ["[pause]", "[pause x]", "[pause 99s]", "[pause 5]", "[pause -1s]", "[pause: 1s]"]
)
def test_a_malformed_directive_is_quoted(directive: str) -> None:
    with pytest.raises(TextError) as caught:
        parse(f"Hello {directive} there.")
    assert caught.value.code == "markup-pause"
    assert directive in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text-empty"),
        (" \n\t", "text-empty"),
        ("[pause 1s]", "text-empty"),
        ("!!!", "text-silent"),
        ("🎉 — …", "text-silent"),
    ],
)
def test_nothing_to_say_is_an_error(text: str, code: str) -> None:
    with pytest.raises(TextError) as caught:
        parse(text)
    assert caught.value.code == code


def test_silent_words_stay_with_their_neighbours() -> None:
    assert shown_of("🎉\n\nHello there.\n\n***\n\nBye. 👋") == ["🎉 Hello there. ***", "Bye. 👋"]


LONG = (
    "When the first of the travellers came down from the hills, carrying nothing but a lamp and a folded map; "
    "when the others, tired and cold, followed them along the river (which had risen in the night), nobody in the "
    "town of St. Mary had any idea that $3.2 billion would be spent, on Jan. 5, 2024, on a bridge 5 km long, and "
    "J. K. Rowling herself would call 555-0100 to ask about it."
)


def test_a_long_sentence_is_cut_at_its_clauses() -> None:
    script = parse(LONG)
    assert_sound(script)
    assert_gives_source_back(script)
    assert len(script.utterances) == 2
    assert all(len(u.spoken) <= MAX_CHARS for u in script.utterances)
    assert script.utterances[0].pause == CLAUSE_PAUSE
    assert script.utterances[0].tokens[-1].text[-1] in ";),"


@pytest.mark.parametrize("limit", [20, 40, 60, 100])
def test_a_number_or_name_is_never_cut(limit: int) -> None:
    shown = "\n".join(shown_of(LONG, max_chars=limit))
    for group in ("$3.2 billion", "Jan. 5, 2024,", "5 km", "J. K. Rowling", "St. Mary"):
        assert group in shown


def test_a_sentence_without_punctuation_is_cut_between_words() -> None:
    script = parse("word " * 500)
    assert len(script.utterances) > 5
    lengths = [len(u.spoken) for u in script.utterances]
    assert max(lengths) <= MAX_CHARS
    assert min(lengths) > 0.5 * max(lengths)


def test_a_word_over_the_limit_stays_whole() -> None:
    assert shown_of("see " + "x" * 400 + " now", max_chars=100) == ["see", "x" * 400, "now"]
