"""The engine `f5-upstream` where its package is missing; `tests/reference` has the rest."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from voxcue.engines import engine_class
from voxcue.errors import UnavailableError


@pytest.mark.skipif(find_spec("f5_tts") is not None, reason="the package is here")
def test_a_missing_package_is_named() -> None:
    with pytest.raises(
        UnavailableError, match=r"'f5-upstream' cannot be used here.*'f5-tts' is missing"
    ) as caught:
        engine_class("f5-upstream")
    assert caught.value.code == "engine-unavailable"
