"""Rules that turn English words into phonemes, those of hibari-tts: loaded once for all who need them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=2)
def rules(*, british: bool) -> Any:
    """A ``hibari.g2p.G2P``: 100 MB and a third of a second. Asked in one way only, there is one copy."""
    from hibari.g2p import G2P

    return G2P(british=british)
