"""The imports of one Python source, each with when it is done."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum


class When(IntEnum):
    """When an import is done."""

    EAGER = 0
    """When the module is imported."""
    LAZY = 1
    """When a function is called."""
    OPTIONAL = 2
    """When it can be; the source says what happens else. Or only for a type checker."""


@dataclass(frozen=True)
class Import:
    """One imported name: ``import module``, or ``from module import name``."""

    module: str
    name: str
    line: int
    when: When


def imports(source: str, package: str, *, main: bool = False) -> list[Import]:
    """The imports of a source, in its order.

    Args:
        source: the text of the module.
        package: the package that relative imports start from; empty for a script.
        main: whether the module is run as ``__main__``.

    Raises:
        SyntaxError: the text is not Python.
    """
    return list(_Walk(package, main=main).block(ast.parse(source).body, When.EAGER))


def binds(source: str, name: str) -> bool:
    """Whether a module sets a name, or may do so in a way that cannot be read."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=found, ctx=ast.Store()) if found == name:
                return True
            case ast.Name(id="globals" | "exec" | "__path__"):
                return True
            case (
                ast.FunctionDef(name=found) | ast.AsyncFunctionDef(name=found) | ast.ClassDef(name=found)
            ) if found in {name, "__getattr__"}:
                return True
            case ast.alias(name=found, asname=alias) if (
                alias or found.split(".")[0]
            ) == name or found == "*":
                return True
    return False


class _Walk:
    def __init__(self, package: str, *, main: bool) -> None:
        self._package = package
        self._main = main

    def block(self, nodes: Sequence[ast.AST], when: When) -> Iterator[Import]:
        for node in nodes:
            yield from self._node(node, when)

    def _node(self, node: ast.AST, when: When) -> Iterator[Import]:
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield Import(alias.name, "", node.lineno, when)
            case ast.ImportFrom():
                module = self._absolute(node)
                for alias in node.names:
                    yield Import(module, alias.name, node.lineno, when)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                body = node.body if isinstance(node.body, list) else [node.body]
                yield from self.block(body, max(when, When.LAZY))
            case ast.Try() | ast.TryStar():
                guarded = When.OPTIONAL if any(_catches(each) for each in node.handlers) else when
                yield from self.block(node.body, guarded)
                yield from self.block(node.handlers, guarded)
                yield from self.block([*node.orelse, *node.finalbody], when)
            case ast.With(items=items) if any("suppress" in ast.unparse(each.context_expr) for each in items):
                yield from self.block(node.body, When.OPTIONAL)
            case ast.If():
                yield from self._condition(node, when)
            case ast.Call():
                yield from self._call(node, when)
                yield from self.block(list(ast.iter_child_nodes(node)), when)
            case _:
                yield from self.block(list(ast.iter_child_nodes(node)), when)

    def _condition(self, node: ast.If, when: When) -> Iterator[Import]:
        test = ast.unparse(node.test)
        inside = outside = when
        if "TYPE_CHECKING" in test:
            inside, outside = (when, When.OPTIONAL) if test.startswith("not ") else (When.OPTIONAL, when)
        elif any(word in test for word in ("sys.version_info", "sys.platform", "os.name", "platform.system")):
            inside = outside = When.OPTIONAL
        elif "__name__" in test and not self._main:
            inside = When.OPTIONAL
        yield from self.block(node.body, inside)
        yield from self.block(node.orelse, outside)

    def _call(self, node: ast.Call, when: When) -> Iterator[Import]:
        """``importlib.import_module("a.b")`` is an import too."""
        if node.args and ast.unparse(node.func) in {"importlib.import_module", "import_module", "__import__"}:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value[:1] != ".":
                yield Import(first.value, "", node.lineno, when)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self._package.split(".") if self._package else []
        base = parts[: len(parts) - node.level + 1]
        return ".".join([*base, *([node.module] if node.module else [])])


def _catches(handler: ast.ExceptHandler) -> bool:
    """Whether a handler is there for a module that is missing."""
    if handler.type is None:
        return True
    return any(
        name in ast.unparse(handler.type) for name in ("ImportError", "ModuleNotFoundError", "Exception")
    )
