"""Models come from the hub whole or not at all, whatever breaks on the way."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.models.conftest import BIG, VOCABULARY, WEIGHTS, set_up, start, write_catalogue
from tests.models.hub import Hub
from voxcue import models
from voxcue.errors import DeadlineError, OutputError, UnavailableError, UsageError, VoxcueError
from voxcue.models import catalogue

_AT_ONCE = 10 * 2**20
"""What the hub's library hands on at once."""


def failing(name: str) -> VoxcueError:
    with pytest.raises(VoxcueError) as raised:
        models.fetch(name)
    return raised.value


def fetched(folder: Path) -> list[str]:
    """Everything that could be taken for a model."""
    return sorted(path.name for path in (*folder.glob("*.json"), *folder.glob("blobs/*")))


def big(folder: Path) -> Path:
    """Where the weights of the big model grow."""
    weights = next(file for file in models.known("Big").files if file.role == "weights")
    return folder / "tmp" / f"{weights.sha256}.part"


def test_a_model_is_fetched_once(hub: Hub, folder: Path) -> None:
    with pytest.raises(UnavailableError) as raised:
        models.find("Small")
    assert (raised.value.code, "voxcue models fetch Small" in raised.value.hint) == ("model-missing", True)
    shares: list[float] = []
    model = models.obtain("Small", shares.append)
    assert (model.name, model.family, model.sample_rate) == ("Small", "f5-v1", 24_000)
    assert (model.licence, model.languages) == ("CC-BY-NC-4.0", ("en",))
    assert model.files["weights"].read_bytes() == WEIGHTS
    assert model.files["weights"].suffix == ".safetensors"
    assert model.files["vocabulary"].read_bytes() == VOCABULARY
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    asked = len(hub.seen)
    assert models.obtain("Small") == models.find("Small") == models.verify("Small") == model
    assert len(hub.seen) == asked, "what is here is not asked for again"
    assert [each.name for each in models.stored()] == ["Small"]
    assert not (folder.parent / "hf").exists(), "no second copy in the cache of the hub's library"
    assert not list((folder / "tmp").glob("*.part"))


