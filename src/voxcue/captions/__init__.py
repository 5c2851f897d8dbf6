"""Captions: timed words to cues, cues to caption files, caption files to a preview."""

from voxcue.captions.cues import Cue, CueLimits
from voxcue.captions.formats import FORMATS, check_caption_format, render
from voxcue.captions.layout import layout
from voxcue.captions.preview import moments, preview_image, preview_video
from voxcue.captions.styles import Style, style, style_names
from voxcue.captions.track import Track
from voxcue.captions.words import doubt_entries, mismatch_entries, track_from_json, verification_entry

__all__ = [
    "FORMATS",
    "Cue",
    "CueLimits",
    "Style",
    "Track",
    "check_caption_format",
    "doubt_entries",
    "layout",
    "mismatch_entries",
    "moments",
    "preview_image",
    "preview_video",
    "render",
    "style",
    "style_names",
    "track_from_json",
    "verification_entry",
]
