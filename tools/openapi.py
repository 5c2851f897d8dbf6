"""Write docs/openapi.json, the document of the HTTP API as the server gives it."""

from __future__ import annotations

import json
from pathlib import Path

from voxcue.server.app import create_app
from voxcue.server.services import Services
from voxcue.settings import Settings

if __name__ == "__main__":
    app = create_app(Services(Settings(), local=True))
    text = json.dumps(app.openapi(), indent=1, ensure_ascii=False) + "\n"
    (Path(__file__).parent.parent / "docs" / "openapi.json").write_text(text, encoding="utf-8")
