"""Which rows go through the model together: alike in length, as what is padded is wasted."""

from __future__ import annotations

from collections.abc import Sequence

_RATIO = 1.25
"""How many times longer the longest of a batch may be than its shortest."""


def batches(lengths: Sequence[int], most: int) -> list[list[int]]:
    """The indices of rows of ``lengths`` in batches of at most ``most``, the one with the first row first."""
    found: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda index: lengths[index]):
        if found and len(found[-1]) < most and lengths[index] <= _RATIO * lengths[found[-1][0]]:
            found[-1].append(index)
        else:
            found.append([index])
    return sorted(found, key=min)
