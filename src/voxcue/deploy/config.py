"""``voxcue.toml``: all of a deployment in one file, and no secret in it.

A secret is named under ``[secrets]`` with the environment variable, on the machine that deploys, that holds
it; or it is a reference to a secret that RunPod keeps, ``"{{ RUNPOD_SECRET_name }}"``. Limits are those of
RunPod's OpenAPI document (see `voxcue.deploy.api`).
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from voxcue.errors import UsageError

EMBEDDED = "hibari"
"""The engine that needs nothing but the image."""

_VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
_IMAGE = re.compile(r"^[a-z0-9][a-z0-9._/:-]*(:[A-Za-z0-9_][A-Za-z0-9._-]*|@sha256:[0-9a-f]{64})$")
_SECRET = re.compile(
    r"SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|ACCESS_KEY$|PRIVATE_KEY|CREDENTIAL", re.IGNORECASE
)
_KEPT_BY_RUNPOD = re.compile(r"^\{\{\s*RUNPOD_SECRET_\w+\s*\}\}$")


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Variable = Annotated[str, Field(pattern=_VARIABLE)]
Value = Annotated[str, BeforeValidator(_text)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class VolumeTable(_Table):
    """The network volume; it lies in the deployment's data centre."""

    size: int = Field(ge=10, le=4096)
    """GB; it can grow later, and never shrink."""
    tier: Literal["standard", "high-performance"] | None = None
    """``None`` is what the data centre gives; it cannot be changed later."""


class EndpointTable(_Table):
    """The serverless endpoint: which machines, how many, for how long."""

    gpus: tuple[str, ...] = Field(min_length=1)
    """Pools ("ADA_24") or cards ("RTX 4090", "NVIDIA GeForce RTX 4090")."""
    workers_min: int = Field(default=0, ge=0)
    """Workers that are always on, and always paid for."""
    workers_max: int = Field(default=3, ge=0)
    idle_timeout: int = Field(default=5, ge=1, le=3600)
    """Seconds that a worker waits, paid for, after its last job."""
    queue_delay: float = Field(default=4.0, ge=0.5)
    """Seconds that a job waits before another worker is started."""
    execution_timeout: int = Field(default=600, ge=5, le=7 * 24 * 3600)
    """Longest time of one job in seconds."""
    flashboot: bool = True
    disk: int = Field(default=5, ge=1)
    """The container's own disk in GB."""
    min_cuda: str | None = Field(default=None, pattern=r"^\d+\.\d+$")
    """Lowest CUDA version of a machine's driver."""

    @model_validator(mode="after")
    def _ordered(self) -> EndpointTable:
        if self.workers_min > self.workers_max:
            raise ValueError("workers_min is more than workers_max")
        return self


class RegistryTable(_Table):
    """The login for a private image, made at RunPod under ``name`` when none is there."""

    name: Name
    username: str = Field(min_length=1)
    password: Variable
    """The environment variable that holds the password or token."""


