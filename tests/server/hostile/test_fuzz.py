"""The API under requests that schemathesis makes from its OpenAPI document, fit ones and unfit ones.

Nothing is left out but work: texts are cut to `_TEXT` characters, `audio_url` is made one that is refused
without asking a name server, and there are `_EXAMPLES` requests for each route and kind of data.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.server.hostile import process
from tests.server.hostile.raw import shape
from tests.server.process import Server, serving

_EXAMPLES = 40
_TEXT = 24
_WORDS = ("text", "input", "transcript", "instructions")


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own, which is watched: its memory, threads and files stay where they were."""
    process.require_proc()
    with serving(tmp_path_factory.mktemp("fuzz")) as server:
        with server.client() as client:
            client.post("/v1/speech", json={"text": "Warm."})
        before = process.threads(server.pid), process.files(server.pid), process.megabytes(server.pid)
        yield server
        for _ in range(100):
            if server.metric("voxcue_running") == 0 and process.files(server.pid) <= before[1] + 3:
                break
            time.sleep(0.1)
        assert server.metric("voxcue_running") == server.metric("voxcue_queue") == 0
        # Pools grow to their size and stay there: 16 jobs, 40 for files, and the library's own.
        assert process.threads(server.pid) <= before[0] + 16 + 40 + 4
        assert process.files(server.pid) <= before[1] + 3
        assert process.megabytes(server.pid) <= before[2] + 250
        assert '"event": "defect"' not in server.log.read_text()


@pytest.fixture(scope="module")
def document(target: Server) -> Any:
    """The API as the server tells it."""
    return schemathesis.openapi.from_url(f"{target.url}/openapi.json")


def _shorter(body: Any) -> Any:
    if isinstance(body, dict):
        for name in _WORDS:
            if isinstance(body.get(name), str):
                body[name] = body[name][:_TEXT]
        for holder in (body, body.get("voice")):
            if isinstance(holder, dict) and isinstance(holder.get("audio_url"), str):
                holder["audio_url"] = "http://127.0.0.1/" + holder["audio_url"][:_TEXT]
    return body


def _try(case: Case[Any]) -> None:
    case.body = _shorter(case.body)
    response = case.call(timeout=20)
    case.validate_response(
        response,
        checks=[
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
            response_headers_conformance,
        ],
    )
    assert response.status_code != 500
    if response.status_code >= 400 and case.path != "/readyz":
        shape(response.content)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_reply_is_as_declared(document: Any, mode: GenerationMode) -> None:
    tried = 0
    for found in document.get_all_operations():
        operation = found.ok()
        try:
            strategy = operation.as_strategy(generation_mode=mode)
            _given(strategy)
        except Unsatisfiable:
            continue  # there is no unfit request to a route that takes nothing
        tried += 1
    assert tried > 10


def _given(strategy: Any) -> None:
    @hypothesis.settings(
        max_examples=_EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=strategy)
    def run(case: Case[Any]) -> None:
        _try(case)

    run()
