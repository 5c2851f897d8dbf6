"""The way from a source text to a ``Script``: words, what is said for them, sentences, utterances, pauses.

This is the one place that ties the rooms of ``voxcue.text`` together; each of them does one of these steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from voxcue.errors import TextError
from voxcue.text.sentences import is_paragraph_break, sentence_ends
from voxcue.text.tokens import Shown, shown_words
from voxcue.text.utterances import CLAUSE_PAUSE, clauses, is_silent
from voxcue.text.verbalize import Said, verbalize
from voxcue.types import Script, Token, Utterance

MAX_CHARS = 300
"""Spoken characters in an utterance at most: about 20 seconds."""

MAX_WORD = 500
"""Characters in a word at most: some minutes of speech, which engines make in one piece and in memory."""

SENTENCE_PAUSE = 0.35
"""Silence after a sentence, in seconds."""

PARAGRAPH_PAUSE = 0.7
"""Silence after a paragraph, in seconds."""

_EXCERPT = 40
"""Characters of the text that a message shows."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """Tokens of a sentence, which of them are tied to the next, and the pause after it (seconds).

    ``asked``: the pause is the author's, from a directive.
    """

    tokens: tuple[Token, ...]
    tied: tuple[bool, ...]
    pause: float
    asked: bool

    @property
    def silent(self) -> bool:
        return all(map(is_silent, self.tokens))


def parse(source: str, *, max_chars: int = MAX_CHARS) -> Script:
    """Read a text: its markup, its sentences, and what is said for each of its words.

    ``max_chars`` bounds the spoken form of an utterance, in characters; a single word or number longer
    than that stays whole. Raises ``TextError`` with code ``text-empty`` when there is no text,
    ``text-silent`` when nothing in it can be said, ``word-too-long`` for a word of more than ``MAX_WORD``
    characters, and ``markup-pause`` for a directive that names no pause.
    """
    words, lead = shown_words(source)
    if not words:
        raise TextError("text-empty", "The text is empty.", "Give some text to speak.")
    _check_lengths(words)
    sentences, lead = _merged(_sentences(words), lead)
    utterances = [
        Utterance(sentence.tokens[start:end], CLAUSE_PAUSE if end < len(sentence.tokens) else sentence.pause)
        for sentence in sentences
        for start, end in clauses(sentence.tokens, sentence.tied, max_chars)
    ]
    if not sentences[-1].asked:
        utterances[-1] = replace(utterances[-1], pause=0.0)
    return Script(source, tuple(utterances), lead)


def _check_lengths(words: Iterable[Shown]) -> None:
    long = next((word for word in words if len(word.text) > MAX_WORD), None)
    if long is not None:
        raise TextError(
            "word-too-long",
            f"A word of {len(long.text):,} characters begins at character {long.offset:,}:"
            f" {long.text[:_EXCERPT]!r}…; the longest that can be spoken has {MAX_WORD}.",
            "Put spaces into it, or say in words what it is.",
        )


def _sentences(words: Sequence[Shown]) -> Iterator[_Sentence]:
    for block, pause, asked in _blocks(words):
        said = verbalize([(word.text, word.space) for word in block])
        start = 0
        for end in sentence_ends(block, said):
            last = end == len(block) - 1
            yield _sentence(
                block[start : end + 1],
                said[start : end + 1],
                pause if last else SENTENCE_PAUSE,
                asked and last,
            )
            start = end + 1


def _blocks(words: Sequence[Shown]) -> Iterator[tuple[Sequence[Shown], float, bool]]:
    """Yield the runs of words that nothing interrupts, the pause after each, and whether it was asked for."""
    start = 0
    for at, word in enumerate(words):
        if word.pause is not None:
            yield words[start : at + 1], word.pause, True
        elif is_paragraph_break(word.space) or at == len(words) - 1:
            yield words[start : at + 1], PARAGRAPH_PAUSE, False
        else:
            continue
        start = at + 1


def _sentence(words: Sequence[Shown], said: Sequence[Said], pause: float, asked: bool) -> _Sentence:
    tokens = [
        Token(word.text, spoken.spoken, word.offset, word.space)
        for word, spoken in zip(words, said, strict=True)
    ]
    final = max((at for at, token in enumerate(tokens) if not is_silent(token)), default=None)
    if final is not None and said[final].stop_dropped:
        tokens[final] = replace(tokens[final], spoken=tokens[final].spoken.removesuffix(".") + ".")
    return _Sentence(tuple(tokens), tuple(spoken.tied for spoken in said), pause, asked)


def _merged(sentences: Iterable[_Sentence], lead: float) -> tuple[list[_Sentence], float]:
    """Merge sentences in which nothing is said into the one before, or at the start into the one after.

    Returns them with the pause before the first, in seconds. Raises ``TextError`` when all are silent.
    """
    groups: list[list[_Sentence]] = []
    head: list[_Sentence] = []
    for sentence in sentences:
        if not sentence.silent:
            groups.append([sentence])
        else:
            (groups[-1] if groups else head).append(sentence)
    if not groups:
        raise TextError(
            "text-silent",
            f"Nothing in the text can be said: {_excerpt(head)}.",
            "Give at least one word or number; punctuation and emoji are shown but not spoken.",
        )
    lead += sum(sentence.pause for sentence in head if sentence.asked)
    pauses = [_pause(group) for group in groups]
    groups[0] = head + groups[0]
    return [_merge(group, *pause) for group, pause in zip(groups, pauses, strict=True)], lead


def _pause(group: Sequence[_Sentence]) -> tuple[float, bool]:
    """Return the pause after a group: what the author asked for in all, or else the longest within it."""
    asked = [sentence.pause for sentence in group if sentence.asked]
    return (sum(asked), True) if asked else (max(sentence.pause for sentence in group), False)


def _merge(group: Sequence[_Sentence], pause: float, asked: bool) -> _Sentence:
    tokens = tuple(token for sentence in group for token in sentence.tokens)
    tied = tuple(tie for sentence in group for tie in sentence.tied)
    return _Sentence(tokens, tied, pause, asked)


def _excerpt(sentences: Sequence[_Sentence]) -> str:
    text = " ".join(token.text for token in sentences[0].tokens[:8])
    return repr(text if len(text) <= _EXCERPT else f"{text[: _EXCERPT - 1]}…")
