"""A deployment is made once, kept as the file says, and goes on where it broke off."""

from __future__ import annotations

from typing import Any

import pytest

from tests.deploy.conftest import SECRETS, Write
from tests.deploy.standin import Standin, problem
from voxcue.deploy import Api, Config, Outcome, carry_out, load, plan, read
from voxcue.errors import BusyError, ConflictError, UnavailableError, UsageError, VoxcueError


def deploy(api: Api, config: Config) -> list[Outcome]:
    return carry_out(api, plan(config, read(api, config)))


def states(outcomes: list[Outcome]) -> dict[str, str]:
    return {each.kind: each.state for each in outcomes}


def test_volume_and_endpoint_are_created_as_the_file_says(api: Api, config: Config, runpod: Standin) -> None:
    assert states(deploy(api, config)) == {"volume": "created", "endpoint": "created"}
    volume, endpoint = runpod.volume, runpod.endpoint
    assert (volume["name"], volume["size"], volume["dataCenter"]) == ("voxcue", 20, "EU-RO-1")
    assert (endpoint["networkVolumes"], endpoint["dataCenterIds"]) == ([volume["id"]], ["EU-RO-1"])
    assert endpoint["gpu"]["pools"] == ["ADA_24", "AMPERE_24"]
    assert endpoint["workers"] == {"min": 0, "max": 3, "idleTimeout": 5}
    assert (endpoint["timeout"], endpoint["flashboot"], endpoint["type"]) == (600_000, "FLASHBOOT", "QUEUE")
    assert endpoint["env"] == SECRETS | {
        "VOXCUE_ENGINE": "f5",
        "VOXCUE_STORAGE": "s3://my-bucket",
        "AWS_REGION": "eu-central-1",
    }


def test_a_second_run_changes_nothing(api: Api, config: Config, runpod: Standin) -> None:
    deploy(api, config)
    before = len(runpod.writes)
    assert states(deploy(api, config)) == {"volume": "unchanged", "endpoint": "unchanged"}
    assert len(runpod.writes) == before == 2


def test_what_drifted_is_put_back_and_the_rest_is_left(api: Api, config: Config, runpod: Standin) -> None:
    deploy(api, config)
    runpod.endpoint["workers"]["max"] = 0
    runpod.endpoint["image"] = "ghcr.io/octocat/voxcue:0.0.9"
    runpod.endpoint["env"] |= {"AWS_SECRET_ACCESS_KEY": "old", "LOG_LEVEL": "debug"}
    outcomes = deploy(api, config)
    assert states(outcomes) == {"volume": "unchanged", "endpoint": "changed"}
    assert set(outcomes[-1].changes) == {
        "image: ghcr.io/octocat/voxcue:0.0.9 → ghcr.io/octocat/voxcue:0.1.0",
        "workers.max: 0 → 3",
        "env.AWS_SECRET_ACCESS_KEY",
    }
    assert runpod.endpoint["env"]["LOG_LEVEL"] == "debug"
    assert runpod.endpoint["env"]["AWS_SECRET_ACCESS_KEY"] == "hush-hush"
    method, path, body = runpod.asked[-1]
    assert (method, path) == ("PATCH", f"/v2/serverless/{runpod.endpoint['id']}")
    assert set(body) == {"image", "workers", "env"}


def test_a_volume_grows(api: Api, config: Config, runpod: Standin, write: Write) -> None:
    deploy(api, config)
    assert states(deploy(api, load(write(("size = 20", "size = 40")))))["volume"] == "changed"
    assert runpod.volume["size"] == 40


@pytest.mark.parametrize(
    ("field", "value", "code", "hint"),
    [
        ("size", 50, "volume-shrinks", "Set size = 50"),
        ("dataCenter", "US-KS-2", "volume-elsewhere", 'Set data_center = "US-KS-2"'),
    ],
)
def test_a_volume_neither_shrinks_nor_moves(
    api: Api, config: Config, runpod: Standin, field: str, value: Any, code: str, hint: str
) -> None:
    deploy(api, config)
    runpod.volume[field] = value
    before = list(runpod.writes)
    with pytest.raises(UsageError) as caught:
        deploy(api, config)
    assert caught.value.code == code
    assert caught.value.hint.startswith(hint)
    assert runpod.writes == before


