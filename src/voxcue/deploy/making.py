"""Plans carried out, one call after the other, so that a run that broke off can be followed by another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from voxcue.deploy.api import Api, UnsureError
from voxcue.deploy.planning import NEW_ID, Kind, Step
from voxcue.deploy.remote import find
from voxcue.errors import VoxcueError

_TRIES = 4


@dataclass(frozen=True)
class Outcome:
    """What became of one step."""

    kind: Kind
    name: str
    id: str
    state: Literal["created", "changed", "unchanged"]
    changes: tuple[str, ...] = ()


def carry_out(
    api: Api, steps: Sequence[Step], report: Callable[[Outcome], None] = lambda _: None
) -> list[Outcome]:
    """Do what a plan says, and report each outcome as soon as it is certain.

    Raises:
        VoxcueError: whatever `Api` raises; its hint then says what was done before.
    """
    done: list[Outcome] = []
    ids: dict[str, str] = {}
    for step in steps:
        try:
            outcome = _do(api, step, ids)
        except VoxcueError as error:
            if made := [f"{each.kind} '{each.name}' ({each.id}) {each.state}" for each in done]:
                error.hint += f" Before that: {', '.join(made)}. The next run goes on from there."
            raise
        if step.kind in NEW_ID:
            ids[NEW_ID[step.kind]] = outcome.id
        done.append(outcome)
        report(outcome)
    return done


def _do(api: Api, step: Step, ids: Mapping[str, str]) -> Outcome:
    if step.call is None:
        return Outcome(step.kind, step.name, str(step.id), "unchanged")
    body = _filled(step.call.body, ids)
    if step.call.method == "PATCH":
        api.patch(step.call.path, body)
        return Outcome(step.kind, step.name, str(step.id), "changed", step.changes)
    return Outcome(step.kind, step.name, str(_create(api, step, step.call.path, body)["id"]), "created")


def _create(api: Api, step: Step, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Make a thing once: after a POST that may have worked, look for the thing before trying again."""
    for attempt in range(_TRIES):
        try:
            return api.post(path, body)
        except UnsureError:
            api.pause(attempt)
            if found := find(api, step.kind, step.name):
                return found
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("the last try returns or raises")


def _filled(value: Any, ids: Mapping[str, str]) -> Any:
    """A body with the ids that are known by now."""
    if isinstance(value, dict):
        return {key: _filled(each, ids) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, ids) for each in value]
    return ids.get(value, value) if isinstance(value, str) else value
