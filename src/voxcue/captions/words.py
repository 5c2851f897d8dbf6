"""Timed words as a JSON document, written and read back; ``words.schema.json`` describes it.

The document is the whole truth about the words: their texts are exact, and everything else (cues, styles) can
be made from it again. Knows nothing of cues.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from voxcue.captions.escape import encodable
from voxcue.captions.track import Track
from voxcue.errors import UsageError
from voxcue.types import Check, Doubt, Mismatch, Verification, Word

VERSION = 1
SCHEMA = "urn:voxcue:schema:words:1"
"""The identifier of the schema (a name; nothing is fetched from there)."""


def words_json(track: Track) -> str:
    """``track`` as JSON, one word a line. Lone surrogates, which no file can hold, become U+FFFD."""
    head = {
        "$schema": SCHEMA,
        "version": VERSION,
        "text": encodable(track.text),
        "duration": _duration(track),
        "sample_rate": track.sample_rate,
        "engine": _name(track.engine),
        "voice": _name(track.voice),
        "aligner": _name(track.aligner),
        "audio": _name(track.audio),
    }
    lines = [f"  {_dump(key)}: {_dump(value)},\n" for key, value in head.items()]
    if track.mismatches:
        lines.append(f'  "mismatches": {_dump(mismatch_entries(track))},\n')
    if track.verification:
        lines.append(f'  "verification": {_dump(verification_entry(track.verification))},\n')
    words = ",\n".join(f"    {_dump(entry)}" for entry in word_entries(track))
    return "{\n" + "".join(lines) + f'  "words": [\n{words}\n  ]\n}}\n'


def word_entries(track: Track) -> list[dict[str, Any]]:
    """Each word as in the document: times in seconds to the millisecond."""
    return [
        {
            "text": encodable(word.text),
            "spoken": encodable(word.spoken),
            "start": start / 1000,
            "end": end / 1000,
            "confidence": None if word.confidence is None else round(word.confidence, 4),
            "offset": word.offset,
            "space": encodable(word.space),
        }
        for word, (start, end) in zip(track.words, rounded_times(track.words, track.duration), strict=True)
    ]


def mismatch_entries(track: Track) -> list[dict[str, Any]]:
    """Each mismatch as in the document: words by their indices, times in seconds to the millisecond."""
    return [
        {"kind": each.kind, "start": round(each.start, 3), "end": round(each.end, 3)}
        | ({} if each.first is None else {"first": each.first, "last": each.last})
        for each in track.mismatches
    ]


def verification_entry(found: Verification) -> dict[str, Any]:
    """A verification as in the document: words by their indices, times in seconds to the millisecond."""
    return {
        "by": found.by,
        "mode": found.mode,
        "utterances": found.utterances,
        "checks": [
            {
                "first": check.first,
                "last": check.last,
                "scores": [round(score, 4) for score in check.scores],
                "kept": check.kept,
                "doubts": doubt_entries(check.doubts),
            }
            for check in found.checks
        ],
    }


def doubt_entries(doubts: Iterable[Doubt]) -> list[dict[str, Any]]:
    """Each doubt as in the document."""
    return [
        {
            "kind": doubt.kind,
            "start": round(doubt.start, 3),
            "end": round(doubt.end, 3),
            "first": doubt.first,
            "last": doubt.last,
        }
        for doubt in doubts
    ]


def rounded_times(words: Sequence[Word], duration: float) -> list[tuple[int, int]]:
    """(start, end) of each word in whole milliseconds.

    Rounding keeps the order, makes no overlap and leaves every spoken word at least 1 ms, within
    ``duration`` (seconds) as long as it has a millisecond for each spoken word.
    """
    times: list[tuple[int, int]] = []
    clock = 0
    for word in words:
        start = max(round(word.start * 1000), clock)
        clock = max(round(word.end * 1000), start + bool(word.spoken))
        times.append((start, clock))
    limit = max(round(duration * 1000), sum(bool(word.spoken) for word in words))
    for index in range(len(words) - 1, -1, -1):
        start, end = times[index]
        if end <= limit:
            break
        start = min(start, limit - bool(words[index].spoken))
        times[index] = (start, limit)
        limit = start
    return times


def track_from_json(text: str) -> Track:
    """Read back what ``words_json`` wrote; raises ``UsageError`` (``words-invalid``) for anything else."""
    try:
        document = json.loads(text)
        if document["version"] != VERSION:
            raise ValueError(f"its version is {document['version']!r}, not {VERSION}")
        track = Track(
            text=_string(document["text"]),
            duration=_seconds(document["duration"]),
            sample_rate=int(document["sample_rate"]),
            words=tuple(_word(entry) for entry in document["words"]),
            engine=document.get("engine"),
            voice=document.get("voice"),
            aligner=document.get("aligner"),
            audio=document.get("audio"),
            mismatches=tuple(_mismatch(entry) for entry in document.get("mismatches", [])),
            verification=_verification(document.get("verification")),
        )
        _check_order(track.words)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        reason = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise UsageError(
            "words-invalid",
            f"This is not a words.json of Voxcue: {reason}.",
            "Use a words.json that Voxcue wrote; words.schema.json in the package describes it.",
        ) from None
    return track


def _word(entry: Mapping[str, Any]) -> Word:
    confidence = entry["confidence"]
    return Word(
        text=_string(entry["text"]),
        spoken=_string(entry["spoken"]),
        start=_seconds(entry["start"]),
        end=_seconds(entry["end"]),
        confidence=None if confidence is None else float(confidence),
        offset=int(entry["offset"]),
        space=_string(entry["space"]),
    )


def _mismatch(entry: Mapping[str, Any]) -> Mismatch:
    return Mismatch(
        _string(entry["kind"]),
        _seconds(entry["start"]),
        _seconds(entry["end"]),
        *(None if entry.get(key) is None else int(entry[key]) for key in ("first", "last")),
    )


def _verification(entry: Mapping[str, Any] | None) -> Verification | None:
    if entry is None:
        return None
    checks = tuple(
        Check(
            int(each["first"]),
            int(each["last"]),
            tuple(float(score) for score in each["scores"]),
            int(each["kept"]),
            tuple(_doubt(doubt) for doubt in each["doubts"]),
        )
        for each in entry["checks"]
    )
    return Verification(_string(entry["by"]), _string(entry["mode"]), int(entry["utterances"]), checks)


def _doubt(entry: Mapping[str, Any]) -> Doubt:
    start, end = _seconds(entry["start"]), _seconds(entry["end"])
    return Doubt(_string(entry["kind"]), start, end, int(entry["first"]), int(entry["last"]))


def _check_order(words: Sequence[Word]) -> None:
    clock = 0.0
    for word in words:
        if not clock <= word.start <= word.end:
            raise ValueError(f"the word {word.text!r} at {word.start} s is out of order")
        clock = word.end


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} should be a text")  # noqa: TRY004 - a fault of the document
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise ValueError(f"{value!r} should be a time in seconds")
    return float(value)


def _duration(track: Track) -> float:
    ends = [end for _, end in rounded_times(track.words, track.duration)[-1:]]
    return max([round(track.duration * 1000), *ends]) / 1000


def _name(name: str | None) -> str | None:
    return None if name is None else encodable(name)


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
