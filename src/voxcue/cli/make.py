"""The commands that make files: speak, align, preview."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from voxcue.captions import Track, mismatch_entries, verification_entry
from voxcue.cli import BEGUN
from voxcue.cli.present import Bar, document
from voxcue.errors import TextError, UsageError
from voxcue.output import OutputFolder
from voxcue.pipeline import SaveOptions, SpeakOptions, files, plan, preview, speak_to, write_captions
from voxcue.pipeline import align as align_recording
from voxcue.text.read import decode
from voxcue.types import Mismatch, Verification, Word

_DOUBTFUL = 0.02
_SWALLOWED = 0.3
"""A word timed with less confidence than that and longer than so many seconds is reported. Swallowed little
words ("a", "it") score low as well, but are short."""


def speak_command(
    *,
    text: str | None,
    file: Path | None,
    folder: Path,
    options: dict[str, Any],
    save: dict[str, Any],
    as_json: bool,
) -> None:
    """Speak into a folder and report."""
    chosen = SaveOptions(**save | {"captions": _names(save["captions"])}).checked()
    made = plan(_text(text, file), SpeakOptions(**options))
    with Bar("speaking") as bar:
        track = speak_to(folder, made, chosen, lambda segment: bar((segment.index + 1) / segment.count))
    _report(track, files(folder, chosen), perf_counter() - BEGUN, as_json)


def align_command(
    audio: Path, text: Path, folder: Path, aligner: str | None, save: dict[str, Any], *, as_json: bool
) -> None:
    """Align a recording into a folder and report."""
    chosen = SaveOptions(**save | {"captions": _names(save["captions"])}).checked()
    said = _text(None, text)
    with OutputFolder(folder) as output:
        with Bar("aligning"):
            speech = align_recording(audio, said, aligner=aligner)
        track = speech.track(os.path.relpath(audio, folder))
        write_captions(output, track, chosen)
    _report(track, files(folder, chosen, audio=False), perf_counter() - BEGUN, as_json)


def preview_command(folder: Path, audio: Path | None, style_name: str | None, *, as_json: bool) -> None:
    """Render the captions of a folder through libass and report."""
    with Bar("rendering") as bar:
        made = preview(folder, audio=audio, style_name=style_name, on_progress=bar)
    if as_json:
        document({"files": {kind: str(path) for kind, path in made.items()}})
    else:
        sys.stdout.writelines(f"{path}\n" for path in made.values())


def _names(listed: str | None) -> tuple[str, ...] | None:
    return None if listed is None else tuple(name.strip() for name in listed.split(",") if name.strip())


def _text(text: str | None, file: Path | None) -> str:
    """The text to say, from wherever it was given."""
    if (text is None) == (file is None):
        raise UsageError(
            "text-source",
            "No text was given." if text is None else "A text and a file were both given.",
            'Give one of: voxcue speak "some text", voxcue speak -f FILE, voxcue speak -',
        )
    if text == "-":
        return decode(sys.stdin.buffer.read(), "standard input")
    if text is not None:
        return text
    assert file is not None
    try:
        return decode(file.read_bytes(), str(file))
    except OSError as error:
        raise TextError(
            "text-unreadable",
            f"The text file '{file}' cannot be read: {error.strerror or error}.",
            "Check the path and its rights.",
        ) from error


def _report(track: Track, made: dict[str, Path], seconds: float, as_json: bool) -> None:
    unsaid = {
        at
        for each in track.mismatches
        if each.first is not None and each.last is not None
        for at in range(each.first, each.last + 1)
    }
    doubtful = [word for at, word in enumerate(track.words) if at not in unsaid and _is_doubtful(word)]
    if as_json:
        document(
            {
                "duration": round(track.duration, 3),
                "seconds_taken": round(seconds, 3),
                "real_time_factor": round(seconds / track.duration, 4),
                "words": len(track.words),
                "doubtful_words": [_named(word) for word in doubtful],
                "mismatches": mismatch_entries(track),
                "verification": track.verification and verification_entry(track.verification),
                "engine": track.engine,
                "voice": track.voice,
                "aligner": track.aligner,
                "files": {kind: str(path) for kind, path in made.items()},
            }
        )
        return
    sys.stdout.write(
        f"{track.duration:.1f} s of speech, {len(track.words)} words timed by '{track.aligner}', "
        f"in {seconds:.1f} s ({track.duration / seconds:.0f} times real time)\n"
    )
    for path in made.values():
        sys.stdout.write(f"  {path}\n")
    if track.verification:
        _tell_verification(track.verification, track.words)
    for each in track.mismatches:
        sys.stderr.write(f"warning: {_told(each, track.words)}\n")
    if doubtful:
        listed = ", ".join(f"'{word.text}' at {word.start:.1f} s" for word in doubtful[:5])
        sys.stderr.write(f"warning: {len(doubtful)} words may not be where they were timed: {listed}\n")


_MEANING = {
    "swallowed": "may not be said",
    "repeated": "may be said twice",
    "mumbled": "may not be said clearly",
    "added": "may be followed by something that is not in the text",
}
_LISTED = 5
"""Doubts that are named one by one."""


def _tell_verification(found: Verification, words: Sequence[Word]) -> None:
    """What was spoken again, and what remains doubtful, on standard error."""
    retried = [check for check in found.checks if len(check.scores) > 1]
    if retried:
        better = sum(not check.doubts for check in retried)
        told = f"{len(retried)} of {found.utterances} utterances were spoken again, {better} of them well"
        sys.stderr.write(f"{told}\n")
    for doubt in found.doubts[:_LISTED]:
        about = _shown(words[max(0, doubt.first) : doubt.last + 1]) or "the beginning"
        sys.stderr.write(f"warning: at {doubt.start:.1f} s '{about}' {_MEANING[doubt.kind]}\n")
    if len(found.doubts) > _LISTED:
        sys.stderr.write(f"warning: and {len(found.doubts) - _LISTED} more; words.json lists them\n")


def _shown(words: Sequence[Word]) -> str:
    text = "".join(word.text + word.space for word in words).strip()
    return text if len(text) <= 60 else f"{text[:40]} ... {text[-15:]}"


def _is_doubtful(word: Word) -> bool:
    if word.confidence is None:
        return False
    return word.confidence == 0.0 or (word.confidence < _DOUBTFUL and word.end - word.start > _SWALLOWED)


def _told(mismatch: Mismatch, words: Sequence[Word]) -> str:
    if mismatch.first is None or mismatch.last is None:
        return f"{mismatch.start:.1f} to {mismatch.end:.1f} s of the recording is not in the text"
    return f"not said, near {mismatch.start:.1f} s: '{_shown(words[mismatch.first : mismatch.last + 1])}'"


def _named(word: Word) -> dict[str, Any]:
    """A doubtful word as the report names it."""
    return {"text": word.text, "start": round(word.start, 3), "end": round(word.end, 3)}
