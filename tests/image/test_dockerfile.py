"""Reading Dockerfiles, words and shell scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.image.project import FILES, checked
from voxcue.image.dockerfile import parse
from voxcue.image.shell import commands
from voxcue.image.variables import UNKNOWN, expand, words

VALUES = {"A": "one two", "E": "", "F": "file.tar.gz", "U": UNKNOWN}


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("$A-${A}", "one two-one two"),
        ("${X:-b}${E:-c}${E-d}${X-e}", "bce"),
        ("${A:+x}${E:+x}${E+y}${X+y}", "xy"),
        ("${X:-${A:-z}}", "one two"),
        ("${U:-b}", "b"),
        (r"\$A '$A' \"$A\"", '$A $A "one two"'),
        ('"$A" \'"\'', 'one two "'),
        ("${F#*.} ${F##*.} ${F%.*} ${F%%.*}", "tar.gz gz file.tar file"),
        ("${F/tar/zip}", "file.zip.gz"),
        ("$U$X", UNKNOWN),
        ("5$", "5$"),
    ],
)
def test_variables_are_expanded_as_docker_does(text: str, expanded: str) -> None:
    assert expand(text, VALUES.get) == expanded


def test_words_end_at_white_space_outside_of_quotes() -> None:
    assert words("a 'b c' \"d $A\" e\\ f", VALUES.get) == ["a", "b c", "d one two", "e f"]


def test_instructions_have_their_lines() -> None:
    parsed = parse("# a\nFROM x\n\nRUN a \\\n # b\n\n  c\nCOPY <<A <<'B' /\n1\nA\n2\nB\ncmd [\"x\"]\n")
    assert [(each.name, each.line) for each in parsed.instructions] == [
        ("FROM", 2),
        ("RUN", 4),
        ("COPY", 8),
        ("CMD", 13),
    ]
    assert [heredoc.text for heredoc in parsed.instructions[2].heredocs] == ["1", "2"]
    assert parsed.instructions[1].text.split() == ["a", "c"]
    assert parsed.instructions[3].array == ("x",)


def test_a_script_is_taken_apart() -> None:
    script = """
set -eux
# don't
if [ -f a ]; then A=1 exec python -m x "b c" >out 2>&1; fi
for each in 1 2; do echo $(date); done
sh -c 'one && two' | tee log
cat <<EOF > made
not a command
EOF
timeout 5 tini -- three
"""
    ran = commands(script)
    named = [" ".join(each.words) for each in ran]
    assert named == [
        "set -eux",
        "[ -f a ]",
        "python -m x b c",
        "echo $",
        "date",
        "one",
        "two",
        "tee log",
        "cat",
        "three",
    ]
    assert ran[2].variables == {"A": "1"}
    assert ran[2].outputs == ("out",)
    assert ran[8].outputs == ("made",)
    assert commands("echo 'never closed") == []


_LINES = FILES["Dockerfile"].splitlines()
_ODD = """\\ ` <<A A # ${ ${A:- $ [ ["a" ] ' " -- --from=1 FROM COPY RUN ADD ENV ARG CMD ONBUILD"""
_PIECES = st.sampled_from([*_LINES, *re.split(" ", _ODD)])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_PIECES, st.sampled_from([" ", "\n"])), max_size=12))
def test_any_text_is_read(tmp_path: Path, pieces: list[tuple[str, str]]) -> None:
    checked(tmp_path, "".join(piece + end for piece, end in pieces))
