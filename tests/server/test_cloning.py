"""An engine that clones behind the server: voices of the library, and voices behind URLs."""

from __future__ import annotations

import os
from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store

from tests.conftest import ROOT
from tests.seaweed import BUCKET, seaweed
from tests.server.process import serving
from tests.voices import fake_engine
from tests.voices.speech import TEXT, spoken, wav
from voxcue import voices
from voxcue.aligners.sphinx.aligner import SphinxAligner
from voxcue.errors import UsageError, VoxcueError
from voxcue.server import fetched
from voxcue.server.making import make_plan
from voxcue.server.schemas import SpeechRequest, VoiceReference
from voxcue.server.services import Services
from voxcue.settings import Settings
from voxcue.types import Clip


def test_a_voice_is_added_and_spoken_with(tmp_path: Path) -> None:
    path = os.pathsep.join([str(fake_engine.install(tmp_path / "site")), str(ROOT)])
    with serving(tmp_path, PYTHONPATH=path, VOXCUE_ENGINE="parrot") as server, server.client() as client:
        ask = {"text": "Hello there, all of you.", "delivery": "inline"}
        answer = client.post("/v1/speech", json=ask)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "voice-needed")
        form = {"name": "Ada", "transcript": TEXT}
        assert (
            client.post("/v1/voices", data=form, files={"audio": ("a.wav", wav(spoken()))}).status_code == 201
        )
        answer = client.post("/v1/speech", json=ask | {"voice": "Ada", "duration": 4})
        assert (answer.json()["voice"], answer.json()["duration"]) == ("Ada", 4.0)
        heard = answer.json()["verification"]
        assert (heard["by"], heard["mode"], heard["utterances"]) == ("sphinx", "retry", 1)
        assert len(heard["checks"][0]["scores"]) == 4  # it says noise each time
        assert heard["checks"][0]["doubts"]
        answer = client.post("/v1/speech", json=ask | {"voice": "Ada", "verify": "off"})
        assert answer.json()["verification"] is None
        (tmp_path / "me.wav").write_bytes(wav(spoken()))
        for voice in ("heart", str(tmp_path / "me.wav"), "me.wav"):
            answer = client.post("/v1/speech", json=ask | {"voice": voice})
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, "voice-unknown")
        assert client.post("/v1/speech", json=ask | {"engine": "hibari"}).json()["voice"] == "heart"


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    """The services of a server whose default engine clones."""
    monkeypatch.syspath_prepend(str(fake_engine.install(tmp_path / "site")))
    storage = (tmp_path / "storage").as_uri()
    return Services(Settings(engine="parrot", storage=storage, fetch_buckets=BUCKET), local=True)


def test_an_engine_without_voices_is_ready_when_its_model_and_what_listens_are_loaded(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Clip] = []
    monkeypatch.setattr(SphinxAligner, "verify", lambda _, clip, __: heard.append(clip))
    services.check()
    before = fake_engine.CloningEngine.loads
    services.warm()
    assert services.ready
    assert fake_engine.CloningEngine.loads == before + 1
    assert len(heard) == 1
    services.close()


def test_a_voice_of_the_settings_that_the_engine_lacks_is_found_at_the_start(tmp_path: Path) -> None:
    settings = Settings(engine="hibari", voice="nobody", storage=(tmp_path / "storage").as_uri())
    services = Services(settings, local=True)
    with pytest.raises(UsageError) as caught:
        services.check()
    assert caught.value.code == "voice-unknown"
    services.close()


def test_a_voice_behind_a_url_is_fetched_and_prepared_once(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared: list[Path] = []

    def watched(path: Path, *arguments: object, **more: object) -> object:
        prepared.append(path)
        return voices.prepare(path, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(fetched, "prepare", watched)
    with seaweed(tmp_path / "s3") as store:
        for name, value in store.env.items():
            monkeypatch.setenv(name, value)
        obstore.put(S3Store(BUCKET, allow_http="true"), "me.wav", wav(spoken()))
        obstore.put(S3Store(BUCKET, allow_http="true"), "short.wav", wav(spoken()[:24_000]))

        def ask(file: str, text: str = TEXT) -> str:
            voice = VoiceReference(audio_url=f"s3://{BUCKET}/{file}", transcript=text)
            return str(make_plan(services, SpeechRequest(text="Hello.", voice=voice)).prompt.data.key)

        first = ask("me.wav")
        assert ask("me.wav") == first
        assert len(prepared) == 1
        assert ask("me.wav", TEXT.upper()) != first
        assert len(prepared) == 2
        with pytest.raises(VoxcueError) as caught:
            ask("short.wav")
        assert caught.value.code == "audio-too-short"
    services.close()
