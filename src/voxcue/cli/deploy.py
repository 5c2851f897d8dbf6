"""The commands about a deployment on RunPod: make it, show it, diagnose it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import typer

from voxcue.cli.present import Bar, document, table
from voxcue.deploy import (
    Api,
    Config,
    Finding,
    Outcome,
    Remote,
    Step,
    carry_out,
    diagnose,
    load,
    masked,
    plan,
    read,
)
from voxcue.deploy.api import CONTROL
from voxcue.deploy.gpus import select, wanted
from voxcue.errors import UsageError

_VERBS = {"missing": "create", "different": "change", "right": "leave"}


def runpod(path: Path, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Bring RunPod to what the file says; with ``dry_run`` only show the calls."""
    config = load(path)
    if dry_run:
        for variable in config.secret_variables:
            if not os.environ.get(variable):
                sys.stderr.write(f"{variable}, which holds a secret of the deployment, is not set.\n")
    if dry_run and not os.environ.get("RUNPOD_API_KEY"):
        _show_plan(
            config, plan(config, Remote(), _pretend(config)), Remote(), CONTROL + "/v2", as_json=as_json
        )
        if not as_json:
            sys.stderr.write(
                "RUNPOD_API_KEY is not set: this is the plan for an account that has nothing yet.\n"
            )
        return
    with Api.from_environment() as api:
        with Bar("asking RunPod"):
            remote = read(api, config)
        steps = plan(config, remote, _pretend(config) if dry_run else os.environ)
        if dry_run:
            _show_plan(config, steps, remote, api.control, as_json=as_json)
            return
        if any(step.call for step in steps) and not yes:
            _ask(config, steps, remote)
        outcomes = carry_out(api, steps, (lambda _: None) if as_json else _say)
        urls = {"run": f"{api.jobs}/{outcomes[-1].id}/run"}
    if as_json:
        document({"resources": [asdict(each) for each in outcomes], "urls": urls})
    else:
        sys.stdout.write(f"jobs go to {urls['run']}\n")


def status(path: Path, *, as_json: bool) -> None:
    """What there is of a deployment, against the file, and what its workers are doing."""
    config = load(path)
    with Api.from_environment() as api, Bar("asking RunPod"):
        remote = read(api, config)
        here = _pretend(config, (remote.endpoint or {}).get("env") or {})
        steps = plan(config, remote, here)
        health = api.health(remote.endpoint["id"]) if remote.endpoint else {}
        urls = {"run": f"{api.jobs}/{remote.endpoint['id']}/run"} if remote.endpoint else {}
    if as_json:
        rows = [
            {"kind": s.kind, "name": s.name, "id": s.id, "state": s.state, "changes": s.changes}
            for s in steps
        ]
        document({"resources": rows, "health": health, "urls": urls})
        return
    table(
        [
            {
                "what": s.kind,
                "name": s.name,
                "id": s.id or "",
                "is": s.state,
                "differs in": ", ".join(s.changes),
            }
            for s in steps
        ]
    )
    for what in ("workers", "jobs"):
        if counts := health.get(what):
            sys.stdout.write(f"{what}: {', '.join(f'{count} {name}' for name, count in counts.items())}\n")
    for url in urls.values():
        sys.stdout.write(f"jobs go to {url}\n")


def doctor(path: Path, *, job: bool, voice: str | None, as_json: bool) -> None:
    """Say what is wrong with a deployment; exit status 1 when something keeps jobs from being done."""
    config = load(path)
    with Bar("examining"):
        findings = diagnose(config, job=job, voice=voice)
    present(config, findings, as_json=as_json)


def present(config: Config, findings: Sequence[Finding], *, as_json: bool) -> None:
    """Print findings, the worst first; leaves with status 1 if one is "sick"."""
    order = ("sick", "warning", "note")
    findings = sorted(findings, key=lambda each: order.index(each.level))
    sick = any(each.level == "sick" for each in findings)
    if as_json:
        document({"well": not sick, "findings": [asdict(each) for each in findings]})
    else:
        for each in findings:
            sys.stdout.write(f"{each.level + ':':9}{each.message} [{each.code}]\n")
            if each.hint:
                sys.stdout.write(f"{'':9}{each.hint}\n")
        if all(each.level == "note" for each in findings):
            sys.stdout.write(f"'{config.name}' is well\n")
    if sick:
        raise typer.Exit(1)


def _pretend(config: Config, known: dict[str, str] | None = None) -> dict[str, str]:
    """The environment, with a value for each secret that is not in it: that of RunPod, or a stand-in."""
    have = known or {}
    made = dict.fromkeys(config.secret_variables, "<not set>")
    made |= {source: have[name] for name, source in config.secrets.items() if have.get(name)}
    return made | {name: value for name, value in os.environ.items() if value}


def _show_plan(config: Config, steps: Sequence[Step], remote: Remote, base: str, *, as_json: bool) -> None:
    calls = [
        {"method": s.call.method, "url": base + s.call.path, "body": masked(s.call, config)}
        for s in steps
        if s.call
    ]
    if as_json:
        rows = [
            {"kind": s.kind, "name": s.name, "id": s.id, "state": s.state, "changes": s.changes}
            for s in steps
        ]
        document({"dry_run": True, "resources": rows, "calls": calls})
        return
    waiting = iter(calls)
    for step in steps:
        sys.stdout.write(f"would {_line(step)}\n")
        if step.call:
            call = next(waiting)
            body = json.dumps(call["body"], indent=2, ensure_ascii=False)
            sys.stdout.write(f"{call['method']} {call['url']}\n{body}\n")
    if price := _price(config, remote):
        sys.stdout.write(price + "\n")


def _ask(config: Config, steps: Sequence[Step], remote: Remote) -> None:
    """Have a person agree to what costs money.

    Raises:
        UsageError: ``not-agreed``, nobody is there to ask.
    """
    if not sys.stdin.isatty():
        raise UsageError(
            "not-agreed",
            "This would change what RunPod bills, and nobody is here to agree.",
            "Add --yes, or --dry-run to see it.",
        )
    for step in steps:
        sys.stderr.write(f"will {_line(step)}\n")
    if price := _price(config, remote):
        sys.stderr.write(price + "\n")
    if not typer.confirm("Go on?", err=True):
        raise typer.Exit(1)


def _line(step: Step) -> str:
    name = f"{_VERBS[step.state]} the {step.kind} '{step.name}'{f' ({step.id})' if step.id else ''}"
    return f"{name}: {', '.join(step.changes)}" if step.changes else name


def _price(config: Config, remote: Remote) -> str:
    """What a worker costs, by the prices of the catalogue."""
    cards = wanted(select(config.endpoint.gpus, remote.gpus), remote.gpus) if remote.gpus else []
    prices: list[float] = sorted(
        {c["price"]["serverless"] for c in cards if c.get("price", {}).get("serverless")}
    )
    if not prices:
        return ""
    span = f"{prices[0]:.2f}" if len(prices) == 1 else f"{prices[0]:.2f} to {prices[-1]:.2f}"
    most, least = config.endpoint.workers_max, config.endpoint.workers_min
    always = f"{least} always on" if least else "none when idle"
    return f"RunPod's list price: {span} USD an hour for each worker that is on ({always}, at most {most})"


def _say(outcome: Outcome) -> None:
    told = f": {', '.join(outcome.changes)}" if outcome.changes else ""
    sys.stdout.write(f"{outcome.kind:9} {outcome.name} ({outcome.id}) {outcome.state}{told}\n")
    sys.stdout.flush()
