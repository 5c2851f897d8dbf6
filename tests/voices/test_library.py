"""Reference voices are kept whole, under safe names, and files put there by hand are voices too."""

from __future__ import annotations

import struct
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.voices.speech import RATE, TEXT, spoken, wav
from voxcue.errors import (
    AlignmentError,
    AudioError,
    ConflictError,
    LimitError,
    NotFoundError,
    TextError,
    UsageError,
)
from voxcue.storage import Storage
from voxcue.voices import Library, ReferenceVoice

TONE = (0.3 * np.sin(2 * np.pi * 440 * np.arange(2 * RATE) / RATE)).astype(np.float32)
"""Two seconds that are no voice; a file put there by hand is looked at when it is used."""
OTHER = "The quick brown fox jumps over the lazy dog, and then it sleeps in the sun."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where voices are, for who puts them there by hand."""
    (tmp_path / "storage" / "voices").mkdir(parents=True)
    return tmp_path / "storage" / "voices"


@pytest.fixture
def storage(folder: Path) -> Storage:
    return Storage(folder.parent.as_uri())


@pytest.fixture
def library(storage: Storage) -> Library:
    return Library(storage)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "me.flac", np.stack([spoken(), spoken()], axis=1), RATE)
    return tmp_path / "me.flac"


def keys(storage: Storage, folder: str) -> list[str]:
    return sorted(item.key for item in storage.list(folder))


def test_a_voice_is_one_file_that_carries_its_words(
    library: Library, storage: Storage, recording: Path
) -> None:
    voice = library.add("Ada", recording, TEXT)
    assert (voice.name, voice.sample_rate, voice.transcript) == ("Ada", 24_000, TEXT)
    assert voice.prepared is not None
    assert voice.prepared.stretch.end <= voice.prepared.recorded
    assert keys(storage, "voices/") == ["voices/Ada.wav"]
    info = soundfile.info(BytesIO(library.audio("Ada")))
    assert (info.format, info.subtype, info.channels, info.samplerate) == ("WAV", "PCM_16", 1, 24_000)
    assert info.duration == pytest.approx(voice.duration)
    assert library.get("Ada") == voice
    assert library.list() == [voice]
    library.remove("Ada")
    assert library.list() == []


def test_a_reference_is_what_was_added_and_its_key_is_of_sound_and_words(
    library: Library, recording: Path
) -> None:
    added = library.add("Ada", recording, TEXT).prepared
    assert added is not None
    ada = library.reference("Ada")
    assert (ada.name, ada.transcript, ada.clip.sample_rate) == ("Ada", TEXT, 24_000)
    np.testing.assert_allclose(ada.clip.samples, added.clip.samples, atol=1e-4)
    assert library.reference("Ada").key == ada.key
    assert len(ada.key) == 64
    library.add("Ben", recording, TEXT)
    assert library.reference("Ben").key == ada.key
    library.add("Cy", recording, TEXT.replace("recording", "Recording"))
    assert library.reference("Cy").key != ada.key


def test_two_adds_at_one_moment_leave_one_voice_whole(
    library: Library, storage: Storage, tmp_path: Path
) -> None:
    texts = {TEXT: tmp_path / "a.wav", OTHER: tmp_path / "b.wav"}
    for text, path in texts.items():
        path.write_bytes(wav(spoken(text)))
    for _ in range(3):
        with ThreadPoolExecutor(2) as pool:
            added = [pool.submit(Library(storage).add, "Ada", path, text) for text, path in texts.items()]
            assert any(not each.exception() for each in added)
        voice = library.reference("Ada")
        made = {
            text: library.add(sha256(text.encode()).hexdigest()[:8], path, text)
            for text, path in texts.items()
        }
        assert voice.key == library.reference(made[voice.transcript].name).key
        for each in ("Ada", *(voice.name for voice in made.values())):
            library.remove(each)


def test_a_text_left_over_does_not_become_anothers(
    library: Library, storage: Storage, recording: Path
) -> None:
    storage.put("voices/Ada.txt", b"What somebody else said.")
    assert library.add("Ada", recording, TEXT).transcript == TEXT
    assert library.get("Ada").transcript == TEXT


def test_a_name_is_taken_once(library: Library, recording: Path) -> None:
    library.add("Ada", recording, TEXT)
    for name in ("Ada", "heart"):
        with pytest.raises(ConflictError) as caught:
            library.add(name, recording, TEXT)
        assert caught.value.code == "voice-exists"
    library.remove("Ada")
    library.add("Ada", recording, TEXT)


@pytest.mark.parametrize(
    "name",
    [
        "A",
        "Ada Lovelace",
        "ada_1-b.c",
        "\u00c5ngstr\u00f6m",
        "\u6f22\u5b57",
        "\u0939\u093f\u0928\u094d\u0926\u0940",
        "x" * 64,
    ],
)
def test_names_of_any_script_will_do(name: str, library: Library, recording: Path) -> None:
    assert library.add(unicodedata.normalize("NFD", name), recording, TEXT).name == name
    assert library.get(unicodedata.normalize("NFD", name)).name == name
    assert [voice.name for voice in library.list()] == [name]


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        " a",
        "a ",
        ".",
        "..",
        ".a",
        "../a",
        "a/b",
        "a\\b",
        "a\0b",
        "a\nb",
        "a\tb",
        "a\x7fb",
        "a\u2028b",
        "a\u00a0b",
        "a\u202eb",
        "a\u200db",
        "a:b",
        "a%2fb",
        "a*",
        "\U0001f600",
        "\ud800",
        "x" * 65,
        "\U00020000" * 60,
    ],
)
def test_other_names_are_refused_and_are_no_voices(name: str, library: Library, recording: Path) -> None:
    with pytest.raises(UsageError) as caught:
        library.add(name, recording)
    assert caught.value.code == "voice-name-invalid"
    for call in (library.get, library.audio, library.remove, library.reference):
        with pytest.raises(NotFoundError):
            call(name)


def test_a_voice_that_is_not_there_is_not_found(library: Library) -> None:
    for call in (library.get, library.audio, library.remove, library.reference):
        with pytest.raises(NotFoundError) as caught:
            call("Ada")
        assert caught.value.code == "voice-missing"


def test_what_cannot_be_a_voice_leaves_nothing_behind(
    library: Library, storage: Storage, recording: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.wav").write_bytes(wav(TONE))
    for path, text, error in [
        (tmp_path / "a.wav", None, AudioError),
        (tmp_path / "none.wav", None, AudioError),
        (recording, OTHER, AlignmentError),
        (recording, "x" * 5001, LimitError),
        (recording, "a\0b", TextError),
        (recording, "a\ud800b", TextError),
    ]:
        with pytest.raises(error):
            library.add("Ada", path, text)
    with pytest.raises(LimitError):
        library.add("Ada", recording, TEXT, max_seconds=1.5)
    assert list(storage.list()) == []


def test_a_transcript_is_one_line(library: Library, recording: Path) -> None:
    broken = TEXT.replace(" a ", "\r\n a\t").join(("  ", " \n "))
    assert library.add("a", recording, broken).transcript == TEXT


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_U8", "FLOAT", "ULAW"])
@pytest.mark.parametrize("seconds", [1.0, 30.0])
def test_files_put_there_by_hand_are_voices(
    subtype: str, seconds: float, library: Library, folder: Path
) -> None:
    stereo = np.zeros((int(16_000 * seconds), 2), np.float32)
    (folder / "Old Bob.wav").write_bytes(wav(stereo, 16_000, subtype))
    (folder / "Old Bob.txt").write_bytes(b"\xef\xbb\xbfWell met.\r\n")
    assert library.list() == [ReferenceVoice("Old Bob", seconds, 16_000, "Well met.")]
    assert library.get("Old Bob") == library.list()[0]


def test_a_transcript_in_utf_16_is_read(library: Library, folder: Path) -> None:
    (folder / "a.wav").write_bytes(wav(TONE))
    (folder / "a.txt").write_bytes("Gr\u00fc\u00df dich".encode("utf-16"))
    assert library.get("a").transcript == "Gr\u00fc\u00df dich"


def test_a_header_that_claims_too_much_is_not_believed(library: Library, folder: Path) -> None:
    data = bytearray(wav(TONE))
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    (folder / "a.wav").write_bytes(bytes(data))
    assert library.get("a").duration == pytest.approx(2.0, abs=0.01)


def test_what_is_no_voice_is_left_out_of_the_list(library: Library, folder: Path) -> None:
    (folder / "ok.wav").write_bytes(wav(TONE))
    (folder / "sub").mkdir()
    for key in ("notes.txt", "sub/deep.wav", ".hidden.wav", "a.mp3", "a.wav.txt", ".wav"):
        (folder / f"{key}").write_bytes(wav(TONE))
    (folder / "broken.wav").write_bytes(b"RIFF, but no more")
    (folder / "binary.wav").write_bytes(wav(TONE))
    (folder / "binary.txt").write_bytes(bytes(range(256)))
    assert [voice.name for voice in library.list()] == ["ok"]
    with pytest.raises(AudioError):
        library.get("broken")
    with pytest.raises(TextError):
        library.get("binary")


def test_files_put_there_by_hand_are_prepared_once(
    library: Library, storage: Storage, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "Bob.wav").write_bytes(wav(np.pad(spoken(), RATE), subtype="PCM_24"))
    (folder / "Bob.txt").write_text(TEXT)
    first = library.reference("Bob")
    assert (first.name, first.transcript) == ("Bob", TEXT)
    assert first.clip.duration < len(spoken()) / RATE + 1
    (cached,) = keys(storage, "prompts/")
    assert (
        sha256(storage.get("voices/Bob.wav")).hexdigest()
        == sha256((folder / "Bob.wav").read_bytes()).hexdigest()
    )
    monkeypatch.setattr("voxcue.voices.library.prepare", None)
    assert library.reference("Bob").key == first.key
    monkeypatch.undo()
    good = storage.get(cached)
    for damaged in (b"", good[:5000], good[:-2] + b"\x55\x55", good.replace(b"This", b"That"), wav(TONE)):
        storage.put(cached, damaged)
        assert library.reference("Bob").key == first.key
        assert storage.get(cached) == good
    storage.delete([cached])
    assert library.reference("Bob").key == first.key


def test_another_recording_or_text_is_another_voice(library: Library, folder: Path, storage: Storage) -> None:
    (folder / "Bob.wav").write_bytes(wav(spoken()))
    (folder / "Bob.txt").write_text(TEXT)
    first = library.reference("Bob")
    (folder / "Bob.txt").write_text(TEXT.replace("recording", "Recording"))
    assert library.reference("Bob").transcript != first.transcript
    (folder / "Bob.wav").write_bytes(wav(spoken(OTHER)))
    (folder / "Bob.txt").write_text(OTHER)
    assert library.reference("Bob").transcript == OTHER
    library.remove("Bob")
    with pytest.raises(NotFoundError):
        library.reference("Bob")
    assert len(keys(storage, "prompts/")) == 2  # of the files that were replaced by hand


def test_a_text_beside_a_voice_that_was_added_wins(library: Library, folder: Path, recording: Path) -> None:
    library.add("Ada", recording, TEXT)
    corrected = TEXT.replace("recording", "Recording")
    (folder / "Ada.txt").write_text(corrected)
    assert library.get("Ada").transcript == corrected
    assert library.reference("Ada").transcript == corrected
    library.remove("Ada")
    assert [path.name for path in folder.parent.rglob("*.*")] == []


def test_a_voice_by_hand_that_is_no_voice_says_which(library: Library, folder: Path) -> None:
    (folder / "Tone.wav").write_bytes(wav(TONE))
    with pytest.raises(AudioError) as caught:
        library.reference("Tone")
    assert caught.value.code == "audio-too-short"
    assert "The voice 'Tone' cannot be used" in caught.value.message


def test_listing_reads_the_beginnings_of_files_and_no_more(
    library: Library, storage: Storage, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        (folder / f"{name}.wav").write_bytes(wav(np.tile(TONE, 10)))
    (folder / "a.txt").write_text("Hello.")
    gets: list[str] = []
    get = storage.get

    def seen(key: str) -> bytes:
        gets.append(key)
        return get(key)

    monkeypatch.setattr(storage, "get", seen)
    monkeypatch.setattr(Library, "has", None)
    assert [voice.transcript for voice in library.list()] == ["Hello.", None, None]
    assert gets == ["voices/a.txt"]


def test_a_comment_of_another_program_is_no_transcript(library: Library, folder: Path) -> None:
    for comment in (b"Recorded by Audacity", b"voxcue-reference-1 0 x"):
        note = b"INFOICMT" + struct.pack("<I", len(comment)) + comment + b"\0" * (len(comment) % 2)
        data = wav(TONE)
        chunk = b"LIST" + struct.pack("<I", len(note)) + note
        (folder / "a.wav").write_bytes(data[:36] + chunk + data[36:])
        assert library.get("a").duration == 2.0
        with pytest.raises(AudioError):
            library.reference("a")
