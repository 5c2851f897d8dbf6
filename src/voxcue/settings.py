"""Every default that a user can change, in one place: environment variables with the prefix ``VOXCUE_``.

Command-line options and arguments of the Python API win over these.
"""

from __future__ import annotations

from functools import lru_cache

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from voxcue.errors import UsageError


class Settings(BaseSettings):
    """What Voxcue does when it is not told; ``VOXCUE_ENGINE=hibari`` sets ``engine``."""

    model_config = SettingsConfigDict(env_prefix="VOXCUE_")

    engine: str = "hibari"
    voice: str | None = None
    """``None`` is the engine's first voice."""
    aligner: str = "auto"
    style: str = "karaoke"
    format: str = "wav"
    loudness: float = Field(default=-16.0, ge=-40.0, le=-8.0)
    """Integrated loudness of the speech in LUFS (EBU R128)."""
    true_peak: float = Field(default=-1.0, ge=-12.0, le=0.0)
    """Highest true peak of the speech in dBTP."""

    device: str = Field(default="auto", pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$")
    """Where engines that use PyTorch run: "cpu", "cuda", "cuda:1"; "auto" takes a GPU where there is one."""
    models: str = Field(default_factory=lambda: str(user_data_path("voxcue") / "models"))
    """The folder for the weights of models."""
    models_mirror: str = ""
    """Where weights are fetched from in place of Hugging Face: a URL as for ``storage``."""
    offline: bool = False
    """Whether nothing may be fetched: what is not here is an error."""
    f5_model: str = "F5TTS_v1_Base"
    """A model that ``voxcue models list`` shows, or the folder of a fine-tune."""
    f5_vocoder: str = "vocos-mel-24khz"
    """The vocoder of the same, likewise."""
    f5_steps: int = Field(default=32, ge=1, le=128)
    """Evaluations of the model for one utterance: fewer are faster, more sound better."""
    f5_guidance: float = Field(default=2.0, ge=0.0, le=10.0)
    """Strength of classifier-free guidance."""
    f5_sway: float = Field(default=-1.0, ge=-1.0, le=1.75)
    """Sway sampling coefficient: below 0, steps are closer together at the beginning; 0 is off."""
    f5_compile: str = Field(default="auto", pattern="^(auto|on|off)$")
    """Whether the model is compiled: "auto" is on a GPU for which ``voxcue warmup`` has done it."""
    f5_precision: str = Field(default="auto", pattern="^(auto|fp32|fp16|bf16)$")
    """Number format of the model's arithmetic: "auto" is fp32 on a CPU and fp16 on a GPU."""

    asr_model: str = "small"
    """What hears the words of a recording that came without: a size of Whisper, or the folder of a model."""

    verify: str = Field(default="auto", pattern="^(auto|off|flag|retry)$")
    """Whether speech is listened to: "flag" says which words are doubtful, "retry" speaks those utterances
    again; "auto" is "retry" for engines that clone, "flag" for others."""
    verify_attempts: int = Field(default=3, ge=1, le=20)
    """How often "retry" speaks an utterance again at most."""
    verify_asr: bool = False
    """Whether Whisper (extra ``asr``) is asked about words that are doubtful; see ``asr_model``."""

    ctc_model: str = ""
    """The CTC model of the aligner ``ctc``: its folder, or its name on Hugging Face; empty: not used."""
    whisperx_model: str = ""
    """The model of the aligner ``whisperx``: its folder, or a name that whisperx knows; empty: its own for
    English."""

    volume: str = "/runpod-volume/voxcue"
    """The folder that workers share: environments and weights, built once."""
    volume_lock: str = "auto"
    """What its environment is built from: "cuda", "cpu", or the path of a lock; "auto" is by the GPU."""

    volume_hydrate: str = Field(default="auto", pattern="^(auto|on|off)$")
    """Whether a start lays what it opens of the volume out on the local disk: "auto" is on a network."""

    worker_concurrency: int = Field(default=0, ge=0)
    """Jobs that a worker works on at once; 0 is what its engine gains from."""
    worker_stream: bool = False
    """Whether a worker streams: the output of a job is its segments, then the reply."""
    worker_reply_bytes: int = Field(default=9_500_000, ge=1000)
    """Largest output of a job; RunPod takes 10 MiB for ``/run``, 20 MiB for ``/runsync``."""
    worker_hang_seconds: float = Field(default=60.0, gt=0)
    """Time without any sign of life after which a worker's server is killed and started again."""
    worker_crashes: int = Field(default=5, ge=1)
    """Ends of its server within five minutes after which a worker gives up."""

    storage: str = Field(default_factory=lambda: user_data_path("voxcue").as_uri())
    """Where results and voices are kept: a URL with ``file://``, ``s3://``, ``gs://`` or ``az://``."""
    url_lifetime: int = Field(default=24 * 3600, ge=1, le=7 * 24 * 3600)
    """Seconds for which a link to a result works."""
    retention_days: float = Field(default=7.0, ge=0)
    """Days after which ``voxcue storage clean`` removes a result."""
    fetch_buckets: str = ""
    """Buckets that a request may name in an ``s3://`` URL, separated by commas."""
    fetch_seconds: float = Field(default=60.0, gt=0)
    """Longest time for fetching one URL."""

    api_keys: SecretStr = SecretStr("")
    """Keys that the server accepts, separated by commas."""
    max_characters: int = Field(default=100_000, ge=1)
    """Longest text of one request."""
    max_audio_seconds: float = Field(default=3600.0, gt=0)
    """Longest recording that is read from an upload or a URL."""
    max_upload_bytes: int = Field(default=100_000_000, ge=1)
    """Largest body of a request, and largest file fetched from a URL."""
    max_running: int = Field(default=16, ge=1)
    """Requests worked on at once."""
    max_waiting: int = Field(default=64, ge=0)
    """Requests that wait for their turn; more are answered with 429."""
    request_seconds: float = Field(default=600.0, gt=0)
    """Longest time for one request, waiting included."""
    shutdown_seconds: float = Field(default=30.0, ge=0)
    """Longest time that running requests get to finish after SIGTERM."""
    public_url: str = ""
    """The server's address as its users see it, for links in its replies; by default that of the request."""
    log_text: bool = False
    """Whether the server's log shows the texts that it is asked to speak."""
    batch_wait: float = Field(default=0.004, ge=0, le=1)
    """Seconds that the engine waits for other requests to fill a batch."""


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read from its environment once.

    Raises:
        UsageError: ``setting-invalid``, naming the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "VOXCUE_" + "_".join(map(str, first["loc"])).upper()
        raise UsageError(
            "setting-invalid",
            f"The environment variable {name} has a value that cannot be used: {first['input']!r}.",
            f"{first['msg']}.",
        ) from error
