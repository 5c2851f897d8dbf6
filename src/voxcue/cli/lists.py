"""The commands that list what there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from voxcue.cli.present import document, table
from voxcue.errors import UnavailableError


def engines(*, as_json: bool) -> None:
    """Engines with their traits; one that cannot be loaded is listed with the reason."""
    from voxcue.engines import engine_class, engine_names

    def row(name: str) -> dict[str, Any]:
        traits = engine_class(name).traits
        return {
            "languages": list(traits.languages),
            "clones_voices": traits.clones_voices,
            "times_words": traits.times_words,
            "licence": traits.licence,
            "description": traits.description,
        }

    _show([_available(name, row) for name in engine_names()], as_json)


def aligners(*, as_json: bool) -> None:
    """Aligners with their languages; one that cannot be loaded is listed with the reason."""
    from voxcue.aligners import aligner_class, aligner_names

    def row(name: str) -> dict[str, Any]:
        aligner = aligner_class(name)
        return {"languages": sorted(aligner.languages), "description": aligner.description}

    _show([_available(name, row) for name in aligner_names()], as_json)


def styles(*, as_json: bool) -> None:
    """Styles with the size of video that they are made for."""
    from voxcue.captions import style, style_names

    found = [style(name) for name in style_names()]
    rows = [
        {"name": each.name, "video": f"{each.width}x{each.height}", "font_size": each.size} for each in found
    ]
    _show(rows, as_json)


def voices(engine: str | None, *, as_json: bool) -> None:
    """Voices of one engine, its default first, and reference voices, unless the engine named cannot clone."""
    from voxcue.engines import engine_class
    from voxcue.settings import settings

    chosen = engine_class(engine or settings().engine)
    rows = [
        {
            "name": voice.name,
            "kind": "built-in",
            "language": voice.language,
            "ready": voice.ready,
            "licence": voice.licence,
            "description": voice.description + ("" if voice.ready else ", fetched on first use"),
        }
        for voice in chosen().voices()
    ]
    if engine is None or chosen.traits.clones_voices:
        rows += _references()
    _show(rows, as_json)


def _references() -> list[dict[str, Any]]:
    from voxcue.cli.voices import library

    return [
        {
            "name": voice.name,
            "kind": "reference",
            "language": "",
            "ready": True,
            "licence": "",
            "description": f"{voice.duration:.1f} s, for engines that clone",
        }
        for voice in library().list()
    ]


def _available(name: str, row: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    try:
        return {"name": name, "available": True, **row(name)}
    except UnavailableError as error:
        return {"name": name, "available": False, "description": error.message}


def _show(rows: Sequence[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        document(rows)
        return
    heads = dict.fromkeys(head for row in rows for head in row)
    table([{head: _cell(row.get(head, "")) for head in heads} for row in rows])


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value)
