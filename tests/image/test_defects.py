"""One defect at a time in a project that is otherwise right: each is found, named, and nothing else is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.image.project import FILES, replaced, shown, write
from voxcue.image import check

Changes = dict[str, str | None]
D = "Dockerfile"


def _run(line: str) -> Changes:
    return replaced(D, "EXPOSE 8000\n", f"RUN {line}\n")


def _line(line: str) -> Changes:
    return replaced(D, "EXPOSE 8000\n", f"{line}\n")


RUN_TIME = "run-belongs-to-run-time"

DEFECTS: dict[str, tuple[str, str, Changes]] = {
    # what is copied
    "source gone": ("copy-missing", D, replaced(D, "config.toml start.sh ./", "config.toml settings.toml start.sh ./")),
    "source of JSON form gone": ("copy-missing", D, _line('COPY ["notes.md", "/app/"]')),
    "source by ARG gone": ("copy-missing", D, _line("ARG DATA\nARG FILE=${DATA:-data}.json\nCOPY $FILE /app/")),
    "folder gone": ("copy-missing", D, _line("COPY voices/ /app/voices/")),
    "outside of the context": ("copy-missing", D, _line("COPY ../other /app/other")),
    "pattern matches nothing": ("copy-missing", D, _line("COPY *.wav /app/sounds/")),
    "bind mount gone": ("copy-missing", D, _run("--mount=type=bind,source=gone.txt,target=/t/gone.txt cat /t/gone.txt")),
    "ADD of nothing": ("copy-missing", D, _line("ADD model.tar.gz /opt/model/")),
    "not in the other stage": ("copy-missing", D, _line("COPY --from=build /src/dist /app/dist")),
    "ignored by a star": ("copy-ignored", D, {".dockerignore": FILES[".dockerignore"].replace("!config.toml\n", "")}),
    "ignored by a later rule": ("copy-ignored", D, {".dockerignore": FILES[".dockerignore"] + "*.sh\n"}),
    "ignored folder": ("copy-ignored", D, {".dockerignore": FILES[".dockerignore"].replace("!scripts\n", "")}),
    "ignored by two stars": ("copy-ignored", D, {".dockerignore": FILES[".dockerignore"] + "**/*.toml\n!pyproject.toml\n"}),
    "ignored by the Dockerfile's own file": (
        "copy-ignored",
        D,
        {"Dockerfile.dockerignore": FILES[".dockerignore"].replace("!start.sh\n", "")},
    ),
    "file for a folder": ("copy-destination", D, _line("COPY config.toml start.sh /app")),
    # stages and grammar
    "stage unknown": ("stage-missing", D, replaced(D, "--from=build /opt", "--from=builder /opt")),
    "stage later": ("stage-missing", D, {D: FILES[D] + "FROM later\nFROM python:3.12-slim AS later\nCMD [\"python\"]\n"}),
    "stage number": ("stage-missing", D, _line("COPY --from=7 /a /b")),
    "no such instruction": ("instruction-unknown", D, replaced(D, "EXPOSE", "EXPOSES")),
    "here-document open": ("dockerfile-syntax", D, {D: FILES[D] + "RUN <<END\ntrue\n"}),
    "single quotes": ("dockerfile-syntax", D, replaced(D, 'CMD ["--config", "config.toml"]', "CMD ['--config']")),
    "base not pinned": ("base-unpinned", D, replaced(D, "FROM python:${PYTHON}-slim\n", "FROM python\n")),
    # what is imported
    "module ignored": ("import-missing", "scripts/warm.py", {".dockerignore": FILES[".dockerignore"] + "src/*/words.py\n"}),
    "module gone": ("import-missing", "scripts/warm.py", {"src/talker/words.py": None}),
    "name gone": ("import-missing", "src/talker/cli.py", replaced("src/talker/cli.py", "VERSION, words", "VERSION, speech")),
    "not in the lock": ("import-missing", "src/talker/cli.py", replaced("requirements.txt", "pyyaml==", "pyjaml==")),
    "lazily, not in the lock": ("import-lazy", "src/talker/server.py", replaced("requirements.txt", "httpx==0.28.1 ", "httpy==0.28.1 ")),
    "plugin gone": ("import-missing", "pyproject.toml", {"src/talker/voices/flat.py": None}),
    "plugin's import": ("import-missing", "src/talker/voices/deep.py", replaced("src/talker/voices/deep.py", "import torch\n", "import torch\nimport librosa\n")),
    "script's import": ("import-missing", "scripts/warm.py", replaced("scripts/warm.py", "import json\n", "import json\nimport requests\n")),
    "script's neighbour": ("import-missing", "scripts/warm.py", {**replaced("scripts/warm.py", "import json\n", "import json\nimport common.paths\n"), "common/paths.py": "", "common/__init__.py": ""}),
    "not Python": ("import-syntax", "src/talker/words.py", {"src/talker/words.py": "def split(:\n"}),
    "in a shell's HEALTHCHECK": ("import-missing", D, replaced(D, "CMD curl -f http://localhost:8000/health || exit 1", "CMD python -c 'import talker, psutil'")),
    # what is named
    "entry point gone": ("path-missing", D, replaced(D, 'ENTRYPOINT ["/app/start.sh"]', 'ENTRYPOINT ["/app/run.sh"]')),
    "argument gone": ("path-missing", D, replaced(D, 'CMD ["--config", "config.toml"]', 'CMD ["--config", "talker.toml"]')),
    "removed by RUN": ("path-missing", D, _run("rm /app/config.toml")),
    "health check gone": ("path-missing", D, replaced(D, "CMD curl -f http://localhost:8000/health || exit 1", 'CMD ["python", "/app/health.py"]')),
    "tool that slim images lack": ("path-missing", D, replaced(D, "--no-install-recommends curl", "--no-install-recommends tzdata")),
    "command not installed": ("path-missing", "start.sh", replaced("start.sh", 'exec talker "$@"', 'exec gunicorn "$@"')),
    "script gone from the start": ("path-missing", "start.sh", replaced("start.sh", "scripts/warm.py", "scripts/heat.py")),
    "not executable": ("path-not-executable", D, {"start.sh": None, "start": FILES["start.sh"], ".dockerignore": FILES[".dockerignore"] + "!start\n", D: FILES[D].replace("start.sh", "start")}),
    "requirements not yet copied": ("path-missing", D, {D: FILES[D].replace("COPY requirements.txt .\n", "").replace("RUN /opt/venv/bin/pip install --no-deps .", "COPY requirements.txt .\nRUN /opt/venv/bin/pip install --no-deps .")}),
    "readme not copied": ("path-missing", D, replaced(D, "COPY pyproject.toml README.md ./", "COPY pyproject.toml ./")),
    "RUN of a script that is not there": ("path-missing", D, _run("./setup.sh")),
    "workflow's Dockerfile": ("path-missing", ".github/workflows/image.yml", replaced(".github/workflows/image.yml", "file: ./Dockerfile", "file: ./docker/Dockerfile")),
    "workflow's script": ("path-missing", ".github/workflows/image.yml", replaced(".github/workflows/image.yml", ".venv/bin/python warm.py", ".venv/bin/python scripts/warm.py")),
    "workflow's action": ("path-missing", ".github/workflows/image.yml", {".github/actions/log-in/action.yml": None}),
    "workflow's build": ("path-missing", ".github/workflows/image.yml", replaced(".github/workflows/image.yml", "-f Dockerfile -t", "-f Dockerfile.gpu -t")),
    "workflow's requirements": ("path-missing", ".github/workflows/image.yml", replaced(".github/workflows/image.yml", "-r requirements.txt", "-r requirements/dev.txt")),
    # what belongs to run time
    "hub download": (RUN_TIME, D, _run("huggingface-cli download owner/model --local-dir /models")),
    "wget of weights": (RUN_TIME, D, _run("curl -fL -o /opt/m.safetensors https://example.org/m.safetensors?download=true")),
    "from_pretrained": (RUN_TIME, D, _run("""python -c "from talker import M; M.from_pretrained('x')\"""")),
    "download in a here-document": (RUN_TIME, D, _line("RUN python <<EOF\nimport httpx\nfrom hub import snapshot_download\nsnapshot_download('x')\nEOF")),
    "volume": (RUN_TIME, D, _run("python -m venv /runpod-volume/env")),
    "volume by redirection": (RUN_TIME, D, _run("echo ready > /workspace/ready")),
    "server": (RUN_TIME, D, _run("uvicorn talker.server:app & true")),
    "sleep": (RUN_TIME, D, _run("talker --version && sleep 5")),
    "GPU": (RUN_TIME, D, _run("nvidia-smi")),
    "GPU in Python": (RUN_TIME, D, _run('python -c "import torch; assert torch.cuda.is_available()"')),
    "secret in ENV": ("secret-in-image", D, _line("ENV HF_TOKEN=hf_0123456789")),
    "secret in ARG": ("secret-in-image", D, _line("ARG DB_PASSWORD=hunter2")),
    "secret by ARG": ("secret-in-image", D, _line("ARG RUNPOD_API_KEY\nENV RUNPOD_API_KEY=$RUNPOD_API_KEY")),
    "key in RUN": ("secret-in-image", D, _run("curl -H 'Authorization: Bearer ghp_0123456789012345678901234567890123' https://example.org")),
}  # fmt: skip