def test_the_token_goes_to_the_hub_alone(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(monkeypatch, HF_TOKEN="hf_secret")
    models.fetch("Small")
    for _, path, headers in hub.seen:
        assert headers.get("authorization") == (None if path.startswith("/lfs/") else "Bearer hf_secret")
        assert "api" not in path, "nothing but files is asked for"


def test_models_share_files_and_leave_them_to_each_other(hub: Hub, folder: Path) -> None:
    models.fetch("Small")
    models.fetch("Big")
    assert sum("vocab" in path for method, path, _ in hub.seen if method == "GET") == 1
    assert models.remove("Small") == len(WEIGHTS)
    assert models.verify("Big")
    assert models.remove("Big") == len(BIG) + len(VOCABULARY)
    assert fetched(folder) == []
    with pytest.raises(UnavailableError, match="'Big' is not in"):
        models.remove("Big")
    with pytest.raises(UsageError, match="no model called"):
        models.remove("../Big")


def test_a_connection_that_breaks_is_taken_up_again(hub: Hub) -> None:
    hub.cut = _AT_ONCE + 5_000
    assert models.fetch("Big").files["weights"].read_bytes() == BIG
    assert hub.ranges() == ["", f"bytes={_AT_ONCE}-"]


def test_a_fetch_that_failed_goes_on_where_it_was(hub: Hub, folder: Path) -> None:
    hub.cut = _AT_ONCE + 5_000
    hub.failing = True
    error = failing("Big")
    assert (error.code, "HTTP status 500" in error.message) == ("model-unreachable", True)
    assert fetched(folder) == []
    assert big(folder).stat().st_size == _AT_ONCE
    hub.failing = False
    assert models.fetch("Big").files["weights"].read_bytes() == BIG
    assert hub.ranges()[-1] == f"bytes={_AT_ONCE}-"


def test_a_part_that_is_longer_than_the_file_is_begun_again(folder: Path) -> None:
    big(folder).parent.mkdir(parents=True)
    big(folder).write_bytes(BIG + b"more")
    assert models.fetch("Big").files["weights"].read_bytes() == BIG


def test_another_file_is_refused_before_it_is_fetched(hub: Hub, folder: Path) -> None:
    hub.files["lab/tts/Small/model.safetensors"] = WEIGHTS[::-1]
    error = failing("Small")
    expected = models.known("Small").files[0].sha256
    assert error.code == "model-damaged"
    assert "Small/model.safetensors" in error.message
    assert f"expected {expected}" in error.message
    assert hub.ranges() == []
    assert fetched(folder) == []


@pytest.mark.parametrize("wrong", [b" \na\nc\n", b" \na\n"], ids=["changed", "truncated"])
def test_a_small_file_that_is_another_one_is_refused(hub: Hub, folder: Path, wrong: bytes) -> None:
    hub.files["lab/tts/Small/vocab.txt"] = wrong
    error = failing("Small")
    assert (error.code, "'Small/vocab.txt'" in error.message) == ("model-damaged", True)
    assert not (folder / "Small.json").exists()
    hub.files["lab/tts/Small/vocab.txt"] = VOCABULARY
    assert models.fetch("Small"), "nothing of it is left in the way"


def test_a_damaged_part_is_found_and_not_kept(folder: Path) -> None:
    part = big(folder)
    part.parent.mkdir(parents=True)
    part.write_bytes(b"\0" * _AT_ONCE)
    assert failing("Big").code == "model-damaged"
    assert not part.exists()
    assert models.fetch("Big")


def test_a_file_that_the_hub_does_not_have(hub: Hub) -> None:
    del hub.files["lab/tts/Small/vocab.txt"]
    error = failing("Small")
    assert (error.code, "HTTP status 404" in error.message) == ("model-unreachable", True)
    assert f"{hub.url}/lab/tts/resolve/" in error.message


def test_a_hub_that_is_down(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        set_up(monkeypatch, HF_ENDPOINT=f"http://127.0.0.1:{closed.getsockname()[1]}")
        error = failing("Small")
    assert (error.code, error.exit_status) == ("model-unreachable", 7)
    assert "refused" in error.message.lower()
    assert hub.seen == []


@pytest.mark.parametrize("name", ["VOXCUE_OFFLINE", "HF_HUB_OFFLINE"])
def test_offline_says_where_files_belong(
    hub: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    set_up(monkeypatch, **{name: "1"})
    with pytest.raises(UnavailableError) as raised:
        models.obtain("Small")
    assert raised.value.code == "model-missing"
    (folder / "blobs").mkdir()
    for file, data in zip(models.known("Small").files, (WEIGHTS, VOCABULARY), strict=True):
        place = folder / "blobs" / file.blob
        assert f"{file.path} of huggingface.co/lab/tts as {place}" in raised.value.hint
        place.write_bytes(data)
    assert models.fetch("Small") == models.verify("Small")
    assert hub.seen == []


def test_another_version_in_the_catalogue_is_another_model(hub: Hub, folder: Path) -> None:
    old = models.fetch("Small").files["weights"]
    vocabulary = models.find("Small").files["vocabulary"]
    new = {"lab/tts/Small/model.safetensors": b"new weights"}
    hub.files.update(new)
    write_catalogue(folder.parent / "new.toml", hub.revision, new)
    catalogue.PATH = folder.parent / "new.toml"  # the fixture puts it back
    with pytest.raises(UnavailableError):
        models.find("Small")
    assert models.fetch("Small").files["weights"].read_bytes() == b"new weights"
    assert (old.exists(), vocabulary.exists()) == (False, True)


def test_what_was_changed_on_the_disk_is_found_and_fetched_again(folder: Path) -> None:
    model = models.fetch("Small")
    model.files["weights"].write_bytes(WEIGHTS[:-1] + b"?")
    assert models.find("Small") == model
    with pytest.raises(UnavailableError) as raised:
        models.verify("Small")
    assert (raised.value.code, "Small/model.safetensors" in raised.value.message) == ("model-damaged", True)
    models.fetch("Small")
    assert models.verify("Small") == model
    model.files["weights"].write_bytes(WEIGHTS[:1000])
    with pytest.raises(UnavailableError, match="is not in"):
        models.find("Small")
    (folder / "Small.json").write_text("{", encoding="utf-8")
    assert models.stored() == []
    assert models.obtain("Small") == model


def test_a_fetch_that_is_not_wanted_any_more_ends(folder: Path) -> None:
    from voxcue.cancel import cancellable

    def ask() -> None:
        raise DeadlineError("deadline", "Too late.")

    with cancellable(ask), pytest.raises(DeadlineError):
        models.fetch("Small")
    assert fetched(folder) == []


def test_a_killed_fetch_leaves_nothing_half_and_is_gone_on_with(hub: Hub, folder: Path) -> None:
    hub.stall = _AT_ONCE + 5_000
    with start("models", "fetch", "Big") as process:
        _until(lambda: big(folder).exists() and big(folder).stat().st_size == _AT_ONCE)
        process.kill()
    hub.stall = None
    assert fetched(folder) == []
    assert models.fetch("Big") == models.verify("Big")
    assert hub.ranges()[-1] == f"bytes={_AT_ONCE}-"


def test_ctrl_c_ends_a_fetch_at_once(hub: Hub, folder: Path) -> None:
    hub.stall = _AT_ONCE + 5_000
    with start("models", "fetch", "Big") as process:
        _until(lambda: big(folder).exists() and big(folder).stat().st_size == _AT_ONCE)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (130, "interrupted\n")
    assert fetched(folder) == []
    assert sorted(path.name for path in (folder / "tmp").iterdir()) == sorted([big(folder).name, "lock"])


def test_two_that_fetch_at_once_fetch_it_once(hub: Hub) -> None:
    hub.stall = 1_000
    with start("models", "fetch", "Big") as one, start("models", "fetch", "Big") as two:
        _until(lambda: hub.ranges() != [])
        time.sleep(0.3)
        hub.stall = None
        hub.go_on.set()
        for process in (one, two):
            _, err = process.communicate(timeout=30)
            assert (process.returncode, err) == (0, "")
    assert models.verify("Big")
    assert hub.ranges() == [""]


def test_a_disk_without_room_is_found_before_the_fetch(hub: Hub) -> None:
    hub.announced["lab/tts/Big/model.safetensors"] = 10**16
    error = failing("Big")
    assert (error.code, error.exit_status) == ("models-full", 6)
    assert "10,000,000,000 MB are to come" in error.message
    assert hub.ranges() == []


def test_a_disk_that_fills_meanwhile_is_an_error_of_output(folder: Path) -> None:
    small = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))"
    with start("models", "fetch", "Big", before=small) as process:
        _, err = process.communicate(timeout=30)
    assert process.returncode == 6
    assert f"'{folder}', cannot be written to" in err
    assert fetched(folder) == []


def test_a_folder_that_cannot_be(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    set_up(monkeypatch, VOXCUE_MODELS=str(tmp_path / "file" / "models"))
    assert isinstance(failing("Small"), OutputError)
    assert hub.seen == []


def test_without_the_hubs_library_its_name_is_said(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    for name in [name for name in sys.modules if name.startswith("huggingface_hub.")]:
        monkeypatch.delitem(sys.modules, name)
    error = failing("Small")
    assert (error.code, error.hint) == ("models-hub-missing", "Install it: pip install 'voxcue[f5]'")
    assert hub.seen == []


def test_a_licence_that_forbids_commerce_is_said_once(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    models.obtain("vocoder")
    models.fetch("Small")
    assert "licensed" not in capsys.readouterr().err
    models.obtain("Small")
    assert capsys.readouterr().err == "Small is licensed CC-BY-NC-4.0: not for commercial use.\n"
    models.obtain("Small")
    with start("models", "list", before='from voxcue import models; models.obtain("Small")') as process:
        assert process.communicate(timeout=30)[1] == ""
    assert capsys.readouterr().err == ""
    assert len(list((folder / "said").iterdir())) == 1


def test_the_manifest_says_where_everything_came_from(hub: Hub, folder: Path) -> None:
    models.fetch("vocoder")
    held = json.loads((folder / "vocoder.json").read_text(encoding="utf-8"))
    assert held["files"]["config"] == {
        "role": "config",
        "repository": "lab/vocoder",
        "revision": hub.revision,
        "path": "config.yaml",
        "sha256": models.known("vocoder").files[1].sha256,
        "size": 9,
    }


def test_a_search_for_models_imports_no_library() -> None:
    code = "import sys, voxcue.models as m; m.stored(); m.names(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"huggingface_hub", "torch", "numpy", "obstore"} & set(done.stdout.split())


def _until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
