"""Commands of RUN that belong to run time: they need what a build has not, or bring in what changes."""

from __future__ import annotations

import re
from pathlib import Path

from voxcue.image.filesystem import is_under
from voxcue.image.installing import Place
from voxcue.image.shell import Command
from voxcue.image.stage import Stage

MOUNTS = ("/runpod-volume", "/workspace")
"""Where RunPod mounts network volumes: what an image holds there is hidden."""

_WEIGHTS = re.compile(r"\.(safetensors|pt|pth|bin|onnx|ckpt|gguf|ggml|tflite|h5)(\?.*)?$", re.IGNORECASE)
_HUBS = re.compile(r"https?://([\w-]+\.)*(huggingface\.co|hf\.co|civitai\.com)/")
_LOADING = re.compile(
    r"\b(from_pretrained|snapshot_download|hf_hub_download|WhisperModel|SentenceTransformer)\s*\("
    r"|\btorch\.hub\.load|\bwhisper\.load_model|\btransformers\.pipeline"
)
_GPU = re.compile(r"\btorch\.cuda\b|\.cuda\(\)|\bdevice\s*=\s*['\"]cuda|\.to\(['\"]cuda")
_SERVERS = {
    "celery", "daphne", "dockerd", "gunicorn", "hypercorn", "jupyter", "jupyter-lab", "memcached", "mongod",
    "mysqld", "nginx", "postgres", "redis-server", "sshd", "streamlit", "supervisord", "tritonserver",
    "uvicorn", "vllm",
}  # fmt: skip
_NOT_SERVING = {"--version", "-V", "-v", "--help", "-h", "-t", "-T", "--check-config"}
_SERVER_WORDS = {
    ("fastapi", "dev"), ("fastapi", "run"), ("flask", "run"), ("npm", "start"), ("ollama", "serve"),
    ("voxcue", "serve"), ("voxcue", "worker"),
}  # fmt: skip
_LOOPS = re.compile(r"\b(for|while|until)\b|\|\|")


def check(command: Command, script: str, stage: Stage, place: Place) -> None:
    """Say why one command of a RUN should not be there, if it should not."""
    if not command.words:
        return
    code = _code(command, place)
    reason = (
        _download(command, code)
        or _volume(command, stage, place)
        or _serves(command)
        or _waits(command, script)
        or _needs_gpu(command, code)
    )
    if reason:
        message, hint = reason
        place.report.error(place.file, place.line, "run-belongs-to-run-time", message, hint)


def _code(command: Command, place: Place) -> str:
    """The Python code that a command runs, where it is at hand: after ``-c``, or in a script."""
    if not re.match(r"(python|pypy)[\d.]*$", command.program):
        return ""
    if "-c" in command.words[:-1]:
        return command.words[command.words.index("-c") + 1]
    script = next((word for word in command.words[1:] if not word.startswith("-")), "")
    source = place.files.files.get(place.path(script)) if "-m" not in command.words else None
    return _text(source) if source else ""


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _download(command: Command, code: str) -> tuple[str, str] | None:
    words, what = command.words, ""
    hint = "Fetch weights when the container starts, to a volume; they make an image slow to pull and change."
    if command.program in {"huggingface-cli", "hf"} and "download" in words:
        what = f"{command.program} download"
    elif command.program == "voxcue" and words[1:3] == ("models", "fetch"):
        what = "voxcue models fetch"
    elif command.program == "gdown":
        what = "gdown"
    elif command.program in {"wget", "curl", "aria2c", "aws", "gsutil", "rclone"}:
        url = next(
            (word for word in words[1:] if "://" in word and (_WEIGHTS.search(word) or _HUBS.match(word))), ""
        )
        what = f"{command.program} {url}" if url else ""
    elif command.program == "git" and any(_HUBS.match(word) for word in words):
        what = "git clone"
    elif found := _LOADING.search(code):
        what = f"Python's {found[0].rstrip('( ')}()"
    return (f"RUN downloads weights into the image: {what}.", hint) if what else None


def _volume(command: Command, stage: Stage, place: Place) -> tuple[str, str] | None:
    """Touching a place where a volume will be mounted: what is written there is not there at run time."""
    words = [word for word in (*command.words, *command.outputs) if "://" not in word]
    if command.program == "mkdir":
        words = [word for word in words if word not in MOUNTS]
    if command.program == "ln":
        words = words[-1:]
    if command.program in {"echo", "printf", "chown", "chmod"}:
        words = [word for word in words if word in command.outputs]
    for word in words:
        for path in re.findall(r"/[\w./-]+", word):
            mount = next((each for each in MOUNTS if is_under(path, each) and _is_start(word, path)), None)
            if mount and not place.files.has(path):
                return (
                    f"RUN uses {path}, and the volume that is mounted at {mount} is there only at run time.",
                    "Do it when the container starts.",
                )
    for word in command.outputs:
        volume = next((each for each in stage.volumes if is_under(place.path(word), each)), None)
        if volume:
            return (
                f"RUN writes to {place.path(word)}, and VOLUME {volume} discards it.",
                "Write before VOLUME.",
            )
    return None


def _is_start(word: str, path: str) -> bool:
    """Whether a path begins there: not the later part of a longer one."""
    return not re.search(r"[\w.-]$", word[: word.index(path)])


def _serves(command: Command) -> tuple[str, str] | None:
    words = command.words
    name = command.program
    if re.match(r"python[\d.]*$", name) and "-m" in words[:-1]:
        name, words = (module := words[words.index("-m") + 1]), words[words.index("-m") + 1 :]
        if module == "http.server":
            return _server(module)
    if set(words) & _NOT_SERVING:
        return None
    if name in _SERVERS or (name, *words[1:2]) in _SERVER_WORDS:
        return _server(name)
    if name == "service" and words[-1] in {"start", "restart"}:
        return _server("service")
    return None


def _server(name: str) -> tuple[str, str]:
    return (
        f"RUN starts a server, {name}: it ends with the build, or never does.",
        "Start it in CMD or ENTRYPOINT.",
    )


def _waits(command: Command, script: str) -> tuple[str, str] | None:
    forever = command.words[1:2] == ("infinity",) or command.words[0:2] == ("tail", "-f")
    if command.program == "sleep" and (forever or not _LOOPS.search(script)):
        return "RUN sleeps: nothing that a build waits for is running.", "Wait when the container starts."
    return None


def _needs_gpu(command: Command, code: str) -> tuple[str, str] | None:
    found = _GPU.search(code)
    what = command.program if command.program in {"nvidia-smi", "nvtop"} else found[0] if found else ""
    return (
        (f"RUN needs a GPU ({what}), and a build has none.", "Do it when the container starts.")
        if what
        else None
    )
