"""``.dockerignore`` as Docker reads it: cases of its reference, and any patterns against a slow reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxcue.errors import UsageError
from voxcue.image.context import Context
from voxcue.image.ignore import Ignore

CASES: list[tuple[str, str, bool]] = [
    # rules, path, ignored
    ("*/temp*", "somedir/temporary.txt", True),
    ("*/temp*", "somedir/temp/x", True),
    ("*/temp*", "temp", False),
    ("*/*/temp*", "somedir/subdir/temporary.txt", True),
    ("temp?", "tempa", True),
    ("temp?", "temp", False),
    ("abc", "sub/abc", False),
    ("/abc", "abc/x", True),
    ("abc/", "abc/x", True),
    ("**/*.go", "a.go", True),
    ("**/*.go", "a/b/c.go", True),
    ("**", "a", True),
    ("a/**", "a", False),
    ("a/**", "a/b/c", True),
    ("a/**/b", "a/b", True),
    ("a/**/b", "a/x/y/b", True),
    ("a**/*.txt", "a/dir/dir/secret.txt", True),
    ("foo/../secret", "secret", True),
    ("./x", "x", True),
    ("*.md\n!README.md", "README.md", False),
    ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", True),
    ("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", False),
    ("*\n!src", "src/deep/file.py", False),
    ("*\n!src/a", "src/b", True),
    ("*\n!src/a", "src/a", False),
    ("src\n!src/keep", "src/keep/x", False),
    ("!src\nsrc", "src/x", True),
    ("# *\n", "a", False),
    ("  x  ", "x", True),
    (".", "x", False),
    ("", "x", False),
    ("[a-c]x", "bx", True),
    ("[^a-c]x", "bx", False),
    ("[!]x", "!x", True),
    (r"\*", "*", True),
    (r"\*", "a", False),
    ("a.b", "axb", False),
    ("**/__pycache__", "a/b/__pycache__/c.pyc", True),
    ("*/**/c", "a/c", True),
]


@pytest.mark.parametrize(("rules", "path", "ignored"), CASES)
def test_a_case(rules: str, path: str, ignored: bool) -> None:
    assert Ignore(rules.split("\n")).ignores(path) is ignored


@pytest.mark.parametrize("rule", ["!", "[", "a/[b"])
def test_what_docker_refuses_is_refused(rule: str) -> None:
    with pytest.raises(UsageError, match="line 2"):
        Ignore(["x", rule])


def _slowly(rules: list[str], path: str) -> bool:
    """The last rule that matches the path or a folder above it; names are matched letter by letter."""
    parts = path.split("/")
    ignored = False
    for rule in rules:
        pattern = rule.removeprefix("!")
        if any(_fits(pattern, "/".join(parts[:count])) for count in range(1, len(parts) + 1)):
            ignored = not rule.startswith("!")
    return ignored


def _fits(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern == "**":
        return True
    if pattern.startswith("**"):
        rest = pattern[2:].removeprefix("/")
        if not rest:
            return True
        starts = [0] + [at + 1 for at, char in enumerate(text) if char == "/"]
        return any(_fits(rest, text[start:]) for start in starts)
    if pattern.startswith("*"):
        end = (text + "/").index("/")
        return any(_fits(pattern[1:], text[at:]) for at in range(end + 1))
    if not text:
        return False
    return (text[0] == pattern[0] or (pattern[0] == "?" and text[0] != "/")) and _fits(pattern[1:], text[1:])


_NAME = st.text("ab", min_size=1, max_size=2)
_PATH = st.lists(_NAME, min_size=1, max_size=4).map("/".join)
_PART = st.one_of(_NAME, st.text("ab*?", min_size=1, max_size=3), st.just("**"))
_RULE = st.builds(
    lambda back, parts: ("!" if back else "") + "/".join(parts),
    st.booleans(),
    st.lists(_PART, min_size=1, max_size=3),
)


@given(st.lists(_RULE, max_size=5), _PATH)
def test_any_rules_agree_with_a_slow_reader(rules: list[str], path: str) -> None:
    assert Ignore(rules).ignores(path) is _slowly(rules, path)


@given(st.lists(_RULE, max_size=5), _PATH, _PATH)
def test_what_is_pruned_holds_nothing(rules: list[str], folder: str, inside: str) -> None:
    ignore = Ignore(rules)
    assert not ignore.prunes(folder) or ignore.ignores(f"{folder}/{inside}")


def test_the_files_of_a_context_are_those_that_are_not_ignored(tmp_path: Path) -> None:
    for name in ("a/x.py", "a/y.txt", "b/deep/z.py", "c.py", ".git/config"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "b" / "loop").symlink_to("..")
    context = Context(tmp_path, Ignore(["*", "!**/*.py", "c.py"]))
    assert list(context.files()) == ["a/x.py", "b/deep/z.py"]
    assert context.matches("a").there == ("a",)
    assert context.matches("c.py").ignored == ("c.py",)
    assert context.matches("*").there == ("a", "b")
    assert context.matches("b/*/z.py").there == ("b/deep/z.py",)
    assert context.matches("**/*.py", deep=True).there == ("a/x.py", "b/deep/z.py")
    assert context.matches("nothing") == context.matches("no*")
