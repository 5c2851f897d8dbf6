"""Speak, hear it while it comes, see the words light up, move about in it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.studio.conftest import Start, clock, finished, picture, speak, visit

LONG = "The next sentence is made while this one is played, number after number after number. " * 150

# Clock and lit word in one look; at moments spread over frames, as somebody watching would see them.
WATCH = """async () => {
    const seen = [];
    for (let look = 0; look < 40; look++) {
        await new Promise((done) => setTimeout(done, 70));
        await new Promise(requestAnimationFrame);
        const words = [...document.querySelectorAll(".word")];
        seen.push([Number(document.getElementById("seek").value),
                   words.findIndex((word) => word.classList.contains("now"))]);
    }
    return seen;
}"""
LOUDEST = """async () => {
    let loudest = 0;
    const samples = new Float32Array(2048);
    for (let look = 0; look < 30; look++) {
        await new Promise((done) => setTimeout(done, 50));
        window.meter.getFloatTimeDomainData(samples);
        for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
    }
    return loudest;
}"""


def times(page: Page) -> list[tuple[float, float]]:
    """What the server says when the words of the last speech start and end."""
    path = page.get_attribute("#downloads a[data-kind=json]", "href")
    words = page.evaluate("async (path) => (await (await fetch(path)).json()).words", path)
    return [(word["start"], word["end"]) for word in words]


def test_speech_is_heard(studio: Page) -> None:
    speak(studio)
    begun = studio.evaluate("window.speaker.currentTime")
    assert studio.evaluate(LOUDEST) > 0.05
    assert studio.evaluate("window.speaker.currentTime") > begun + 1
    picture(studio, "desktop-light")


def test_the_lit_word_is_the_one_being_said(studio: Page) -> None:
    speak(studio)
    spoken = times(studio)
    seen = studio.evaluate(WATCH)
    lit = [(at, index) for at, index in seen if index >= 0]
    assert len({index for _, index in lit}) >= 4
    for at, index in lit:
        start, end = spoken[index]
        assert start - 0.1 <= at <= end + 0.1
    dark = [at for at, index in seen if index < 0]
    assert not any(start + 0.1 < at < end - 0.1 for at in dark for start, end in spoken)


def test_after_a_pause_and_a_seek_the_words_are_still_right(studio: Page) -> None:
    speak(studio)
    spoken = times(studio)
    studio.click("#play")
    expect(studio.locator("#play")).to_have_accessible_name("Play")
    rest = clock(studio)
    studio.wait_for_timeout(300)
    assert clock(studio) == rest
    box = studio.locator("#wave").bounding_box()
    assert box is not None
    studio.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    total = spoken[-1][1]
    assert abs(clock(studio) - 0.6 * total) < 0.1 * total
    studio.click("#play")
    lit = [(at, index) for at, index in studio.evaluate(WATCH) if index >= 0]
    assert lit
    assert all(spoken[index][0] - 0.1 <= at <= spoken[index][1] + 0.1 for at, index in lit)


def test_a_click_on_a_word_plays_from_there(studio: Page) -> None:
    speak(studio)
    spoken = times(studio)
    studio.click(".word >> nth=25")
    expect(studio.locator(".word.now")).to_have_count(1)
    assert spoken[25][0] - 0.1 <= clock(studio) <= spoken[25][0] + 1
    studio.click("#play")
    studio.click(".word >> nth=3")
    assert spoken[3][0] - 0.1 <= clock(studio) <= spoken[3][0] + 1
    expect(studio.locator("#play")).to_have_accessible_name("Pause")


def test_the_end_is_reached_and_play_starts_again(studio: Page) -> None:
    speak(studio, "Short.")
    expect(studio.locator("#play")).to_have_accessible_name("Play", timeout=5000)
    assert clock(studio) > 0.3
    studio.click("#play")
    expect(studio.locator("#play")).to_have_accessible_name("Pause")
    assert clock(studio) < 0.3


def test_a_long_text_plays_before_it_is_done_and_can_be_stopped(studio: Page) -> None:
    studio.fill("#text", LONG)
    studio.click("#speak")
    studio.wait_for_function("() => document.querySelector('.word.now') && Number(seek.value) > 0.3")
    done, count = (
        int(studio.get_attribute("#progress", name) or 0) for name in ("aria-valuenow", "aria-valuemax")
    )
    assert 0 < done < count
    expect(studio.locator("#speak")).to_contain_text("Stop")
    picture(studio, "streaming")
    studio.click("#speak")
    expect(studio.locator("#speak")).to_contain_text("Speak")
    expect(studio.locator("#progress-note")).to_have_text("Stopped")
    expect(studio.locator("#problem")).to_be_empty()
    studio.click(".word >> nth=2")
    studio.wait_for_function("() => document.querySelectorAll('.word.said').length > 4")


def test_when_the_server_dies_what_arrived_stays(page: Page, start: Start) -> None:
    server = start()
    visit(page, server.url)
    page.fill("#text", LONG)
    page.click("#speak")
    page.wait_for_function("() => Number(progress.getAttribute('aria-valuenow')) >= 2")
    server.stop()
    expect(page.get_by_role("alert").filter(has_text="connection-lost")).to_be_visible()
    expect(page.locator("#text")).to_have_value(LONG)
    page.click(".word >> nth=4")
    assert page.evaluate(LOUDEST) > 0.05
    picture(page, "connection-lost", whole=False)


def test_the_preview_follows_look_and_time(studio: Page) -> None:
    speak(studio)
    expect(studio.locator("#preview")).to_be_visible()
    studio.click("#play")
    expect(studio.locator("#frame")).to_have_attribute("aria-busy", "false")
    first = studio.get_attribute("#preview", "src")
    studio.get_by_label("Boxed").check()
    studio.wait_for_function("(old) => preview.src !== old", arg=first)
    with studio.expect_response(lambda response: "style=boxed-vertical" in response.url) as drawn:
        studio.get_by_label("Vertical").check()
    assert drawn.value.ok
    with studio.expect_response(lambda response: "font_size=90" in response.url) as drawn:
        studio.locator("#font-size").fill("90")
    assert drawn.value.ok
    expect(studio.locator("#frame")).to_have_attribute("aria-busy", "false")
    shape = studio.evaluate("[preview.naturalWidth, preview.naturalHeight]")
    assert shape[1] > shape[0]
    studio.click(".word >> nth=20")
    studio.wait_for_timeout(1500)
    picture(studio, "vertical")


def test_with_the_keyboard_alone(studio: Page) -> None:
    def until(selector: str) -> None:
        for _ in range(60):
            studio.keyboard.press("Tab")
            if studio.evaluate("(it) => document.activeElement.matches(it)", selector):
                return
        raise AssertionError(f"Tab never comes to {selector}")

    until("#text")
    studio.keyboard.press("Control+a")
    studio.keyboard.type("One word after another, until the very end of it.")
    studio.keyboard.press("Control+Enter")
    finished(studio)
    until("#play")
    studio.keyboard.press("Space")
    expect(studio.locator("#play")).to_have_accessible_name("Play")
    until("#seek")
    studio.keyboard.press("Home")
    studio.keyboard.press("ArrowRight")
    assert 1.9 < clock(studio) < 2.1
    until(".word")
    for _ in range(3):
        studio.keyboard.press("ArrowRight")
    studio.keyboard.press("Enter")
    expect(studio.locator(".word.now")).to_have_count(1)
    expect(studio.locator("#play")).to_have_accessible_name("Pause")
    picture(studio, "keyboard", whole=False)
    until("[name=look]")
    studio.keyboard.press("ArrowRight")
    expect(studio.get_by_label("Highlight")).to_be_checked()
    until("#downloads a")
    until("#copy-curl")
