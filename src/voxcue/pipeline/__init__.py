"""The one place that ties the stages together: text, engine, aligner, loudness, captions, files."""

from voxcue.pipeline.plan import Plan, SpeakOptions, plan
from voxcue.pipeline.previewing import preview
from voxcue.pipeline.recording import align
from voxcue.pipeline.speaking import speak, speak_to, stream
from voxcue.pipeline.speech import SaveOptions, Speech, files, write_captions

__all__ = [
    "Plan",
    "SaveOptions",
    "SpeakOptions",
    "Speech",
    "align",
    "files",
    "plan",
    "preview",
    "speak",
    "speak_to",
    "stream",
    "write_captions",
]
