"""Names of distributions: what a module is installed by, what a distribution brings with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import metadata

from packaging.markers import default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from voxcue.image.filesystem import Installed, Site

KNOWN = {
    "attr": ("attrs",),
    "bs4": ("beautifulsoup4",),
    "cairosvg": ("cairosvg",),
    "Crypto": ("pycryptodome", "pycrypto"),
    "cv2": (
        "opencv-python",
        "opencv-python-headless",
        "opencv-contrib-python",
        "opencv-contrib-python-headless",
    ),
    "dateutil": ("python-dateutil",),
    "docx": ("python-docx",),
    "dotenv": ("python-dotenv",),
    "faiss": ("faiss-cpu", "faiss-gpu"),
    "ffmpeg": ("ffmpeg-python",),
    "fitz": ("pymupdf",),
    "flask_cors": ("flask-cors",),
    "git": ("gitpython",),
    "grpc": ("grpcio",),
    "jose": ("python-jose",),
    "jwt": ("pyjwt",),
    "kafka": ("kafka-python", "kafka-python-ng"),
    "Levenshtein": ("levenshtein", "python-levenshtein"),
    "magic": ("python-magic",),
    "mpl_toolkits": ("matplotlib",),
    "multipart": ("python-multipart", "multipart"),
    "MySQLdb": ("mysqlclient",),
    "nacl": ("pynacl",),
    "onnxruntime": ("onnxruntime", "onnxruntime-gpu"),
    "OpenSSL": ("pyopenssl",),
    "PIL": ("pillow", "pillow-simd"),
    "pkg_resources": ("setuptools",),
    "pptx": ("python-pptx",),
    "psycopg2": ("psycopg2", "psycopg2-binary"),
    "pythonjsonlogger": ("python-json-logger",),
    "pytorch_lightning": ("pytorch-lightning", "lightning"),
    "rest_framework": ("djangorestframework",),
    "ruamel": ("ruamel-yaml",),
    "serial": ("pyserial",),
    "skimage": ("scikit-image",),
    "sklearn": ("scikit-learn",),
    "slugify": ("python-slugify",),
    "socks": ("pysocks",),
    "sounddevice": ("sounddevice",),
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-gpu"),
    "umap": ("umap-learn",),
    "usb": ("pyusb",),
    "websocket": ("websocket-client",),
    "whisper": ("openai-whisper",),
    "win32api": ("pywin32",),
    "yaml": ("pyyaml",),
    "zmq": ("pyzmq",),
}
"""Modules whose distribution has another name, where the metadata of this interpreter does not say so."""

_SHARED = {"azure", "backports", "google", "jaraco", "opentelemetry", "sphinxcontrib", "zope"}
"""Packages that many distributions install a part of."""
_SHARED_PARTS = {"google.protobuf": ("protobuf",), "google.genai": ("google-genai",)}
_WITH_PYTHON = {"pip"}


def providers(module: str) -> set[str]:
    """The distributions that may install a module, given by its full dotted name."""
    top = module.split(".", 1)[0]
    names = {canonicalize_name(name) for name in _here().get(top, ())} if top not in _SHARED else set()
    names |= {canonicalize_name(name) for name in (*KNOWN.get(top, ()), *_shared_part(module))}
    return names | {canonicalize_name(top)}


def provides(site_names: Iterable[str], module: str) -> bool:
    """Whether one of the distributions that are installed brings a module."""
    names = set(site_names) | _WITH_PYTHON
    top = module.split(".", 1)[0]
    if top in _SHARED:
        return any(name == top or name.startswith(f"{top}-") for name in names) or bool(
            names & set(_shared_part(module))
        )
    return bool(names & providers(module))


def _shared_part(module: str) -> tuple[str, ...]:
    return next(
        (names for part, names in _SHARED_PARTS.items() if module == part or module.startswith(part + ".")),
        (),
    )


def program_providers(program: str) -> set[str]:
    """The distributions, among those installed in this interpreter or well known, that install a command."""
    named = _programs().get(program)
    if named:
        return {named}
    return (
        {program}
        if program in {"celery", "gunicorn", "hypercorn", "streamlit", "daphne", "granian"}
        else set()
    )


@cache
def _here() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


@cache
def _programs() -> dict[str, str]:
    points = metadata.entry_points(group="console_scripts")
    return {point.name: canonicalize_name(point.dist.name) for point in points if point.dist}


def requirement(text: str) -> Requirement | None:
    """Read one requirement; ``None`` when it is none."""
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def applies(wanted: Requirement, extras: Iterable[str] = (), python: str = "3.11") -> bool:
    """Whether the marker of a requirement holds in a Linux image with this version of Python."""
    if not wanted.marker:
        return True
    environment: dict[str, str] = {
        **{name: str(value) for name, value in default_environment().items()},
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "python_version": python,
        "python_full_version": f"{python}.0",
    }
    return any(wanted.marker.evaluate({**environment, "extra": extra}) for extra in (*extras, ""))


def add_with_dependencies(site: Site, wanted: Requirement, origin: Installed, python: str) -> None:
    """Install a requirement that no lock resolves: with all that it brings, as far as that is known here."""
    queue = [(wanted, origin)]
    seen: set[tuple[str, frozenset[str]]] = set()
    while queue:
        asked, installed = queue.pop(0)
        name = canonicalize_name(asked.name)
        site.installed.setdefault(name, installed)
        key = (name, frozenset(asked.extras))
        if key in seen:
            continue
        seen.add(key)
        needed = dependencies(name)
        if needed is None:
            site.open.add(name)
            continue
        for each in needed:
            if applies(each, asked.extras, python):
                inner = canonicalize_name(each.name)
                chain = (*installed.chain, name)
                queue.append((each, Installed(inner, installed.file, installed.line, chain)))


@cache
def dependencies(name: str) -> tuple[Requirement, ...] | None:
    """What a distribution requires; ``None`` when it is not installed in this interpreter."""
    try:
        return tuple(_read(metadata.requires(name) or ()))
    except metadata.PackageNotFoundError:
        return None


def _read(lines: Iterable[str]) -> Iterator[Requirement]:
    for line in lines:
        wanted = requirement(line)
        if wanted:
            yield wanted
