"""The GPUs that a configuration names, as RunPod wants them: pools, and cards left out of these pools.

An endpoint takes pools; a single card is its pool without the pool's other cards (``gpu.pools`` and
``gpu.excludedTypes`` of `CreateEndpointRequest`, and ``GET /v2/catalog/gpus``, in the document that
`voxcue.deploy.api` names).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from voxcue.errors import UsageError


@dataclass(frozen=True)
class Selection:
    """Pools by their ids, and ids of cards in them that are not wanted."""

    pools: tuple[str, ...]
    excluded: tuple[str, ...] = ()


def select(names: Sequence[str], catalogue: Sequence[dict[str, Any]] | None) -> Selection:
    """Look names of pools and cards up.

    Without a catalogue, a card's pool is not known: it is written in angle brackets.

    Raises:
        UsageError: ``gpu-unknown``, or a card that serverless endpoints cannot have.
    """
    if catalogue is None:
        return Selection(tuple(dict.fromkeys(n if _pool_like(n) else f"<the pool of {n}>" for n in names)))
    pools: dict[str, list[dict[str, Any]]] = {}
    for card in catalogue:
        if card.get("pool"):
            pools.setdefault(card["pool"], []).append(card)
    cards = {name: _card(name, pools) for name in names if name not in pools}
    chosen = tuple(dict.fromkeys(cards[name]["pool"] if name in cards else name for name in names))
    named = {card["id"] for card in cards.values()}
    partly = [pool for pool in chosen if pool not in names]
    excluded = (card["id"] for pool in partly for card in pools[pool] if card["id"] not in named)
    return Selection(chosen, tuple(sorted(excluded)))


def wanted(selection: Selection, catalogue: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The catalogue's entries of all the cards that a selection allows."""
    return [
        card
        for card in catalogue
        if card.get("pool") in selection.pools and card["id"] not in selection.excluded
    ]


def _card(name: str, pools: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    for card in (card for cards in pools.values() for card in cards):
        if name in (card["id"], card.get("name")):
            return card
    known = "; ".join(
        f"{pool}: {', '.join(str(c.get('name')) for c in cards)}" for pool, cards in pools.items()
    )
    raise UsageError(
        "gpu-unknown",
        f"RunPod's serverless endpoints have no GPU and no pool named '{name}'.",
        f"There are {known}.",
    )


def _pool_like(name: str) -> bool:
    return name.isupper() and " " not in name
