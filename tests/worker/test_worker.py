"""The worker as a whole: the real SDK, a local control plane, real speech."""

from __future__ import annotations

import base64
import io
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from tests.worker.runs import Running, children, running, wait_for

TEXT = "Doors open at 7:30 p.m."
LONG = " ".join(f"This is sentence number {number}, and it costs $3.50." for number in range(60))


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("worker")) as found:
        yield found


def test_speaks(worker: Running) -> None:
    output = worker.ask(text=TEXT, captions=["srt"])
    assert [word["text"] for word in output["words"]] == TEXT.split()
    assert set(output["files"]) == {"audio", "srt"}
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(output["files"]["audio"]["data"])))
    assert len(samples) / rate == pytest.approx(output["duration"], abs=0.01)
    assert "7:30 p.m." in base64.b64decode(output["files"]["srt"]["data"]).decode()


def test_the_same_seed_gives_the_same_audio(worker: Running) -> None:
    one, other = (worker.ask(text=TEXT, seed=5, captions=[])["files"]["audio"]["data"] for _ in range(2))
    assert one == other


def test_earlier_clients(worker: Running) -> None:
    output = worker.ask(text=TEXT, options={"create_subtitles": True, "subtitle_format": "vtt"})
    assert output["audio_url"].startswith("data:audio/wav;base64,")
    assert b"WEBVTT" in base64.b64decode(output["subtitles_url"].partition(",")[2])
    assert output["word_timings"][0].keys() == {"word", "start", "end"}
    assert output["processing_time"] > 0
    assert worker.ask(text=TEXT, options={"create_subtitles": False})["subtitles_url"] is None
    assert "heart" in worker.ask(endpoint="list_voices")["voices"]


def test_voices(worker: Running) -> None:
    text = "Some call me nature, others call me mother nature; I have been here for a very long time."
    spoken = worker.ask(text=text, captions=[], format="wav")["files"]["audio"]["data"]
    added = worker.ask(task="voices.add", name="Ada", audio=spoken, transcript=text)
    assert added["name"] == "Ada"
    assert worker.ask(task="voices.show", name="Ada")["transcript"]
    names = [voice["name"] for voice in worker.ask(task="voices.list")["voices"]]
    assert "Ada" in names
    assert "Ada" in worker.ask(endpoint="list_voices")["voices"]
    timed = worker.ask(task="align", audio=spoken, text=text, captions=["csv"])
    assert len(timed["words"]) == len(text.split())
    assert worker.ask(task="voices.remove", name="Ada") == {"removed": "Ada"}
    assert "Ada" in worker.fault(task="voices.show", name="Ada")["error"]
    upload = worker.ask(endpoint="upload", voice_name="Bob", audio_data=spoken, reference_text=text)
    assert upload["voice_name"] == "Bob"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"txt": "x"}, "no field called 'txt'"),
        ({"text": 7}, "'text' is missing, or is no string"),
        ({"task": "sing"}, "no task called 'sing'"),
        ({"text": TEXT, "voice": "nobody"}, "nobody"),
        ({"text": TEXT, "speed": 99}, "speed"),
        ({"endpoint": "remove_all"}, "no endpoint called 'remove_all'"),
        ({"endpoint": "upload"}, "needs the field 'voice_name'"),
        ({"text": TEXT, "options": {"colour": "red"}}, "no field called 'colour'"),
        ({"task": "voices.add", "name": "X", "audio": "!"}, "not base64"),
    ],
)
def test_bad_input_says_what_is_wrong(worker: Running, given: dict[str, object], says: str) -> None:
    found = worker.fault(**given)
    assert says in found["error"]
    assert found["output"]["code"]


def test_tells_its_progress(worker: Running) -> None:
    job = worker.run(text=LONG, captions=["srt"], format="mp3")
    told: list[object] = []

    def seen() -> bool:
        found = worker.status(job)
        if found["status"] == "IN_PROGRESS" and found.get("output"):
            told.append(found["output"]["segments"])
        return bool(found["status"] == "COMPLETED")

    wait_for(seen, 60)
    assert told
    assert told == sorted(told)  # type: ignore[type-var]


