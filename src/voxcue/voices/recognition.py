"""What is said in a recording, heard by Whisper (package ``faster-whisper``, extra ``asr``)."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import Any

from voxcue.errors import AudioError, UnavailableError
from voxcue.settings import settings
from voxcue.types import Clip

_RATE = 16_000
_BUSY = Lock()
"""One recording at a time: each takes all cores."""

_TELL = "Say what is said in the recording (--text, or 'transcript' in a request)"


def transcribe(clip: Clip, language: str | None = None) -> str:
    """The words of a clip, on one line, with punctuation.

    Args:
        clip: speech.
        language: BCP 47 tag; heard too, if ``None``.

    Raises:
        UnavailableError: ``asr-missing``, the package; ``asr-model-missing``, the model.
        AudioError: ``audio-not-understood``, no words in it.
    """
    import soxr

    samples = soxr.resample(clip.samples, clip.sample_rate, _RATE)
    code = language.partition("-")[0].lower() if language else None
    with _BUSY:
        model = _model(settings().asr_model, settings().device, settings().offline)
        try:
            segments, _ = model.transcribe(samples, language=code, beam_size=5)
        except ValueError as error:  # a language that the model does not know
            raise UnavailableError(
                "asr-language", f"Speech in '{language}' cannot be recognised: {error}.", f"{_TELL}."
            ) from error
        text = " ".join(" ".join(segment.text for segment in segments).split())
    if not any(char.isalnum() for char in text):
        raise AudioError(
            "audio-not-understood", "No words were understood in the recording.", f"{_TELL}, or record again."
        )
    return text


@lru_cache(maxsize=1)
def _model(name: str, device: str, offline: bool) -> Any:
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise UnavailableError(
            "asr-missing",
            "To find out what is said in the recording, the package 'faster-whisper' is needed.",
            f"{_TELL}, or run: pip install 'voxcue[asr]'",
        ) from error
    graphics = device.startswith("cuda")
    kind = (
        {"device": "cuda", "compute_type": "default"}
        if graphics
        else {"device": "cpu", "compute_type": "int8"}
    )
    index = int(device.partition(":")[2] or 0)
    try:
        return WhisperModel(name, device_index=index, local_files_only=offline, **kind)
    except Exception as error:  # of huggingface_hub, the network and CTranslate2, with no base in common
        raise UnavailableError(
            "asr-model-missing",
            f"The model '{name}' that recognises speech cannot be loaded: {_reason(error)}.",
            f"{_TELL}, or set VOXCUE_ASR_MODEL to the folder of a faster-whisper model.",
        ) from error


def _reason(error: Exception) -> str:
    first = str(error).strip().partition("\n")[0].rstrip(".")
    return first[:200] or type(error).__name__
