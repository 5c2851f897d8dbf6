"""What has to be done so that RunPod has what a configuration says: pure, no request is sent from here.

Bodies are those of ``CreateRegistryRequest``, ``CreateNetworkVolumeRequest``, ``UpdateNetworkVolumeRequest``,
``CreateEndpointRequest`` and ``UpdateEndpointRequest`` in the document that `voxcue.deploy.api` names. There
is no template among them: since version 2 an endpoint holds image and environment itself, and RunPod copies a
template once and forgets it ("Later template edits do not affect the endpoint"), so that a template would be
a second copy of the secrets and nothing else.

What the configuration does not speak of is left as it is: other variables, ports, arguments.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from voxcue.deploy.config import Config, VolumeTable, secret
from voxcue.deploy.gpus import select
from voxcue.deploy.remote import PATHS, Remote
from voxcue.errors import ConflictError, UsageError

Kind = Literal["registry", "volume", "endpoint"]
NEW_ID: dict[str, str] = {"registry": "<id of the new registry login>", "volume": "<id of the new volume>"}
"""What stands in a body for an id that is not known before its thing is made."""
MASK = "***"


@dataclass(frozen=True)
class Call:
    """A request that changes something."""

    method: Literal["POST", "PATCH"]
    path: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One thing that the deployment consists of, and the call that puts it right, if it is not.

    ``changes`` says in words what differs; values of the environment are never in it.
    """

    kind: Kind
    name: str
    id: str | None
    call: Call | None = None
    changes: tuple[str, ...] = ()

    @property
    def state(self) -> Literal["missing", "different", "right"]:
        """What RunPod has now, against the configuration."""
        return "right" if self.call is None else "missing" if self.id is None else "different"


def plan(config: Config, remote: Remote, here: Mapping[str, str] = os.environ) -> list[Step]:
    """The steps in the order in which they are to be done.

    Args:
        config: what should be.
        remote: what is.
        here: where the values of secrets are.

    Raises:
        UsageError: a secret or a GPU that is not there, a data centre that is unknown or has no volumes, a
            volume that would have to shrink, move or change its tier, an endpoint of another kind.
    """
    steps = []
    if config.registry:
        steps.append(_registry(config, remote, here))
    if config.volume:
        steps.append(_volume(config, config.volume, remote))
    ids: dict[str, str] = {step.kind: step.id or NEW_ID[step.kind] for step in steps}
    steps.append(_endpoint(config, remote, ids, here))
    return steps


def masked(call: Call, config: Config) -> dict[str, Any]:
    """A call's body as it may be shown: of the environment only the values that the file itself shows."""
    body = dict(call.body)
    if "env" in body:
        body["env"] = {k: v if config.env.get(k) == v else MASK for k, v in body["env"].items()}
    if "password" in body:
        body["password"] = MASK
    return body


def _registry(config: Config, remote: Remote, here: Mapping[str, str]) -> Step:
    login = config.registry
    assert login
    if remote.registry:
        return Step("registry", login.name, remote.registry["id"])
    password = secret(login.password, f"the registry login '{login.name}'", here)
    body = {"name": login.name, "username": login.username, "password": password}
    return Step("registry", login.name, None, Call("POST", PATHS["registry"], body))


def _volume(config: Config, wanted: VolumeTable, remote: Remote) -> Step:
    place = str(config.data_center)
    tier = wanted.tier and wanted.tier.upper().replace("-", "_")
    found = remote.volume
    if found is None:
        _check_place(place, tier, remote)
        body: dict[str, Any] = {"name": config.name, "size": wanted.size, "dataCenter": place}
        return Step(
            "volume",
            config.name,
            None,
            Call("POST", PATHS["volume"], body | ({"type": tier} if tier else {})),
        )
    volume = f"The volume '{config.name}' ({found['id']})"
    anew = "Or make a new one: give the deployment another name, and remove the old one in the console after."
    if found["dataCenter"] != place:
        raise UsageError(
            "volume-elsewhere",
            f"{volume} lies in {found['dataCenter']}, not in {place}: a volume cannot move.",
            f'Set data_center = "{found["dataCenter"]}". {anew}',
        )
    if found["size"] > wanted.size:
        raise UsageError(
            "volume-shrinks",
            f"{volume} has {found['size']} GB, more than {wanted.size}: a volume cannot shrink.",
            f"Set size = {found['size']} under [volume]. {anew}",
        )
    if tier and found.get("type", tier) != tier:
        raise UsageError(
            "volume-tier",
            f"{volume} is of the tier {found['type']}, not {tier}: a volume keeps its tier.",
            f"Take tier out of [volume]. {anew}",
        )
    if found["size"] == wanted.size:
        return Step("volume", config.name, found["id"])
    call = Call("PATCH", f"{PATHS['volume']}/{found['id']}", {"size": wanted.size})
    return Step("volume", config.name, found["id"], call, (f"size: {found['size']} → {wanted.size}",))