class Config(_Table):
    """One deployment. Its volume and its endpoint carry its name, by which they are found again."""

    name: Name
    image: str
    data_center: str | None = Field(default=None, min_length=1)
    volume: VolumeTable | None = None
    endpoint: EndpointTable
    registry: RegistryTable | None = None
    env: dict[Variable, Value] = Field(default_factory=dict)
    """The worker's environment."""
    secrets: dict[Variable, Variable] = Field(default_factory=dict)
    """More of it: name for the worker, name of the variable here that holds the value."""

    @model_validator(mode="after")
    def _fits_together(self) -> Config:
        if not _IMAGE.match(self.image):
            raise ValueError(
                f"image '{self.image}' is not a lowercase name with a tag, as 'ghcr.io/ada/voxcue:0.1.0'"
            )
        if self.volume and not self.data_center:
            raise ValueError("data_center is missing: a volume lies in one")
        if self.engine != EMBEDDED and not self.volume:
            raise ValueError(f"[volume] is missing: the engine '{self.engine}' is set up on a volume")
        for name, value in self.env.items():
            if _SECRET.search(name) and not _KEPT_BY_RUNPOD.match(value):
                raise ValueError(f"env.{name} is a secret by its name: put it under [secrets]")
        if both := sorted(set(self.env) & set(self.secrets)):
            raise ValueError(f"{both[0]} is under [env] and under [secrets]")
        return self

    @property
    def engine(self) -> str:
        """The engine that the workers run."""
        return self.env.get("VOXCUE_ENGINE", EMBEDDED)

    @property
    def secret_variables(self) -> tuple[str, ...]:
        """The variables, on the machine that deploys, that hold secrets."""
        return (*self.secrets.values(), *((self.registry.password,) if self.registry else ()))

    def worker_environment(self, here: Mapping[str, str] = os.environ) -> dict[str, str]:
        """``env`` with the secrets' values.

        Raises:
            UsageError: ``secret-missing``, a variable that ``here`` lacks.
        """
        return dict(self.env) | {name: secret(source, name, here) for name, source in self.secrets.items()}


def secret(variable: str, what_for: str, here: Mapping[str, str] = os.environ) -> str:
    """The value of an environment variable that holds a secret.

    Raises:
        UsageError: ``secret-missing``.
    """
    if not here.get(variable):
        raise UsageError(
            "secret-missing",
            f"The environment variable {variable}, which holds {what_for} for the deployment, is not set.",
            f"Set it in this shell, as in: read -rs {variable} && export {variable}",
        )
    return here[variable]


def load(path: Path) -> Config:
    """Read and check a ``voxcue.toml``.

    Raises:
        UsageError: ``config-missing``, ``config-invalid``; the message names the key and its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return Config.model_validate(tomllib.loads(text))
    except OSError as error:
        raise UsageError(
            "config-missing",
            f"The file '{path}' cannot be read: {error.strerror}.",
            "Copy examples/voxcue.toml, or name yours with --config.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            "config-invalid", f"'{path}' is not TOML: {error}.", "See https://toml.io."
        ) from error
    except ValidationError as error:
        typos_first = sorted(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
        first, *others = [_sentence(text, each) for each in typos_first]
        more = "".join(f" Also: {each}." for each in others)
        raise UsageError(
            "config-invalid",
            f"'{path}', {first}.",
            f"examples/voxcue.toml explains every key.{more}",
        ) from error


def _sentence(text: str, error: Any) -> str:
    """One complaint of pydantic with the line and the key that it is about."""
    place = [str(part) for part in error["loc"] if not isinstance(part, int) and part != "[key]"]
    message = str(error["msg"]).removeprefix("Value error, ")
    if not place or error["type"] == "value_error":  # a rule about several keys names the key itself
        found = re.match(r"(?:env\.)?(\w+)", message)
        place = [*place, found[1]] if found else place
        return f"line {_line(text, place)}: {message}"
    if error["type"] == "extra_forbidden":
        message = "there is no such key"
    elif error["type"] == "missing":
        message = "is missing"
    return f"line {_line(text, place)}, {'.'.join(place)}: {message[0].lower()}{message[1:]}"


def _line(text: str, place: list[str]) -> int:
    """The line, from 1, of a key or of the innermost table on the way to it that the file has."""
    table: list[str] = []
    best, depth = 1, 0
    for number, line in enumerate(text.splitlines(), 1):
        if head := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line):
            table = [part.strip().strip("\"'") for part in head[1].split(".")]
            here = table
        elif key := re.match(r"\s*[\"']?([\w.-]+)[\"']?\s*=", line):
            here = [*table, *key[1].split(".")]
        else:
            continue
        if here[-1:] == place[-1:]:
            return number
        if len(here) > depth and place[: len(here)] == here:
            best, depth = number, len(here)
    return best
