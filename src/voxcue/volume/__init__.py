"""The volume that workers share: environments built by uv, weights, leases. See `docs/volume.md`.

Knows nothing of engines, nor of who runs what from it.
"""

from __future__ import annotations

from voxcue.volume.environment import Environment
from voxcue.volume.leases import Rhythm
from voxcue.volume.lockfile import Interpreter
from voxcue.volume.progress import Progress, Report
from voxcue.volume.volume import Volume

__all__ = ["Environment", "Interpreter", "Progress", "Report", "Rhythm", "Volume"]