def test_a_volume_keeps_its_tier(api: Api, config: Config, write: Write) -> None:
    deploy(api, config)
    with pytest.raises(UsageError, match="keeps its tier"):
        deploy(api, load(write(("# tier", "tier"))))


@pytest.mark.parametrize(
    ("gpus", "pools", "excluded"),
    [
        ('["ADA_24"]', ["ADA_24"], None),
        ('["L4"]', ["AMPERE_24"], ["NVIDIA GeForce RTX 3090"]),
        ('["NVIDIA L4", "RTX 3090"]', ["AMPERE_24"], None),
        ('["L4", "AMPERE_24"]', ["AMPERE_24"], None),
    ],
)
def test_cards_are_pools_without_their_other_cards(
    api: Api,
    config: Config,
    runpod: Standin,
    write: Write,
    gpus: str,
    pools: list[str],
    excluded: list[str] | None,
) -> None:
    deploy(api, load(write(('["RTX 4090", "AMPERE_24"]', gpus))))
    assert runpod.endpoint["gpu"]["pools"] == pools
    assert runpod.endpoint["gpu"].get("excludedTypes") == excluded
    assert states(deploy(api, load(write(('["RTX 4090", "AMPERE_24"]', gpus)))))["endpoint"] == "unchanged"
    deploy(api, config)
    assert "excludedTypes" not in runpod.endpoint["gpu"]


def test_from_one_card_to_its_whole_pool(api: Api, config: Config, runpod: Standin, write: Write) -> None:
    assert config
    deploy(api, load(write(('["RTX 4090", "AMPERE_24"]', '["L4"]'))))
    outcomes = deploy(api, load(write(('["RTX 4090", "AMPERE_24"]', '["AMPERE_24"]'))))
    assert outcomes[-1].changes == ("gpu.excludedTypes: NVIDIA GeForce RTX 3090 → none",)
    assert "excludedTypes" not in runpod.endpoint["gpu"]


@pytest.mark.parametrize("name", ["RTX 9999", "RTX A2000"])
def test_a_gpu_that_endpoints_cannot_have_is_named(api: Api, config: Config, write: Write, name: str) -> None:
    assert config
    with pytest.raises(UsageError, match=name) as caught:
        deploy(api, load(write(("RTX 4090", name))))
    assert "AMPERE_24: L4, RTX 3090" in caught.value.hint


@pytest.mark.parametrize("place", ["CA-MTL-9", "XX-1"])
def test_a_data_centre_without_volumes_is_refused(
    api: Api, config: Config, runpod: Standin, write: Write, place: str
) -> None:
    assert config
    with pytest.raises(UsageError, match=place) as caught:
        deploy(api, load(write(("EU-RO-1", place))))
    assert caught.value.hint == "There are EU-RO-1, US-KS-2."
    assert not runpod.writes