def _check_place(place: str, tier: str | None, remote: Remote) -> None:
    if remote.places is None:
        return
    fitting = [
        each["id"]
        for each in remote.places
        if (tier in each["networkVolumeTypes"] if tier else each["networkVolumeTypes"])
    ]
    if place not in fitting:
        raise UsageError(
            "data-center-unknown",
            f"RunPod has no data centre '{place}' that has network volumes{' of that tier' if tier else ''}.",
            f"There are {', '.join(sorted(fitting))}.",
        )


def _endpoint(config: Config, remote: Remote, ids: Mapping[str, str], here: Mapping[str, str]) -> Step:
    wanted = _body(config, remote, ids, here)
    found = remote.endpoint
    if found is None:
        return Step("endpoint", config.name, None, Call("POST", PATHS["endpoint"], wanted))
    if found.get("type", "QUEUE") != "QUEUE" or not found.get("gpu"):
        raise ConflictError(
            "endpoint-other",
            f"The endpoint '{config.name}' ({found['id']}) has no queue or no GPUs, and cannot get them.",
            "Choose another name in voxcue.toml, or remove that endpoint in the console.",
        )
    body: dict[str, Any] = {}
    changes: list[str] = []
    for key, value in wanted.items():
        if differences := _differences(key, found.get(key), value):
            body[key] = (found.get("env") or {}) | value if key == "env" else value
            changes += differences
    if not body:
        return Step("endpoint", config.name, found["id"])
    call = Call("PATCH", f"{PATHS['endpoint']}/{found['id']}", body)
    return Step("endpoint", config.name, found["id"], call, tuple(changes))


def _body(config: Config, remote: Remote, ids: Mapping[str, str], here: Mapping[str, str]) -> dict[str, Any]:
    """An endpoint as ``CreateEndpointRequest`` has it; all of it but ``type`` can be changed later."""
    of = config.endpoint
    selection = select(of.gpus, remote.gpus)
    gpu: dict[str, Any] = {"pools": list(selection.pools), "count": 1}
    if selection.excluded:
        gpu["excludedTypes"] = list(selection.excluded)
    if of.min_cuda:
        gpu |= {"minCudaVersion": of.min_cuda, "allowedCudaVersions": []}
    body: dict[str, Any] = {
        "name": config.name,
        "type": "QUEUE",
        "image": config.image,
        "disk": of.disk,
        "env": config.worker_environment(here),
        "gpu": gpu,
        "workers": {"min": of.workers_min, "max": of.workers_max, "idleTimeout": of.idle_timeout},
        "scaling": {"type": "QUEUE_DELAY", "queueDelay": of.queue_delay},
        "timeout": of.execution_timeout * 1000,
        "flashboot": "FLASHBOOT" if of.flashboot else "OFF",
    }
    if config.data_center:
        body["dataCenterIds"] = [config.data_center]
    if "volume" in ids:
        body["networkVolumes"] = [ids["volume"]]
    if "registry" in ids:
        body["registry"] = ids["registry"]
    return body


def _differences(key: str, found: Any, wanted: Any) -> list[str]:
    """What differs in one field of an endpoint, in words."""
    if key == "env":
        have = found or {}
        return [f"env.{name}" for name, value in wanted.items() if have.get(name) != value]
    if isinstance(wanted, dict):
        have = found or {}
        names = [*wanted, "excludedTypes"] if key == "gpu" else list(wanted)
        pairs = {name: (have.get(name), wanted.get(name)) for name in names}
        return [f"{key}.{name}: {_said(a)} → {_said(b)}" for name, (a, b) in pairs.items() if not _same(a, b)]
    return [] if _same(found, wanted) else [f"{key}: {_said(found)} → {_said(wanted)}"]


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(found, list) or isinstance(wanted, list):  # in these lists the order means nothing
        return set(found or ()) == set(wanted or ())
    return bool(found == wanted)


def _said(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)