def test_a_cancelled_job_stops_the_work(worker: Running) -> None:
    job = worker.run(text=LONG * 12, format="mp3")
    wait_for(lambda: bool(worker.status(job).get("output")), 30)
    worker.client.post(f"/cancel/{job}")
    begun = time.monotonic()
    worker.ask(text="Next.", captions=[])
    assert worker.status(job)["status"] == "CANCELLED"
    assert time.monotonic() - begun < 15


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_job_survives_the_death_of_layer_2(worker: Running, number: signal.Signals) -> None:
    job = worker.run(text=LONG, captions=[], format="mp3")
    wait_for(lambda: bool(worker.status(job).get("output")), 30)
    os.kill(worker.layer2(), number)
    found = worker.done(job)
    assert found["status"] == "COMPLETED", found
    assert worker.plane.answers[job] == 1


def test_what_kills_layer_2_twice_is_an_error_of_the_job(tmp_path: Path) -> None:
    with running(tmp_path, VOXCUE_WORKER_CRASHES="2") as worker:
        job = worker.run(text=LONG, captions=[], format="mp3")
        for _ in range(2):
            wait_for(lambda: bool(worker.status(job).get("output")), 30)
            os.kill(worker.layer2(), signal.SIGSEGV)
            wait_for(lambda: not children(worker.process.pid), 10)
        found = worker.done(job)
        assert found["status"] == "FAILED"
        assert "segmentation fault" in found["error"]
        assert worker.ended() == 1  # it has crashed as often as is allowed


def test_a_hang_is_ended(tmp_path: Path) -> None:
    with running(tmp_path, VOXCUE_WORKER_HANG_SECONDS="2") as worker:
        worker.ask(text=TEXT, captions=[])
        os.kill(worker.layer2(), signal.SIGSTOP)
        worker.ask(text=TEXT, captions=[])
        assert b"it hung" in worker.log.read_bytes()


def test_sigterm_finishes_the_job(tmp_path: Path) -> None:
    with running(tmp_path) as worker:
        job = worker.run(text=LONG, captions=[], format="mp3")
        wait_for(lambda: bool(worker.status(job).get("output")), 30)
        layer2 = worker.layer2()
        worker.process.send_signal(signal.SIGTERM)
        assert worker.ended() == 0
        assert worker.done(job)["status"] == "COMPLETED"
        assert not Path(f"/proc/{layer2}/exe").exists()


def test_sigterm_hands_back_what_takes_too_long(tmp_path: Path) -> None:
    with running(tmp_path, VOXCUE_SHUTDOWN_SECONDS="1") as worker:
        job = worker.run(text=LONG * 12, captions=[], format="mp3")
        wait_for(lambda: bool(worker.status(job).get("output")), 30)
        worker.process.send_signal(signal.SIGTERM)
        assert worker.ended() == 0
        assert "[worker-stopped]" in worker.done(job)["error"]


def test_kill_9_leaves_no_layer_2(tmp_path: Path) -> None:
    with running(tmp_path) as worker:
        layer2 = worker.layer2()
        worker.process.kill()
        worker.process.wait()
        wait_for(lambda: not Path(f"/proc/{layer2}/exe").exists(), 10)


def test_a_missing_volume_is_the_error_of_every_job(tmp_path: Path) -> None:
    place = tmp_path / "nowhere" / "voxcue"
    given = {"VOXCUE_VOLUME": str(place), "VOXCUE_ENGINE": "f5-upstream"}
    with running(tmp_path, **given) as worker:
        for _ in range(2):
            found = worker.fault(text=TEXT)
            assert found["output"]["code"] == "volume-missing"
            assert str(place) in found["error"]
            assert "f5-upstream" in found["error"]


def test_a_stream(tmp_path: Path) -> None:
    with running(tmp_path, VOXCUE_WORKER_STREAM="1") as worker:
        job = worker.run(text="One sentence. And another one, here.", captions=["srt"])
        output = worker.done(job)["output"]
        assert [*output[0]] == ["segment"]
        assert output[0]["segment"]["words"]
        assert output[-1]["files"]["srt"]
        assert "txt" in worker.fault(txt="x")["error"]


def test_a_result_that_the_platform_would_not_take(tmp_path: Path) -> None:
    with running(tmp_path, VOXCUE_WORKER_REPLY_BYTES="100000") as worker:
        assert worker.fault(text=TEXT)["output"]["code"] == "result-too-large"
        assert worker.ask(text=TEXT, format="opus", captions=[])
