"""What a job asks for: the fields of its ``input``, those of earlier workers of this kind among them."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from voxcue.errors import UsageError
from voxcue.settings import settings
from voxcue.worker.client import JSON, Client

_LOOK = ("captions", "style", "font_size", "delivery")
_SPEAK = frozenset(
    ("text", "engine", "voice", "language", "aligner", "speed", "duration", "seed", "format", *_LOOK)
)
_ALIGN = frozenset(("text", "audio", "audio_url", "language", "aligner", *_LOOK))
_VOICE = frozenset(["name"])
_ADD = frozenset(["name", "audio", "audio_url", "transcript", "language"])

TASKS = {
    "speak": _SPEAK,
    "align": _ALIGN,
    "result": frozenset(["id"]),
    "voices.list": frozenset[str](),
    "voices.show": _VOICE,
    "voices.add": _ADD,
    "voices.remove": _VOICE,
}
"""The fields of each task; to speak and to align, those of `POST /v1/speech` and `POST /v1/align`."""

_TRIVIAL = frozenset(["task", "request_id"])


@dataclass(frozen=True)
class Ask:
    """What is asked for, in today's terms.

    Args:
        task: a key of `TASKS`.
        fields: of the task.
        earlier: what an earlier shape of job asked for; it is answered in that shape. ``None`` for today's.
    """

    task: str
    fields: JSON = field(default_factory=dict)
    earlier: JSON | None = None


def read(given: Any) -> Ask:
    """The ``input`` of a job.

    Raises:
        UsageError: ``job-invalid``, naming the field.
    """
    from voxcue.worker import earlier

    if not isinstance(given, dict):
        raise _invalid("The job's input is not an object.", 'Send {"input": {"text": "..."}}.')
    if earlier.is_earlier(given):
        return earlier.read(given)
    task = given.get("task", "speak")
    if task not in TASKS:
        raise _invalid(f"There is no task called {task!r}.", f"Tasks: {', '.join(TASKS)}.")
    fields = {key: value for key, value in given.items() if key not in _TRIVIAL}
    odd = sorted(fields.keys() - TASKS[task])
    if odd:
        raise _invalid(
            f"The task '{task}' has no field called {odd[0]!r}.",
            f"Its fields: {', '.join(sorted(TASKS[task])) or 'none'}.",
        )
    if task in {"speak", "align"}:
        if not isinstance(fields.get("text"), str):
            raise _invalid(
                "The field 'text' is missing, or is no string.", 'Send {"input": {"text": "..."}}.'
            )
        fields.setdefault("delivery", delivery())
    return Ask(task, fields)


def delivery() -> str:
    """Where results go by default: to the storage if others reach it, else into the reply."""
    return "inline" if urlsplit(settings().storage).scheme in {"", "file"} else "url"


async def carry_out(ask: Ask, client: Client) -> JSON:
    """Everything but speaking, in one call to layer 2. Raises what `Client.call` raises, and UsageError."""
    fields = dict(ask.fields)
    name = quote(str(fields.get("name", "")), safe="")
    match ask.task:
        case "voices.list":
            found: JSON = await client.call("GET", "/v1/voices")
        case "voices.show":
            found = await client.call("GET", f"/v1/voices/{name}")
        case "voices.remove":
            await client.call("DELETE", f"/v1/voices/{name}")
            found = {"removed": fields.get("name")}
        case "voices.add":
            audio = decoded(fields.pop("audio", None))
            found = await client.call("POST", "/v1/voices", form=_form(fields), audio=audio)
        case "result":
            found = await client.call("GET", f"/v1/speech/{quote(str(fields.get('id', '')), safe='')}")
        case "align":
            audio = decoded(fields.pop("audio", None))
            found = await client.call("POST", "/v1/align", form=_form(fields), audio=audio)
        case _:
            found = await client.call("POST", "/v1/speech", json=fields)
    return found


def _form(fields: JSON) -> JSON:
    return {key: [*map(str, value)] if isinstance(value, list) else value for key, value in fields.items()}


def decoded(audio: Any) -> bytes | None:
    """A recording that came as base64, or as a ``data:`` URL.

    Raises:
        UsageError: ``job-invalid``.
    """
    if audio is None:
        return None
    try:
        text = audio.partition(",")[2] if audio.startswith("data:") else audio
        return base64.b64decode(text, validate=True)
    except (AttributeError, TypeError, ValueError, binascii.Error):
        raise _invalid(
            "The field 'audio' is not base64.", "Encode the recording, or send audio_url."
        ) from None


def _invalid(message: str, hint: str) -> UsageError:
    return UsageError("job-invalid", message, hint)
