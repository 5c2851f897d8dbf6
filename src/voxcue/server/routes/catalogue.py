"""`/v1/models` and `/v1/styles`: what there is to choose from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from voxcue.captions import style, style_names
from voxcue.engines import engine_class, engine_names
from voxcue.errors import NotFoundError, UnavailableError
from voxcue.server.schemas import Model, Models, StyleInfo, Styles, responses
from voxcue.server.services import Services, services

router = APIRouter(tags=["catalogue"])

Found = Annotated[Services, Depends(services)]


@router.get("/v1/models", responses=responses(401, 403), summary="List the engines")
def models(found: Found) -> Models:
    """The engines, in the shape of OpenAI's list of models."""
    return Models(data=[_model(name, default=name == found.settings.engine) for name in engine_names()])


@router.get("/v1/models/{id}", responses=responses(401, 403, 404, 422), summary="Show an engine")
def model(found: Found, id: Annotated[str, Path(max_length=100)]) -> Model:  # noqa: A002
    """One engine."""
    if id not in engine_names():
        raise NotFoundError("engine-unknown", f"There is no engine called '{id}'.", "See /v1/models.")
    return _model(id, default=id == found.settings.engine)


@router.get("/v1/styles", responses=responses(401, 403), summary="List the looks of the ASS captions")
def styles(found: Found) -> Styles:
    """The looks of the ASS captions."""
    looks = [style(name) for name in style_names()]
    return Styles(
        styles=[
            StyleInfo(
                name=look.name,
                width=look.width,
                height=look.height,
                effect=look.effect,
                font_size=look.size,
                default=look.name == found.settings.style,
            )
            for look in looks
        ]
    )


def _model(name: str, *, default: bool) -> Model:
    try:
        traits = engine_class(name).traits
    except UnavailableError as error:
        return Model(id=name, available=False, default=default, description=error.message)
    return Model(
        id=name,
        available=True,
        default=default,
        description=traits.description,
        languages=list(traits.languages),
        clones_voices=traits.clones_voices,
        times_words=traits.times_words,
        licence=traits.licence,
        speeds=traits.speeds,
    )
