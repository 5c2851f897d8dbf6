"""``voxcue.toml`` is checked before anything is asked or made; what is wrong is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.deploy.conftest import Write
from voxcue.deploy import load
from voxcue.errors import UsageError

EXAMPLE = (ROOT / "examples" / "voxcue.toml").read_text(encoding="utf-8").splitlines()


def line(beginning: str) -> int:
    return next(number for number, text in enumerate(EXAMPLE, 1) if text.startswith(beginning))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "workers_max = 3",
            'workers_max = "x"',
            f"line {line('workers_max')}, endpoint.workers_max: input should",
        ),
        (
            "workers_max = 3",
            "workers_mix = 3",
            f"line {line('workers_max')}, endpoint.workers_mix: there is no such",
        ),
        (
            "workers_min = 0",
            "workers_min = 9",
            f"line {line('workers_min')}: workers_min is more than workers_max",
        ),
        ("size = 20  ", "sise = 20  ", f"line {line('size')}, volume.sise: there is no such key"),
        ("size = 20  ", "# size", f"line {line('[volume]')}, volume.size: is missing"),
        ("size = 20  ", "size = 5000  ", f"line {line('size')}, volume.size: input should be less than"),
        ('name = "voxcue"  ', "", "line 1, name: is missing"),
        ("octocat/voxcue:0.1.0", "Octocat/voxcue:0.1.0", f"line {line('image')}: image 'ghcr.io/Octocat"),
        (
            "octocat/voxcue:0.1.0",
            "octocat/voxcue",
            f"line {line('image')}: image 'ghcr.io/octocat/voxcue' is",
        ),
        ('data_center = "EU-RO-1"', "", "data_center is missing: a volume lies in one"),
        ("[volume] ", "[registry] ", "registry"),
        ('"s3://my-bucket"', "[1]", f"line {line('VOXCUE_STORAGE')}, env.VOXCUE_STORAGE: input should be"),
        ("VOXCUE_STORAGE =", '"VOXCUE STORAGE" =', "env.VOXCUE STORAGE: string should match"),
        (
            "[volume]",
            "[volume",
            f"is not TOML: Expected ']' at the end of a table declaration (at line {line('[vol')}",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(write: Write, old: str, new: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(write((old, new)))
    assert said in caught.value.message
    assert caught.value.code == "config-invalid"


def test_an_engine_that_needs_a_volume_must_have_one(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    text = 'name = "a"\nimage = "a/b:1"\n[endpoint]\ngpus = ["ADA_24"]\n[env]\nVOXCUE_ENGINE = "{}"\n'
    path.write_text(text.format("hibari"), encoding="utf-8")
    assert load(path).engine == "hibari"
    path.write_text(text.format("f5"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"\[volume\] is missing: the engine 'f5' is set up on a volume"):
        load(path)


@pytest.mark.parametrize("name", ["AWS_SECRET_ACCESS_KEY", "HF_TOKEN", "VOXCUE_API_KEYS", "DB_PASSWORD"])
def test_a_secret_does_not_belong_in_the_file(write: Write, name: str) -> None:
    swap = ("[secrets] ", f'{name} = "xyz"\n[secrets] ')
    with pytest.raises(UsageError, match=rf"env\.{name} is a secret by its name") as caught:
        load(write(swap))
    assert "xyz" not in caught.value.message + caught.value.hint
    kept = ("[secrets] ", f'{name}2 = "{{{{ RUNPOD_SECRET_mine }}}}"\n[secrets] ')
    assert load(write(kept)).env[f"{name}2"] == "{{ RUNPOD_SECRET_mine }}"


def test_a_name_cannot_be_public_and_secret(write: Write) -> None:
    with pytest.raises(UsageError, match="AWS_ACCESS_KEY_ID is under"):
        load(write(("AWS_REGION =", "AWS_ACCESS_KEY_ID =")))


def test_numbers_and_switches_become_text(write: Write) -> None:
    config = load(
        write(('VOXCUE_ENGINE = "f5"', 'VOXCUE_ENGINE = "f5"\nVOXCUE_F5_STEPS = 16\nVOXCUE_LOG_TEXT = true'))
    )
    assert (config.env["VOXCUE_F5_STEPS"], config.env["VOXCUE_LOG_TEXT"]) == ("16", "true")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file") as caught:
        load(tmp_path / "voxcue.toml")
    assert "examples/voxcue.toml" in caught.value.hint
