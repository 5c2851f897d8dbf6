"""The folder of a fine-tune is a model; what is wrong with one is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.models.hub import Hub
from voxcue import models
from voxcue.errors import UsageError, VoxcueError


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    """A folder without files."""
    made = tmp_path / "my tune"
    made.mkdir()
    return made


def fill(folder: Path, *names: str, about: str | None = None) -> None:
    for name in names:
        (folder / name).write_bytes(b"?")
    if about is not None:
        (folder / "model.toml").write_text(about, encoding="utf-8")


@pytest.mark.parametrize("weights", ["tuned.safetensors", "model_last.pt"])
@pytest.mark.parametrize("vocabulary", ["vocab.txt", "finnish_vocab.txt", "vocab_fi.txt"])
def test_weights_and_a_vocabulary_are_a_model(tune: Path, weights: str, vocabulary: str) -> None:
    fill(tune, weights, vocabulary, "notes.md")
    model = models.find(str(tune))
    assert model.files == {"weights": tune / weights, "vocabulary": tune / vocabulary}
    assert (model.name, model.family, model.licence, model.languages) == (str(tune), None, "", ())
    assert model.sample_rate == 24_000


def test_what_model_toml_says(tune: Path, capsys: pytest.CaptureFixture[str], hub: Hub) -> None:
    about = 'family = "f5"\nlanguages = ["fi", "sv"]\nlicence = "CC-BY-NC-4.0"'
    fill(tune, "a.pt", "vocab.txt", about=about)
    model = models.obtain(f"{tune}/")
    assert (model.family, model.languages, model.licence) == ("f5", ("fi", "sv"), "CC-BY-NC-4.0")
    models.obtain(f"{tune}/")
    assert capsys.readouterr().err == f"{tune} is licensed CC-BY-NC-4.0: not for commercial use.\n"
    assert hub.seen == []


def test_of_several_weights_the_published_name_is_taken(tune: Path) -> None:
    fill(tune, "model_100.pt", "model_200.pt", "model.safetensors", "vocab.txt", "old_vocab.txt")
    model = models.find(str(tune))
    assert model.files["weights"].name == "model.safetensors"
    assert model.files["vocabulary"].name == "vocab.txt"


def test_model_toml_chooses_among_several(tune: Path) -> None:
    fill(tune, "model_100.pt", "model_200.pt", "vocab.txt")
    error = failing(str(tune))
    assert (error.code, "model_100.pt, model_200.pt" in error.message) == ("model-weights-ambiguous", True)
    fill(tune, about='weights = "model_100.pt"')
    assert models.find(str(tune)).files["weights"].name == "model_100.pt"


@pytest.mark.parametrize("weights", ["pytorch_model.bin", "model.safetensors"])
def test_a_vocoder_has_a_config_in_place_of_a_vocabulary(tune: Path, weights: str) -> None:
    fill(tune, weights, "config.yaml")
    model = models.find(str(tune))
    assert (model.family, set(model.files)) == ("vocos", {"weights", "config"})


def test_a_folder_without_a_separator(tune: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tune, "a.pt", "vocab.txt")
    monkeypatch.chdir(tune.parent)
    assert models.find("my tune").name == str(tune)


@pytest.mark.parametrize(
    ("names", "about", "code"),
    [
        (["vocab.txt"], None, "model-weights-missing"),
        (["a.pt"], None, "model-vocabulary-missing"),
        (["a.pt", "b.pt", "vocab.txt"], None, "model-weights-ambiguous"),
        (["a.safetensors", "b.safetensors", "vocab.txt"], None, "model-weights-ambiguous"),
        (["a.pt", "a_vocab.txt", "b_vocab.txt"], None, "model-vocabulary-ambiguous"),
        (["a.pt", "vocab.txt"], "family = ", "model-toml-invalid"),
        (["a.pt", "vocab.txt"], "famliy = 'f5'", "model-toml-invalid"),
        (["a.pt", "vocab.txt"], "family = 5", "model-toml-invalid"),
        (["a.pt", "vocab.txt"], "languages = 'fi'", "model-toml-invalid"),
        (["a.pt", "vocab.txt"], "languages = [1]", "model-toml-invalid"),
        (["a.pt", "vocab.txt"], "weights = 'b.pt'", "model-toml-invalid"),
    ],
)
def test_what_is_wrong_with_a_folder_is_said(
    tune: Path, names: list[str], about: str | None, code: str
) -> None:
    fill(tune, *names, about=about)
    error = failing(str(tune))
    assert (error.code, str(tune) in error.message) == (code, True)
    assert error.hint


def test_a_path_that_leads_nowhere(tmp_path: Path) -> None:
    error = failing(str(tmp_path / "none"))
    assert (type(error), error.code) == (UsageError, "model-folder-missing")
    assert failing("./F5TTS_v1_Base").code == "model-folder-missing"


def failing(name: str) -> VoxcueError:
    with pytest.raises(VoxcueError) as raised:
        models.obtain(name)
    return raised.value
