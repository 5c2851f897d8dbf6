"""Source text to script: what is shown, what is said for it, and where the voice rests.

``parse`` is the whole of it; ``decode`` turns a file's bytes into the text that ``parse`` takes.
Nothing here knows which engine will speak or how long anything will take.
"""

from voxcue.text.read import decode
from voxcue.text.script import parse

__all__ = ["decode", "parse"]
