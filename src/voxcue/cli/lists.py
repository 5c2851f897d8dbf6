"""The commands that list what there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from voxcue.cli.present import document, table


def engines(*, as_json: bool) -> None:
    """Engines with their traits; one that cannot be loaded is listed with the reason."""
    from voxcue.engines import engine_class, engine_names
    from voxcue.errors import UnavailableError

    rows: list[dict[str, Any]] = []
    for name in engine_names():
        try:
            traits = engine_class(name).traits
        except UnavailableError as error:
            rows.append({"name": name, "available": False, "description": error.message})
            continue
        rows.append(
            {
                "name": name,
                "available": True,
                "languages": list(traits.languages),
                "clones_voices": traits.clones_voices,
                "times_words": traits.times_words,
                "licence": traits.licence,
                "description": traits.description,
            }
        )
    _show(rows, as_json)


def aligners(*, as_json: bool) -> None:
    """Aligners with their languages."""
    from voxcue.aligners import aligner_class, aligner_names

    found = [aligner_class(name) for name in aligner_names()]
    rows = [
        {"name": each.name, "languages": sorted(each.languages), "description": each.description}
        for each in found
    ]
    _show(rows, as_json)


def styles(*, as_json: bool) -> None:
    """Styles with the size of video that they are made for."""
    from voxcue.captions import style, style_names

    found = [style(name) for name in style_names()]
    _show([{"name": each.name, "video": f"{each.width}x{each.height}"} for each in found], as_json)


def voices(engine: str | None, *, as_json: bool) -> None:
    """Voices of one engine, its default first."""
    from voxcue.engines import engine_class
    from voxcue.settings import settings

    found = engine_class(engine or settings().engine)().voices()
    rows = [
        {
            "name": voice.name,
            "language": voice.language,
            "ready": voice.ready,
            "licence": voice.licence,
            "description": voice.description + ("" if voice.ready else ", fetched on first use"),
        }
        for voice in found
    ]
    _show(rows, as_json)


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
