"""Files, links and command lines that people take away; voices that they bring."""

from __future__ import annotations

import io
import json
import subprocess
import wave
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import voxcue
from tests.conftest import require
from tests.studio.conftest import Server, Start, finished, picture, speak, visit

KEY = "a-key-for-the-tests-of-the-studio"
HOSTILE = """It's a "quote" & $HOME, `pwd`; back\\slash <b>bold</b>.\nA second line isn't lost."""


def download(page: Page, kind: str) -> bytes:
    """The bytes that a click on the link of a file brings."""
    with page.expect_download() as begun:
        page.click(f"#downloads a[data-kind={kind}]")
    return Path(begun.value.path()).read_bytes()


def recording(path: Path) -> Path:
    """A WAV file with somebody speaking."""
    voxcue.speak("This is a recording of my own voice, for you to imitate as well as you can.").save(path)
    return path / "speech.wav"


@pytest.mark.parametrize("with_key", [False, True])
def test_every_file_can_be_downloaded(page: Page, server: Server, start: Start, with_key: bool) -> None:
    if with_key:
        page.goto(start(VOXCUE_API_KEYS=KEY).url)
        page.fill("#key", KEY)
        page.click("text=Continue")
        page.wait_for_selector("#looks input", state="attached")
    else:
        visit(page, server.url)
    page.get_by_label("Highlight").check()
    page.locator("#font-size").fill("96")
    speak(page)
    with wave.open(io.BytesIO(download(page, "audio"))) as audio:
        assert audio.getnframes() / audio.getframerate() > 10
    ass = download(page, "ass").decode("utf-8-sig")
    assert ass.startswith("[Script Info]")
    assert "Montserrat,96" in ass
    assert download(page, "srt").startswith(b"1\n00:00:0")
    assert download(page, "vtt").startswith(b"WEBVTT")
    words = json.loads(download(page, "json"))["words"]
    assert words[3]["spoken"] == "seven thirty"
    assert download(page, "csv").decode("utf-8-sig").count("\n") >= len(words)
    expect(page.locator("#preview")).to_be_visible()


def test_a_server_that_wants_a_key_asks_for_it_until_it_is_right(page: Page, start: Start) -> None:
    page.goto(start(VOXCUE_API_KEYS=KEY).url)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    picture(page, "key", whole=False)
    page.fill("#key", "wrong")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_be_visible()
    page.fill("#key", KEY)
    page.keyboard.press("Enter")
    page.wait_for_selector("#looks input", state="attached")
    expect(dialog).to_be_hidden()
    assert "Bearer $VOXCUE_API_KEY" in (page.text_content("#curl") or "")
    assert KEY not in page.content()


def test_a_link_brings_the_settings_back(studio: Page, page: Page) -> None:
    studio.fill("#text", HOSTILE)
    studio.locator("#speed").fill("1.25")
    studio.get_by_label("Boxed").check()
    studio.get_by_label("Vertical").check()
    studio.locator("#font-size").fill("100")
    studio.click("#share")
    expect(studio.locator("#share")).to_have_text("Link copied")
    link = studio.evaluate("navigator.clipboard.readText()")
    other = page.context.new_page()
    visit(other, link)
    expect(other.locator("#text")).to_have_value(HOSTILE)
    expect(other.locator("#speed")).to_have_value("1.25")
    expect(other.get_by_label("Boxed")).to_be_checked()
    expect(other.get_by_label("Vertical")).to_be_checked()
    expect(other.locator("#font-size")).to_have_value("100")


def test_the_command_line_that_is_shown_works(studio: Page) -> None:
    require("curl")
    studio.fill("#text", HOSTILE)
    studio.locator("#speed").fill("1.5")
    studio.click("#copy-curl")
    expect(studio.locator("#copy-curl")).to_have_text("Copied")
    command = studio.evaluate("navigator.clipboard.readText()")
    assert command == studio.text_content("#curl")
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=True)
    reply = json.loads(done.stdout)
    assert "".join(word["text"] + word["space"] for word in reply["words"]) == HOSTILE
    assert reply["files"]["ass"]["size"] > 0


def test_what_is_written_is_never_markup(studio: Page) -> None:
    speak(studio, "Say <img src=x onerror=document.title='broken'> aloud.")
    assert studio.locator("#words img").count() == 0
    assert studio.title() == "Voxcue studio"


def test_a_voice_by_file_and_by_microphone(studio: Page, tmp_path: Path) -> None:
    studio.click("#open-library")
    expect(studio.locator("#own-voices")).to_have_text("None yet.")
    studio.set_input_files("#voice-file", recording(tmp_path))
    studio.fill("#voice-name", "Ada")
    studio.fill("#transcript", "This is a recording of my own voice, for you to imitate as well as you can.")
    studio.click("#add")
    expect(studio.locator("#own-voices li")).to_have_count(1)
    expect(studio.locator("#own-voices")).to_contain_text("This is a recording")

    studio.click("#record")
    expect(studio.locator("#record")).to_have_text("Stop recording")
    studio.wait_for_function("() => parseFloat(chosen.textContent.split(':')[1]) > 3.1 && level.value > 0")
    picture(studio, "voices", whole=False)
    studio.click("#record")
    expect(studio.locator("#take")).to_be_visible()
    studio.fill("#voice-name", "Beep")
    studio.click("#add")
    expect(studio.locator("#library-problem code")).to_be_visible()  # the browser's microphone only beeps
    expect(studio.locator("#own-voices li")).to_have_count(1)

    studio.get_by_label("Listen to Ada").click()
    studio.wait_for_function("() => document.getElementById('listen').currentTime > 0.2")
    studio.get_by_label("Close").click()
    expect(studio.locator("#voice option[value=Ada]")).to_be_disabled()
    expect(studio.locator("#voice-note")).to_contain_text("hibari does not")

    studio.once("dialog", lambda asked: asked.accept())
    studio.click("#open-library")
    studio.get_by_label("Delete Ada").click()
    expect(studio.locator("#own-voices")).to_have_text("None yet.")


def test_a_file_that_is_no_recording_is_refused_in_words(studio: Page) -> None:
    studio.click("#open-library")
    studio.evaluate(
        """(name) => {
            const moved = new DataTransfer();
            moved.items.add(new File(["not a recording"], name));
            drop.dispatchEvent(new DragEvent("drop", {dataTransfer: moved, bubbles: true, cancelable: true}));
        }""",
        "notes.wav",
    )
    expect(studio.locator("#voice-name")).to_have_value("notes")
    studio.click("#add")
    expect(studio.locator("#library-problem code")).to_contain_text("audio")
    studio.get_by_label("Close").click()


def test_an_audio_format_can_be_chosen(studio: Page) -> None:
    studio.click("summary")
    studio.select_option("#format", "mp3")
    studio.fill("#text", "In another format.")
    studio.keyboard.press("Control+Enter")
    finished(studio)
    assert download(studio, "audio")[:3] in (b"ID3", b"\xff\xfb\x94", b"\xff\xf3\x84")
