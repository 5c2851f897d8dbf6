"""What must hold of every script, whatever the text; used by the property tests and the tables."""

from __future__ import annotations

import unicodedata

from voxcue.types import Script, Token

MARKS = frozenset(",.?!;:—…")


def tokens_of(script: Script) -> list[Token]:
    return [token for utterance in script.utterances for token in utterance.tokens]


def shows_something(text: str) -> bool:
    return any(map(str.isalnum, text))


def says_something(token: Token) -> bool:
    return any(map(str.isalnum, token.spoken))


def assert_sound(script: Script) -> None:
    """The invariants of a script that hold for any source."""
    tokens = tokens_of(script)
    for token in tokens:
        assert token.text == script.source[token.offset : token.offset + len(token.text)]
        assert token.text
        assert not any(map(str.isspace, token.text))
        if shows_something(token.text):
            assert says_something(token), token
        assert not any(map(_is_figure, token.spoken)), token
        assert not any(unicodedata.category(character)[0] == "C" for character in token.spoken), token
        ascii_marks = {character for character in token.spoken if character.isascii()} - MARKS - set("'- ")
        assert all(map(str.isalpha, ascii_marks)), token
        assert token.spoken == " ".join(token.spoken.split()), token
    for utterance in script.utterances:
        assert any(map(says_something, utterance.tokens))
        assert utterance.pause >= 0
    assert [token.offset for token in tokens] == sorted({token.offset for token in tokens})


def assert_gives_source_back(script: Script) -> None:
    """For a source without markup: the tokens and their spaces are the source, exactly."""
    said = "".join(token.text + token.space for token in tokens_of(script))
    assert said == script.source.lstrip()


def _is_figure(character: str) -> bool:
    return character.isdigit() or (character.isnumeric() and not character.isalpha())
