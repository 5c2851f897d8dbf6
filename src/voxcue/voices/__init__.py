"""Reference voices: recordings of speakers, prepared for engines that clone, and kept under a name."""

from voxcue.voices.library import Library, ReferenceVoice
from voxcue.voices.preparation import Prepared, prepare
from voxcue.voices.recognition import transcribe
from voxcue.voices.references import reference

__all__ = ["Library", "Prepared", "ReferenceVoice", "prepare", "reference", "transcribe"]