def test_the_project_without_a_defect_is_clean(tmp_path: Path) -> None:
    report = check(write(tmp_path))
    assert shown(report.findings) == []
    assert report.checked["sources"] == 9
    assert report.checked["workflows"] == 1
    assert report.checked["modules"] == 15
    assert report.checked["distributions"] == 5


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_found(name: str, tmp_path: Path) -> None:
    code, file, changes = DEFECTS[name]
    folder = write(tmp_path, changes)
    if (folder / "start").exists():
        (folder / "start").chmod(0o644)
    report = check(folder)
    assert (code, file) in {(each.code, each.file) for each in report.findings}, shown(report.findings)
    assert {each.code for each in report.findings} == {code}, shown(report.findings)
    assert all(each.line > 0 for each in report.findings if each.file != "pyproject.toml")
    warnings = {"base-unpinned", "import-lazy"}
    assert (report.errors == 0) == (code in warnings)


def test_what_is_forbidden_is_found_with_the_way_it_came(tmp_path: Path) -> None:
    folder = write(tmp_path)
    assert check(folder, forbidden=["torch"]).findings == []
    (finding,) = check(folder, forbidden=["PyYAML"]).findings
    assert (finding.code, finding.file, finding.line) == ("package-forbidden", "requirements.txt", 7)

    loose = {"Dockerfile": "FROM python:3.12-slim\nRUN pip install uvicorn\n"}
    (finding,) = check(write(tmp_path / "loose", {**dict.fromkeys(FILES), **loose}), forbidden=["h11"]).findings
    assert (finding.code, finding.line) == ("package-forbidden", 2)
    assert "through uvicorn" in finding.message


def test_a_module_may_be_allowed_to_be_missing(tmp_path: Path) -> None:
    folder = write(tmp_path, replaced("requirements.txt", "pyyaml==", "pyjaml=="))
    assert check(folder, allowed=["yaml"]).findings == []
