"""Reference voices are kept whole, under safe names, and files put there by hand are voices too."""

from __future__ import annotations

import unicodedata
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voxcue.errors import AudioError, LimitError, NotFoundError, TextError, UsageError
from voxcue.storage import Storage
from voxcue.voices import Library, ReferenceVoice

RATE = 22_050
SECONDS = 2.0
TONE = (0.3 * np.sin(2 * np.pi * 440 * np.arange(int(RATE * SECONDS)) / RATE)).astype(np.float32)


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
    soundfile.write(tmp_path / "me.flac", np.stack([TONE, TONE], axis=1), RATE)
    return tmp_path / "me.flac"


def wav(samples: np.ndarray, rate: int = RATE, subtype: str = "PCM_16") -> bytes:
    file = BytesIO()
    soundfile.write(file, samples, rate, format="WAV", subtype=subtype)
    return file.getvalue()


def test_a_recording_is_kept_as_mono_16_bit_wav_at_its_own_rate(
    library: Library, storage: Storage, recording: Path
) -> None:
    voice = library.add("Ada", recording, "Hello there.")
    assert voice == ReferenceVoice("Ada", SECONDS, RATE, "Hello there.")
    info = soundfile.info(BytesIO(library.audio("Ada")))
    assert (info.format, info.subtype, info.channels, info.samplerate) == ("WAV", "PCM_16", 1, RATE)
    samples, _ = soundfile.read(BytesIO(library.audio("Ada")))
    np.testing.assert_allclose(samples, TONE, atol=1e-4)
    assert storage.get("voices/Ada.txt") == b"Hello there."
    assert library.get("Ada") == voice
    assert library.list() == [voice]


def test_the_recording_is_written_last_and_removed_first(
    library: Library, storage: Storage, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    put, delete = storage.put, storage.delete

    def seen_put(key: str, data: bytes) -> None:
        steps.append(key)
        put(key, data)

    def seen_delete(keys: list[str]) -> None:
        steps.extend(keys)
        delete(keys)

    monkeypatch.setattr(storage, "put", seen_put)
    monkeypatch.setattr(storage, "delete", seen_delete)
    library.add("Ada", recording, "Hello.")
    library.remove("Ada")
    assert steps == ["voices/Ada.txt", "voices/Ada.wav", "voices/Ada.wav", "voices/Ada.txt"]
    assert list(storage.list("voices/")) == []


def test_a_transcript_left_over_does_not_become_anothers(
    library: Library, storage: Storage, recording: Path
) -> None:
    storage.put("voices/Ada.txt", b"What somebody else said.")
    assert library.add("Ada", recording).transcript is None
    assert library.get("Ada").transcript is None


def test_a_name_is_taken_once(library: Library, recording: Path) -> None:
    library.add("Ada", recording)
    with pytest.raises(UsageError) as caught:
        library.add("Ada", recording)
    assert caught.value.code == "voice-exists"
    library.remove("Ada")
    library.add("Ada", recording)


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
    assert library.add(unicodedata.normalize("NFD", name), recording).name == name
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
    for call in (library.get, library.audio, library.remove):
        with pytest.raises(NotFoundError):
            call(name)


def test_a_voice_that_is_not_there_is_not_found(library: Library) -> None:
    for call in (library.get, library.audio, library.remove):
        with pytest.raises(NotFoundError) as caught:
            call("Ada")
        assert caught.value.code == "voice-missing"


def test_recordings_too_short_too_long_or_silent_are_refused(
    library: Library, storage: Storage, tmp_path: Path
) -> None:
    for samples, code in [(TONE[: RATE // 2], "audio-too-short"), (0 * TONE, "audio-silent")]:
        soundfile.write(tmp_path / "a.wav", samples, RATE)
        with pytest.raises(AudioError) as caught:
            library.add("Ada", tmp_path / "a.wav")
        assert caught.value.code == code
    soundfile.write(tmp_path / "a.wav", TONE, RATE)
    with pytest.raises(LimitError):
        library.add("Ada", tmp_path / "a.wav", max_seconds=1.5)
    (tmp_path / "a.wav").write_text("no sound")
    with pytest.raises(AudioError):
        library.add("Ada", tmp_path / "a.wav")
    assert list(storage.list("voices/")) == []


def test_a_transcript_is_one_line_of_plain_text(library: Library, recording: Path) -> None:
    assert library.add("a", recording, "  One\r\ntwo\tthree. \n").transcript == "One two three."
    assert library.add("b", recording, " \n ").transcript is None
    with pytest.raises(LimitError):
        library.add("c", recording, "x" * 5001)
    for odd in ("a\0b", "a\x1bb", "a\x9fb", "a\ud800b"):
        with pytest.raises(TextError):
            library.add("c", recording, odd)
    assert [voice.name for voice in library.list()] == ["a", "b"]


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_U8", "FLOAT", "ULAW"])
@pytest.mark.parametrize("seconds", [1.0, 30.0])
def test_files_put_there_by_hand_are_voices(
    subtype: str, seconds: float, library: Library, folder: Path
) -> None:
    stereo = np.zeros((int(16_000 * seconds), 2))
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
    assert library.get("a").duration == pytest.approx(SECONDS, abs=0.01)


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
