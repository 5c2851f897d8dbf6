"""Secrets that a build would write into the image, where everyone who pulls it can read them."""

from __future__ import annotations

import re

from voxcue.image.findings import Report
from voxcue.image.variables import UNKNOWN

_NAME = re.compile(
    r"(?:^|_)(?:(?:API|ACCESS|PRIVATE|SECRET|AUTH|ENCRYPTION|SIGNING|LICEN[CS]E)_?KEY|KEY|TOKEN|PASSWORD|PASSWD|SECRET"
    r"|CREDENTIALS?)(?:_ID)?$",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"(PUBLIC|PRIMARY|SORT|PARTITION|CACHE|FOREIGN|PAD|EOS|BOS|UNK|MASK)_?(KEY|TOKEN)$", re.IGNORECASE
)
_VALUE = re.compile(
    r"\b(?:hf_[A-Za-z0-9]{20,}|sk-[A-Za-z0-9_-]{20,}|gh[pousr]_[A-Za-z0-9]{30,}|AKIA[A-Z0-9]{16}|rpa_[A-Z0-9]{30,}"
    r"|glpat-[\w-]{20,}|xox[abp]-[\w-]{10,})\b"
)
_HINT = "Give it at run time, or to one RUN with --mount=type=secret."


def check_variable(instruction: str, name: str, value: str, file: str, line: int, report: Report) -> None:
    """Look at one variable of ARG or ENV."""
    report.checked["variables"] += 1
    plain = value.replace(UNKNOWN, "").strip()
    named = _NAME.search(name) and not _HARMLESS.search(name)
    if (named and plain and not _is_harmless(plain)) or _VALUE.search(value):
        message = f"{instruction} {name} writes a secret into the image."
        report.error(file, line, "secret-in-image", message, _HINT)
    elif named and instruction == "ENV" and UNKNOWN in value:
        message = f"ENV {name} writes the secret that a build argument gives into the image."
        report.error(file, line, "secret-in-image", message, _HINT)


def check_text(text: str, file: str, line: int, report: Report) -> None:
    """Look for keys that can be told by their form."""
    found = _VALUE.search(text)
    if found:
        message = f"The line holds what looks like a key, '{found[0][:6]}...', and it stays in the image."
        report.error(file, line, "secret-in-image", message, _HINT)


def _is_harmless(value: str) -> bool:
    """Paths to secrets and switches are none."""
    return value.startswith("/") or value.lower() in {"true", "false", "0", "1", "none", "null", "no", "yes"}
