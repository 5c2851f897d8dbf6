"""What goes over the wire: requests and replies of the HTTP API, as the OpenAPI document shows them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from pydantic import BaseModel, ConfigDict, Field

from voxcue.settings import settings

CaptionName = Literal["ass", "srt", "vtt", "json", "csv"]
AudioName = Literal["wav", "flac", "mp3", "opus"]
Delivery = Literal["url", "inline"]

Name = Annotated[str, Field(min_length=1, max_length=100)]
Speed = Annotated[float, Field(ge=0.1, le=10, allow_inf_nan=False)]
Duration = Annotated[float, Field(gt=0, le=36_000, allow_inf_nan=False)]
FontSize = Annotated[float, Field(ge=24, le=300, allow_inf_nan=False)]
Seed = Annotated[int, Field(ge=0, le=2**53)]

DELIVERY = (
    "`url`: the files are kept, and the reply links to them. `inline`: the reply holds them as base64, "
    "and nothing is kept."
)


def text_field(**more: Any) -> Any:
    """A text to speak, as long as this server takes."""
    return Field(max_length=settings().max_characters, **more)


def json_bytes() -> int:
    """The largest JSON body that a request with the longest text may need: \\u escapes take 12 bytes."""
    return settings().max_characters * 12 + 65_536


def form_bytes() -> int:
    """The largest body of a form with a recording in it."""
    return settings().max_upload_bytes + json_bytes()


class FormLimits(TypedDict, total=False):
    """What FastAPI checks while it reads a form."""

    max_fields: int
    max_files: int
    max_part_size: int


def form_limits() -> FormLimits:
    """The most fields and files of a form, and the longest field in bytes."""
    return {"max_files": 1, "max_fields": 20, "max_part_size": settings().max_characters * 4 + 1024}


class VoiceReference(BaseModel):
    """A voice to clone for this one request, with an engine that can."""

    model_config = ConfigDict(extra="forbid")

    audio_url: Annotated[str, Field(min_length=1, max_length=4096, description="`https:` or `s3:`.")]
    transcript: Annotated[str, Field(max_length=5000)] | None = None


class SpeechRequest(BaseModel):
    """A text to speak, how, and what to send back."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "Doors open at 7:30 p.m."}]}
    )

    text: Annotated[str, text_field(description="What to say; `[pause 0.5s]` makes a pause.")]
    engine: Name | None = Field(default=None, description="See `/v1/models`.")
    voice: Name | VoiceReference | None = Field(default=None, description="A name from `/v1/voices`.")
    language: Annotated[str, Field(max_length=35)] | None = Field(
        default=None, description="BCP 47 tag of the text."
    )
    aligner: Name | None = Field(default=None, description="What times the words.")
    speed: Speed = Field(default=1.0, description="A factor on the engine's own pace.")
    duration: Duration | None = Field(
        default=None, description="Seconds that the whole lasts, for an engine that can be told."
    )
    verify: Literal["off", "flag", "retry"] | None = Field(
        default=None,
        description="Listen to what was said: report what is doubtful, or speak those utterances again. By "
        "default `retry` for engines that clone, else `flag`.",
    )
    attempts: Annotated[int, Field(ge=1, le=20)] | None = Field(
        default=None, description="How often `retry` speaks an utterance again at most."
    )
    seed: Seed = Field(default=0, description="The same request with the same seed gives the same audio.")
    format: AudioName | None = Field(
        default=None, description="Of the audio file; `wav` unless set otherwise."
    )
    captions: list[CaptionName] | None = Field(
        default=None, max_length=5, description="All formats by default."
    )
    style: Name | None = Field(default=None, description="Look of the ASS captions; see `/v1/styles`.")
    font_size: FontSize | None = Field(default=None, description="In pixels of the style's picture.")
    delivery: Delivery = Field(default="url", description=DELIVERY)


class TimedWord(BaseModel):
    """One word as written, what was said for it, and when, in seconds from the start of the whole."""

    text: str
    spoken: str
    start: float
    end: float
    confidence: float | None
    offset: int
    space: str


class Difference(BaseModel):
    """A stretch in which a recording and its text differ."""

    kind: Literal["not-said", "not-in-text"]
    start: float = Field(description="Seconds.")
    end: float
    first: int | None = Field(
        default=None, description="The index of the first word that is not said; with `last`, the last one."
    )
    last: int | None = None


class DoubtInfo(BaseModel):
    """What may not be said as it is written; `first` and `last` are indices of words."""

    kind: Literal["swallowed", "repeated", "mumbled", "added"]
    start: float = Field(description="Seconds.")
    end: float
    first: int = Field(description="For `added` the word before it, -1 at the beginning.")
    last: int


