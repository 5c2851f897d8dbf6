"""A real server and a real browser for the tests of the studio; pictures of what was seen in out/studio/."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.conftest import ROOT, require

# What reaches the loudspeaker is listened to: everything that goes there goes to a meter too.
_METER = """
    const connect = AudioNode.prototype.connect;
    AudioNode.prototype.connect = function (target, ...rest) {
        if (target instanceof AudioDestinationNode) {
            const {context} = target;
            window.speaker ??= context;
            window.meter ??= new AnalyserNode(context, {fftSize: 2048});
            if (window.meter.context === context) connect.call(this, window.meter);
        }
        return connect.call(this, target, ...rest);
    };
"""

Start = Callable[..., "Server"]


@dataclass
class Server:
    """A running `voxcue serve`."""

    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Kill it, as a power cut would."""
        self.process.kill()
        self.process.wait()


def _start(folder: Path, **env: str) -> Server:
    log = (folder / "log").open("wb+")
    process = subprocess.Popen(
        [sys.executable, "-m", "voxcue", "serve", "--port", "0"],
        env=os.environ | {"VOXCUE_STORAGE": (folder / "storage").as_uri()} | env,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    log.close()
    for _ in range(300):
        said = (folder / "log").read_text(encoding="utf-8", errors="replace")
        url = next((part.rstrip(";,") for part in said.split() if part.startswith("http://")), None)
        try:
            if url and httpx.get(f"{url}/readyz").status_code == 200:
                return Server(url, process)
        except httpx.TransportError:
            pass
        assert process.poll() is None, said
        time.sleep(0.1)
    process.kill()
    process.wait()
    raise AssertionError(f"the server was not ready within 30 s: {said}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that most tests share."""
    started = _start(tmp_path_factory.mktemp("server"))
    yield started
    started.stop()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a server of one's own, with settings as environment variables."""
    started: list[Server] = []

    def one(**env: str) -> Server:
        started.append(_start(tmp_path, **env))
        return started[-1]

    yield one
    for each in started:
        each.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Headless Chromium with a microphone that beeps."""
    path = require("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--autoplay-policy=no-user-gesture-required",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile."""
    made = chromium.new_context(viewport={"width": 1360, "height": 900})
    made.grant_permissions(["clipboard-read", "clipboard-write", "microphone"])
    made.add_init_script(_METER)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """An empty page; at the end, nothing in it may have failed unseen."""
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    failures: list[str] = []
    opened.on("pageerror", lambda error: failures.append(str(error)))
    opened.on(
        "console",
        lambda said: failures.append(said.text) if "Content Security Policy" in said.text else None,
    )
    yield opened
    assert failures == []


@pytest.fixture
def studio(page: Page, server: Server) -> Page:
    """The studio, filled and ready."""
    return visit(page, server.url)


def visit(page: Page, url: str) -> Page:
    """Open the studio and wait until its fields are filled."""
    page.goto(url)
    page.wait_for_selector("#voice option", state="attached")
    page.wait_for_selector("#looks input", state="attached")
    return page


def speak(page: Page, text: str | None = None) -> None:
    """Speak a text, or the one that is there, and wait until all of it has arrived."""
    if text is not None:
        page.fill("#text", text)
    page.click("#speak")
    finished(page)


def finished(page: Page) -> None:
    """Wait until the files of the speech are there."""
    page.wait_for_selector("#downloads a", timeout=30_000)


def clock(page: Page) -> float:
    """The time that the player is at, in seconds."""
    return float(page.input_value("#seek"))


def picture(page: Page, name: str, *, whole: bool = True) -> Path:
    """Keep a picture of the page in out/studio/."""
    path = ROOT / "out" / "studio" / f"{name}.png"
    page.screenshot(path=path, full_page=whole)
    return path
