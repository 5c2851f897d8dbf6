"""What is shown: errors, themes, small screens, and what people who do not see the page get of it."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.studio.conftest import Server, picture, speak, visit


@pytest.mark.parametrize("text", ["", "中文"])
def test_a_text_that_cannot_be_spoken_is_said_in_words(studio: Page, text: str) -> None:
    studio.fill("#text", text)
    studio.click("#speak")
    alert = studio.locator("#problem")
    expect(alert.locator("strong")).to_contain_text("text" if not text else "中")
    expect(alert.locator("code")).not_to_be_empty()
    expect(alert).to_have_attribute("role", "alert")
    expect(studio.locator("#text")).to_be_focused()
    expect(studio.locator("#text")).to_have_value(text)
    expect(studio.locator("#text")).to_have_attribute("aria-invalid", "true")
    picture(studio, "error" if text else "error-empty", whole=False)


def test_a_busy_server_says_when_to_come_back(studio: Page) -> None:
    body = '{"error": {"code": "busy", "message": "Too much to do.", "hint": "Wait.", "request_id": "1"}}'
    studio.route(
        "**/v1/speech", lambda route: route.fulfill(status=429, body=body, headers={"Retry-After": "7"})
    )
    studio.click("#speak")
    expect(studio.locator("#problem")).to_contain_text("Try again in 7 s")


def test_the_longest_text_is_told(studio: Page) -> None:
    expect(studio.locator("#count")).to_contain_text("of 100,000 characters")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_everyone_can_use_it(page: Page, server: Server, scheme: Literal["light", "dark"], size: str) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    if size == "phone":
        page.set_viewport_size({"width": 360, "height": 740})
    visit(page, server.url)
    speak(page)
    page.wait_for_selector("#preview:visible")
    page.wait_for_timeout(2500)
    page.click("#play")
    page.click("summary")
    fair(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, f"{size}-{scheme}")
    picture(page, f"{size}-{scheme}-window", whole=False)
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, select, textarea, summary, input, a[download]")]
            .filter((it) => it.checkVisibility() && it.type !== "radio" && it.type !== "file")
            .filter((it) => it.getBoundingClientRect().height < 44)
            .map((it) => it.id || it.outerHTML)"""
    )
    assert small == []
    page.evaluate("document.getElementById('play').focus()")
    page.click("#open-library")
    fair(page)
    picture(page, f"voices-{size}-{scheme}", whole=False)


def test_the_chosen_theme_is_kept(studio: Page) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = studio.evaluate(ground)
    studio.click("#theme")
    dark = studio.evaluate(ground)
    assert dark != light
    expect(studio.locator("#theme")).to_have_attribute("aria-pressed", "true")
    studio.reload()
    assert studio.evaluate(ground) == dark


def fair(page: Page) -> None:
    """No finding of axe: names, roles, contrast and the like."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
