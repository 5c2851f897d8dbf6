"""A model that is named as on Hugging Face: what is fetched of it, and what is said when it cannot be."""

from __future__ import annotations

import json
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.aligners.ctc.conftest import Use
from tests.aligners.ctc.models import tone_model, tones
from tests.engines.speech import utterance
from tests.models.hub import Hub, running_hub
from voxcue.aligners.ctc.aligner import CtcAligner
from voxcue.aligners.ctc.files import find
from voxcue.errors import UnavailableError
from voxcue.settings import settings

CARD = b"---\nlanguage: en\nlicense: cc-by-nc-4.0\n---\nTones.\n"


@pytest.fixture
def hub(use: Use, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Hub]:
    """A hub with the repository "lab/tones", which this process fetches from; it lists its files as well."""
    (tmp_path / "made").mkdir()
    made = tone_model(tmp_path / "made")
    with running_hub() as running:
        running.files = {f"lab/tones/{path.name}": path.read_bytes() for path in made.iterdir()}
        running.files |= {"lab/tones/README.md": CARD, "lab/tones/model.safetensors": bytes(1000)}
        answer = running.answer
        names = [{"rfilename": name.removeprefix("lab/tones/")} for name in running.files]

        def listing(request: BaseHTTPRequestHandler) -> None:
            if not request.path.startswith("/api/models/lab/tones"):
                answer(request)
                return
            about = {"_id": "1", "id": "lab/tones", "sha": running.revision, "siblings": names, "tags": []}
            body = json.dumps(about).encode()
            request.send_response(200)
            request.send_header("Content-Type", "application/json")
            request.send_header("Content-Length", str(len(body)))
            request.end_headers()
            request.wfile.write(body)

        monkeypatch.setattr(running, "answer", listing)
        for name in ("VOXCUE_OFFLINE", "VOXCUE_MODELS_MIRROR", "HF_HUB_OFFLINE", "HF_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        use("lab/tones")
        yield running


def test_a_model_is_fetched_once_in_one_format(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = CtcAligner().align(tones("bad"), utterance("bad").tokens)
    assert words[0].end == pytest.approx(0.28, abs=0.025)
    held = {path.name for path in (tmp_path / "models" / "ctc" / "lab--tones").iterdir()}
    assert {"config.json", "vocab.json", "model.onnx"} <= held
    assert "model.safetensors" not in held
    assert "cc-by-nc-4.0: not for commercial use" in capsys.readouterr().err
    asked = len(hub.seen)
    monkeypatch.setenv("VOXCUE_OFFLINE", "1")
    settings.cache_clear()
    assert find("lab/tones").weights.name == "model.onnx"
    assert len(hub.seen) == asked
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VOXCUE_OFFLINE", "1"),
        ("HF_HUB_OFFLINE", "1"),
        ("VOXCUE_MODELS_MIRROR", "file:///mirror"),
    ],
)
def test_nothing_is_fetched_where_that_is_forbidden(
    name: str, value: str, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(UnavailableError, match=name if name != "HF_HUB_OFFLINE" else "OFFLINE") as caught:
        find("lab/tones")
    assert caught.value.code == "ctc-model-unreachable"
    assert not hub.seen


@pytest.mark.usefixtures("hub")
def test_a_name_that_is_not_there() -> None:
    with pytest.raises(UnavailableError, match="'lab/other' cannot be fetched") as caught:
        find("lab/other")
    assert caught.value.code == "ctc-model-unreachable"


def test_a_fetch_that_broke_off_is_made_again(hub: Hub) -> None:
    vocabulary = hub.files.pop("lab/tones/vocab.json")
    with pytest.raises(UnavailableError, match="'lab/tones' cannot be fetched"):
        find("lab/tones")
    hub.files["lab/tones/vocab.json"] = vocabulary
    assert find("lab/tones").alphabet.classes["a"] == 2
