"""The app: its routes, and what begins and ends with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer

from voxcue import __version__
from voxcue.server import faults
from voxcue.server.front import Front
from voxcue.server.routes import align, catalogue, health, openai, page, results, speech, voices
from voxcue.server.services import Services

_ABOUT = """
Text goes in; speech with every word timed comes out, and captions with it. `POST /v1/speech` does all of it,
`POST /v1/audio/speech` speaks to clients written for OpenAI, `POST /v1/align` times a recording you have.
"""


def create_app(services: Services) -> FastAPI:
    """The app over some services, which it closes when it ends."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncGenerator[None]:
        loop = asyncio.get_running_loop()
        warming = loop.run_in_executor(None, services.warm)  # /healthz answers meanwhile
        yield
        services.gate.close()
        await warming
        await loop.run_in_executor(None, services.close)

    app = FastAPI(
        title="Voxcue",
        version=__version__,
        description=_ABOUT,
        lifespan=life,
        license_info={"name": "Apache-2.0"},
        redoc_url=None,
        docs_url=None,
    )
    app.state.services = services
    faults.install(app)
    app.add_middleware(
        Front, access=services.access, metrics=services.metrics, most_forms=services.settings.max_running
    )
    keyed = [Security(HTTPBearer(auto_error=False, description="An API key, where the server has some."))]
    for module in (speech, openai, align, results, voices, catalogue):
        app.include_router(module.router, dependencies=keyed)  # for the document; `access` does the checking
    app.include_router(health.router)
    app.include_router(page.router)
    app.mount("/studio", page.Assets(directory=page.STUDIO), name="studio")
    return app