class CheckInfo(BaseModel):
    """An utterance that was spoken again or remains doubtful."""

    first: int = Field(description="The index of its first word.")
    last: int
    scores: list[float] = Field(description="For each attempt, the share of words that are not doubtful.")
    kept: int = Field(description="The index of the attempt that was kept.")
    doubts: list[DoubtInfo]


class VerificationInfo(BaseModel):
    """Whether the text is said: what an aligner heard."""

    by: str
    mode: Literal["flag", "retry"]
    utterances: int = Field(description="How many it could judge.")
    checks: list[CheckInfo]


class File(BaseModel):
    """One file of a reply: a link to it, or its bytes as base64."""

    name: str
    content_type: str
    size: int = Field(description="In bytes.")
    url: str | None = None
    data: str | None = Field(default=None, description="Base64.")


class SpeechReply(BaseModel):
    """A finished speech. `files` holds "audio" and one entry per caption format."""

    id: str
    duration: float = Field(description="Seconds.")
    sample_rate: int = Field(description="Hz.")
    engine: str | None
    voice: str | None
    aligner: str | None
    words: list[TimedWord]
    mismatches: list[Difference] = Field(
        default=[], description="Where a recording is not its text; empty if it is everywhere."
    )
    verification: VerificationInfo | None = Field(
        default=None, description="What was heard of speech that was made; `null` if nobody listened."
    )
    files: dict[str, File]
    timings: dict[str, float] = Field(
        description="Seconds by stage. Stages overlap, so they may add up to more than `total`."
    )


class VoiceId(BaseModel):
    """A voice as OpenAI names its custom ones."""

    id: Name


class OpenAISpeechRequest(BaseModel):
    """OpenAI's `POST /v1/audio/speech`; `instructions` are taken and not used."""

    model_config = ConfigDict(extra="ignore")

    input: Annotated[str, text_field(description="What to say.")]
    model: Name = Field(default="tts-1", description="An engine; OpenAI's own names mean the default one.")
    voice: Name | VoiceId | None = Field(
        default=None, description="A voice; OpenAI's own names mean the engine's default voice."
    )
    response_format: Literal["mp3", "opus", "flac", "wav", "pcm", "aac"] | None = Field(
        default=None, description="`mp3` by default; `aac` is refused."
    )
    speed: Speed | None = None
    stream_format: Literal["audio", "sse"] = "audio"
    instructions: Annotated[str, Field(max_length=5000)] | None = None


class Model(BaseModel):
    """An engine, in the shape of OpenAI's list of models, with what it can do."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "voxcue"
    available: bool
    default: bool
    description: str
    languages: list[str] = []
    clones_voices: bool = False
    times_words: bool = False
    licence: str = ""
    speeds: tuple[float, float] = (1.0, 1.0)


class Models(BaseModel):
    """The engines of this server."""

    object: Literal["list"] = "list"
    data: list[Model]


class StyleInfo(BaseModel):
    """A look of the ASS captions, for a picture of `width` by `height` pixels."""

    name: str
    width: int
    height: int
    effect: str
    font_size: float
    default: bool


class Styles(BaseModel):
    """The looks of the ASS captions."""

    styles: list[StyleInfo]


class VoiceInfo(BaseModel):
    """A voice: built into an engine, or a reference recording for engines that clone."""

    name: str
    kind: Literal["built-in", "reference"]
    engine: str | None = None
    language: str | None = None
    description: str = ""
    licence: str | None = None
    ready: bool = True
    duration: float | None = Field(default=None, description="Seconds of the reference recording.")
    transcript: str | None = None


class Voices(BaseModel):
    """Every voice that can be named."""

    voices: list[VoiceInfo]


class Fault(BaseModel):
    """What was wrong, with which input, and what to do."""

    code: str
    message: str
    hint: str
    request_id: str


class FaultReply(BaseModel):
    """The body of every error."""

    error: Fault


class Health(BaseModel):
    """Whether the server lives, or is ready for work."""

    status: Literal["ok", "starting", "stopping", "failed"]
    version: str
    error: str | None = None
    code: str | None = Field(default=None, description="Of the error.")
    hint: str | None = Field(default=None, description="What to do about it.")
    capacity: int | None = Field(
        default=None, description="Requests at once from which the default engine gains."
    )


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route may answer with, for the OpenAPI document."""
    return {status: {"model": FaultReply, "description": _MEANING[status]} for status in statuses}


_MEANING = {
    400: "A name that is not known, or a value out of its range",
    401: "No valid API key",
    403: "A request that a page of another site made",
    404: "Not there",
    409: "A name that is taken",
    413: "Larger than this server takes",
    416: "A range that is not in the file",
    422: "Input that cannot be used",
    429: "Too many requests; see Retry-After",
    502: "Object storage fails",
    503: "Not available here, or stopping",
    504: "Took longer than a request may",
    507: "No room left",
}
