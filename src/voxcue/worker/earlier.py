"""Jobs as clients of earlier workers of this kind send them, and the replies that they expect.

Speaking: ``voice_reference_url`` with ``voice_reference_text``, ``options.create_subtitles``,
``options.subtitle_format``; answered with ``audio_url``, ``subtitles_url``, ``word_timings``, ``duration``
and ``processing_time``. Managing: ``endpoint`` of "upload", "list_voices" or "download". Where no object
store keeps the files, the URLs are ``data:`` URLs that hold them.
"""

from __future__ import annotations

from typing import Any

from voxcue.errors import UsageError
from voxcue.worker import jobs
from voxcue.worker.client import JSON

_MARKS = frozenset(["endpoint", "options", "voice_reference_url", "voice_reference_text", "voice_name"])
_OPTIONS = frozenset(["create_subtitles", "subtitle_format", "speed", "seed", "language", "format"])
_SPEAK = frozenset(["text", "speed", "seed", "language", "voice", "format"])
_NAMES = ("voice_name", "name")
_AUDIO = ("audio_data", "audio_base64", "file_data", "audio")
_URL = ("audio_url", "voice_reference_url", "url")
_TEXT = ("voice_reference_text", "reference_text", "transcript", "text")
_ID = ("id", "job_id", "file_id", "result_id")


def is_earlier(given: JSON) -> bool:
    """Whether a job's input has fields that only earlier clients send."""
    return not _MARKS.isdisjoint(given)


def read(given: JSON) -> jobs.Ask:
    """The input in today's terms.

    Raises:
        UsageError: ``job-invalid``.
    """
    match given.get("endpoint", "speak"):
        case "list_voices":
            return jobs.Ask("voices.list", {}, given)
        case "upload":
            fields = {
                "name": _one(given, _NAMES, "upload"),
                "audio": _first(given, _AUDIO),
                "audio_url": _first(given, _URL),
                "transcript": _first(given, _TEXT),
            }
            return jobs.Ask("voices.add", {key: value for key, value in fields.items() if value}, given)
        case "download":
            return jobs.Ask("result", {"id": _one(given, _ID, "download")}, given)
        case "speak" | "tts" | "generate" | "synthesize":
            return _speak(given)
        case other:
            raise UsageError(
                "job-invalid",
                f"There is no endpoint called {other!r}.",
                "Earlier jobs know upload, list_voices and download; others leave 'endpoint' out.",
            )


def answer(ask: jobs.Ask, found: JSON, seconds: float) -> JSON:
    """A reply of today in the shape that an earlier client expects."""
    asked = ask.earlier or {}
    took = round(seconds, 3)
    if ask.task == "voices.list":
        return {"voices": [voice["name"] for voice in found["voices"]], "processing_time": took}
    if ask.task == "voices.add":
        return {"voice_name": found["name"], "status": "uploaded", "processing_time": took, **found}
    files = found["files"]
    captions = next((kind for kind in (_subtitles(asked) or ["srt"]) if kind in files), None)
    return {
        "audio_url": _url(files.get("audio")),
        "subtitles_url": _url(files[captions]) if captions else None,
        "word_timings": [
            {"word": word["text"], "start": word["start"], "end": word["end"]} for word in found["words"]
        ],
        "duration": found["duration"],
        "processing_time": took,
        "id": found["id"],
    }


def _speak(given: JSON) -> jobs.Ask:
    options = given.get("options") or {}
    if not isinstance(options, dict) or (odd := sorted(options.keys() - _OPTIONS)):
        shown = "" if not isinstance(options, dict) else f" called {odd[0]!r}"
        raise UsageError(
            "job-invalid", f"'options' has no field{shown}.", f"Its fields: {', '.join(sorted(_OPTIONS))}."
        )
    fields: JSON = {key: given[key] for key in _SPEAK if key in given}
    fields |= {key: options[key] for key in ("speed", "seed", "language", "format") if key in options}
    if not isinstance(fields.get("text"), str):
        raise UsageError("job-invalid", "The field 'text' is missing, or is no string.", "")
    if url := given.get("voice_reference_url"):
        fields["voice"] = {"audio_url": url, "transcript": given.get("voice_reference_text")}
    elif name := given.get("voice_name"):
        fields["voice"] = name
    fields["captions"] = _subtitles(given)
    fields["delivery"] = jobs.delivery()
    return jobs.Ask("speak", fields, given)


def _subtitles(given: JSON) -> list[str]:
    options = given.get("options") or {}
    if not options.get("create_subtitles", "subtitle_format" in options):
        return []
    wanted: Any = options.get("subtitle_format", "srt")
    return [wanted] if isinstance(wanted, str) else list(wanted)


def _url(file: JSON | None) -> str | None:
    if file is None:
        return None
    url: str = file["url"] or f"data:{file['content_type'].replace(' ', '')};base64,{file['data']}"
    return url


def _first(given: JSON, names: tuple[str, ...]) -> Any:
    return next((given[name] for name in names if given.get(name)), None)


def _one(given: JSON, names: tuple[str, ...], endpoint: str) -> Any:
    found = _first(given, names)
    if found is None:
        raise UsageError("job-invalid", f"The endpoint '{endpoint}' needs the field '{names[0]}'.", "")
    return found
