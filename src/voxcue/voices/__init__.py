"""Reference voices: recordings of speakers, kept under a name."""

from voxcue.voices.library import Library, ReferenceVoice

__all__ = ["Library", "ReferenceVoice"]