def test_a_login_for_a_private_image_is_made_once(
    api: Api, config: Config, runpod: Standin, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert config
    swaps = [(f"# {line}", line) for line in ("[registry]", 'name = "ghcr"', "username", "password")]
    path = write(*swaps)
    with pytest.raises(UsageError, match="GHCR_TOKEN"):
        deploy(api, load(path))
    assert not runpod.writes
    monkeypatch.setenv("GHCR_TOKEN", "ghp_x")
    assert states(deploy(api, load(path)))["registry"] == "created"
    assert runpod.endpoint["registry"] == runpod.things["registries"][0]["id"]
    monkeypatch.delenv("GHCR_TOKEN")
    assert set(states(deploy(api, load(path))).values()) == {"unchanged"}


def test_two_of_one_name_are_not_guessed_between(api: Api, config: Config, runpod: Standin) -> None:
    deploy(api, config)
    runpod.things["network-volumes"].append(runpod.volume | {"id": "other"})
    with pytest.raises(ConflictError, match="net1 and other"):
        deploy(api, config)


def test_an_endpoint_of_another_kind_is_left_alone(api: Api, config: Config, runpod: Standin) -> None:
    deploy(api, config)
    runpod.endpoint["type"] = "LOAD_BALANCER"
    with pytest.raises(ConflictError, match="has no queue"):
        deploy(api, config)


def test_a_missing_secret_is_told_before_anything_is_made(
    api: Api, config: Config, runpod: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(UsageError, match="AWS_SECRET_ACCESS_KEY"):
        deploy(api, config)
    assert not runpod.writes


def test_a_run_that_broke_off_says_what_is_made_and_the_next_goes_on(
    api: Api, config: Config, runpod: Standin
) -> None:
    words = "Max workers across all endpoints must not exceed your workers quota (5)"
    runpod.faults = [("POST", "serverless", problem(400, "Bad Request", words))]
    with pytest.raises(UsageError, match="quota") as caught:
        deploy(api, config)
    assert "lower endpoint.workers_max" in caught.value.hint
    assert "volume 'voxcue' (net1) created. The next run goes on" in caught.value.hint
    assert states(deploy(api, config)) == {"volume": "unchanged", "endpoint": "created"}
    assert len(runpod.things["network-volumes"]) == 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_nothing_is_made_twice_when_an_answer_is_lost(
    api: Api, config: Config, runpod: Standin, moment: str
) -> None:
    runpod.faults = [("POST", "network-volumes", moment), ("POST", "serverless", moment)]
    assert states(deploy(api, config)) == {"volume": "created", "endpoint": "created"}
    assert [len(runpod.things[kind]) for kind in ("network-volumes", "serverless")] == [1, 1]
    assert runpod.endpoint["networkVolumes"] == [runpod.volume["id"]]


def test_a_network_that_stays_away_ends_the_run(api: Api, config: Config, runpod: Standin) -> None:
    runpod.faults = [("POST", "serverless", "before")] * 9
    with pytest.raises(UnavailableError) as caught:
        deploy(api, config)
    assert "volume 'voxcue' (net1) created" in caught.value.hint
    assert len(runpod.writes) == 5


def test_busy_and_broken_answers_are_waited_out(
    api: Api, config: Config, runpod: Standin, waits: list[float]
) -> None:
    busy = problem(429, "Too Many Requests", "rate limit exceeded", **{"Retry-After": "12"})
    runpod.faults = [
        ("GET", "catalog", busy),
        ("GET", "serverless", problem(503, "Unavailable", "no")),
        ("POST", "network-volumes", busy),
        ("POST", "serverless", problem(500, "Internal", "no")),
    ]
    assert states(deploy(api, config)) == {"volume": "created", "endpoint": "created"}
    assert sorted(waits) == [0.5, 0.5, 12.0, 12.0]


@pytest.mark.parametrize(
    ("answers", "kind", "code"),
    [
        ([problem(401, "Unauthorized", "invalid bearer token")], VoxcueError, "runpod-key-refused"),
        ([problem(403, "Forbidden", "access denied")], VoxcueError, "runpod-forbidden"),
        ([problem(404, "Not Found", "resource not found")], VoxcueError, "runpod-not-found"),
        (
            [problem(422, "Unprocessable", "Request validation failed.", "$: bad")],
            UsageError,
            "runpod-refused",
        ),
        ([problem(429, "Busy", "x", **{"Retry-After": "1812"})], BusyError, "runpod-busy"),
        ([problem(429, "Busy", "x")] * 5, BusyError, "runpod-busy"),
        ([problem(502, "Bad Gateway", "x")] * 5, UnavailableError, "runpod-down"),
        (["before"] * 5, UnavailableError, "runpod-unreachable"),
    ],
)
def test_what_the_service_refuses_is_told(
    api: Api, config: Config, runpod: Standin, answers: list[Any], kind: type[VoxcueError], code: str
) -> None:
    runpod.faults = [("GET", "network-volumes", answer) for answer in answers]
    with pytest.raises(kind) as caught:
        deploy(api, config)
    assert caught.value.code == code
    assert caught.value.hint


def test_no_service_at_all(config: Config, waits: list[float]) -> None:
    with Api("x", control="http://127.0.0.1:9", sleep=waits.append) as api, pytest.raises(UnavailableError):
        deploy(api, config)
    assert waits == [0.5, 1.0, 2.0, 4.0]


def test_the_embedded_engine_needs_no_volume(api: Api, config: Config, runpod: Standin) -> None:
    changes = {"volume": None, "data_center": None, "env": {"VOXCUE_ENGINE": "hibari"}}
    small = config.model_copy(update=changes)
    assert states(deploy(api, small)) == {"endpoint": "created"}
    assert runpod.endpoint["dataCenterIds"] == []
