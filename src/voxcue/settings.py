"""Every default that a user can change, in one place: environment variables with the prefix ``VOXCUE_``.

Command-line options and arguments of the Python API win over these.
"""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from voxcue.errors import UsageError


class Settings(BaseSettings):
    """What Voxcue does when it is not told; ``VOXCUE_ENGINE=hibari`` sets ``engine``."""

    model_config = SettingsConfigDict(env_prefix="VOXCUE_")

    engine: str = "hibari"
    voice: str | None = None
    """``None`` is the engine's first voice."""
    aligner: str = "auto"
    style: str = "karaoke"
    format: str = "wav"
    loudness: float = Field(default=-16.0, ge=-40.0, le=-8.0)
    """Integrated loudness of the speech in LUFS (EBU R128)."""
    true_peak: float = Field(default=-1.0, ge=-12.0, le=0.0)
    """Highest true peak of the speech in dBTP."""


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read from its environment once.

    Raises:
        UsageError: ``setting-invalid``, naming the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "VOXCUE_" + "_".join(map(str, first["loc"])).upper()
        raise UsageError(
            "setting-invalid",
            f"The environment variable {name} has a value that cannot be used: {first['input']!r}.",
            f"{first['msg']}.",
        ) from error
