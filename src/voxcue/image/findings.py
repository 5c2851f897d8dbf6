"""What a check found, and how much it looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong: where, of which class, in one sentence, and what to do."""

    file: str
    """Relative to the folder that was checked, with ``/``."""
    line: int
    """Counted from 1; 0 where the file as a whole is meant."""
    code: str
    message: str
    hint: str = ""
    severity: Severity = "error"


@dataclass
class Report:
    """The findings of one check, each once, and how many of each kind of thing were looked at."""

    findings: list[Finding] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)

    def error(self, file: str, line: int, code: str, message: str, hint: str = "") -> None:
        """Add something that breaks the build or the container."""
        self._add(Finding(file, line, code, message, hint))

    def warning(self, file: str, line: int, code: str, message: str, hint: str = "") -> None:
        """Add something that may be meant."""
        self._add(Finding(file, line, code, message, hint, "warning"))

    def _add(self, finding: Finding) -> None:
        if finding not in self.findings:
            self.findings.append(finding)

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity == "error" for finding in self.findings)
