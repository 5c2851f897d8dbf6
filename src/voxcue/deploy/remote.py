"""What RunPod has of a deployment: volume, endpoint and login by name, the catalogue of GPUs and places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from voxcue.deploy.api import Api
from voxcue.deploy.config import Config
from voxcue.errors import ConflictError

PATHS = {"registry": "/registries", "volume": "/network-volumes", "endpoint": "/serverless"}
_LISTS = {"registry": "registries", "volume": "networkVolumes", "endpoint": "endpoints"}


@dataclass(frozen=True)
class Remote:
    """JSON objects as RunPod gives them; ``None`` where there is none of that name.

    ``gpus`` and ``places`` are the catalogue; ``None`` where nobody asked, for want of a key.
    """

    registry: dict[str, Any] | None = None
    volume: dict[str, Any] | None = None
    endpoint: dict[str, Any] | None = None
    gpus: Sequence[dict[str, Any]] | None = None
    places: Sequence[dict[str, Any]] | None = None


def read(api: Api, config: Config) -> Remote:
    """Ask for all that a plan needs; changes nothing.

    Raises:
        ConflictError: ``runpod-ambiguous``, two things of one kind and name.
        VoxcueError: whatever `Api` raises.
    """
    return Remote(
        registry=find(api, "registry", config.registry.name) if config.registry else None,
        volume=find(api, "volume", config.name) if config.volume else None,
        endpoint=find(api, "endpoint", config.name),
        gpus=api.get("/catalog/gpus", include="AVAILABILITY", product="SERVERLESS").get("gpus", []),
        places=api.get("/catalog/datacenters").get("dataCenters", []),
    )


def find(api: Api, kind: str, name: str) -> dict[str, Any] | None:
    """The thing of a kind ("registry", "volume", "endpoint") that has a name: RunPod itself goes by ids."""
    found = [each for each in api.get(PATHS[kind]).get(_LISTS[kind], []) if each.get("name") == name]
    if len(found) > 1:
        ids = " and ".join(str(each.get("id")) for each in found)
        raise ConflictError(
            "runpod-ambiguous",
            f"RunPod has more than one {kind} named '{name}': {ids}.",
            "Rename or remove all but one in the console, or choose another name in voxcue.toml.",
        )
    return found[0] if found else None
