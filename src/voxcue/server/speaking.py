"""Speaking for a request, in its thread: whole, as parts of one reply, or segment by segment."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from voxcue.audio.encode import StreamEncoder, pcm
from voxcue.captions import Track, doubt_entries
from voxcue.captions.words import word_entries
from voxcue.pipeline import Plan, files, speak_to
from voxcue.server import making
from voxcue.server.jobs import Job
from voxcue.server.making import Made
from voxcue.server.multipart import Part
from voxcue.server.schemas import SpeechReply, SpeechRequest
from voxcue.server.services import Services
from voxcue.storage import new_id
from voxcue.types import Segment

_CHUNK = 256 * 1024

Event = tuple[str, Any]
"""The name and the data of a server-sent event."""


@dataclass(frozen=True, slots=True)
class Speaking:
    """One request to speak.

    ``link`` makes the URL of a file from the id of a result and a name; ``log`` adds to the line that the
    request gets in the log.
    """

    services: Services
    ask: SpeechRequest
    link: Callable[[str, str], str]
    log: Callable[..., None]

    def reply(self, job: Job) -> bytes:
        """Speak, then say in JSON where the files are, or what is in them."""
        with self._made(job, None) as made:
            return self._delivered(made).model_dump_json().encode()

    def parts(self, job: Job) -> None:
        """Speak, then send the reply and each file: a `Part` begins each, bytes follow."""
        with self._made(job, None) as made:
            shown = {kind: making.described(path) for kind, path in made.paths.items()}
            job.send(Part("reply.json", "application/json"))
            reply = made.reply(shown)
            self.log(timings=reply.timings)
            job.send(reply.model_dump_json().encode())
            for kind, path in made.paths.items():
                job.send(Part(path.name, shown[kind].content_type))
                with path.open("rb") as file:
                    while chunk := file.read(_CHUNK):
                        job.send(chunk)

    def events(self, job: Job) -> Event:
        """Speak and send each segment as it is finished; the last event is returned."""
        with self._made(job, job.send) as made:
            return "done", self._delivered(made).model_dump()

    def audio(self, job: Job, format: str) -> bytes:  # noqa: A002
        """Speak and send nothing but audio, as it is finished; the last bytes are returned."""
        plan = making.make_plan(self.services, self.ask)
        encoder = StreamEncoder(format, plan.engine.sample_rate)
        duration, words = 0.0, 0
        with closing(plan.segments()) as segments:
            for segment in segments:
                job.send(encoder.encode(segment.clip))
                duration, words = segment.end, words + len(segment.words)
        timings = making.timings(job, plan)
        self.log(timings={stage: round(seconds, 4) for stage, seconds in timings.items()})
        making.count(self.services, plan, timings, duration, words)
        return encoder.finish()

    def _delivered(self, made: Made) -> SpeechReply:
        reply = making.deliver(self.services, made, self.ask.delivery, self.link)
        self.log(timings=reply.timings)
        return reply

    @contextmanager
    def _made(self, job: Job, send: Callable[[Event], None] | None) -> Iterator[Made]:
        """The finished files in a folder that is gone afterwards."""
        chosen = making.saving(self.ask).checked()
        plan = making.make_plan(self.services, self.ask)
        job.check()
        result = new_id()
        if send:
            send(("start", _start(result, plan)))
        first: list[float] = []

        def on_segment(segment: Segment) -> None:
            first.append(monotonic() - job.begun)
            send(("segment", _segment(segment))) if send else job.check()

        with TemporaryDirectory(prefix="voxcue-") as folder:
            track = speak_to(Path(folder), plan, chosen, on_segment)
            job.check()
            timings = making.timings(job, plan, first_audio=first[0])
            making.count(self.services, plan, timings, track.duration, len(track.words))
            yield Made(result, track, files(Path(folder), chosen), timings)


def _start(result: str, plan: Plan) -> dict[str, Any]:
    return {
        "id": result,
        "engine": plan.engine.name,
        "voice": plan.prompt.voice.name,
        "aligner": plan.aligner.name,
        "sample_rate": plan.engine.sample_rate,
        "segments": len(plan.script.utterances),
    }


def _segment(segment: Segment) -> dict[str, Any]:
    return {
        "index": segment.index,
        "count": segment.count,
        "start": round(segment.start, 4),
        "end": round(segment.end, 4),
        "audio": b64encode(pcm(segment.clip)).decode(),
        "words": word_entries(Track("", segment.end, segment.clip.sample_rate, segment.words)),
        "doubts": doubt_entries(segment.check.doubts) if segment.check else [],
    }
