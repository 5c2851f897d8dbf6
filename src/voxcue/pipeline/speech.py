"""A finished speech in memory, and the files it becomes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from voxcue.audio.write import AudioWriter, check_format
from voxcue.captions import FORMATS, Style, Track, check_caption_format, render, style
from voxcue.output import OutputFolder
from voxcue.settings import settings
from voxcue.types import Clip, Mismatch, Verification, Word


@dataclass(frozen=True, slots=True)
class SaveOptions:
    """Which files to write: caption formats, the look of the ASS captions, the audio format.

    ``None`` takes the setting; ``captions`` of ``None`` is all of them. ``font_size`` is in pixels of the
    style's picture, ``None`` its own.
    """

    captions: Sequence[str] | None = None
    style: str | None = None
    format: str | None = None
    font_size: float | None = None

    def checked(self) -> Checked:
        """The options with every name looked up.

        Raises:
            UsageError: an unknown style, caption format or audio format.
        """
        wanted = FORMATS if self.captions is None else self.captions
        names = tuple(dict.fromkeys(check_caption_format(name) for name in wanted))
        audio_format = check_format(self.format or settings().format)
        look = style(self.style or settings().style, self.font_size)
        return Checked(names, look, audio_format)


@dataclass(frozen=True, slots=True)
class Checked:
    """Options that are known to be good."""

    captions: tuple[str, ...]
    style: Style
    format: str

    @property
    def audio_name(self) -> str:
        """The name of the audio file."""
        return f"speech.{self.format}"


@dataclass(frozen=True, slots=True)
class Speech:
    """A whole speech: its text, its audio and its timed words.

    ``aligner`` names what timed the words; ``engine`` and ``voice`` are ``None`` for a recording, and
    ``mismatches`` says where its text is another. ``verification`` is what was heard of speech that was made
    here, ``None`` where nobody listened.
    """

    text: str
    clip: Clip
    words: tuple[Word, ...]
    aligner: str
    engine: str | None = None
    voice: str | None = None
    mismatches: tuple[Mismatch, ...] = ()
    verification: Verification | None = None

    def track(self, audio: str | None = None) -> Track:
        """The speech without its audio, as the caption formats need it.

        Args:
            audio: the path of the audio file from the folder of the captions.
        """
        return Track(
            text=self.text,
            duration=self.clip.duration,
            sample_rate=self.clip.sample_rate,
            words=self.words,
            engine=self.engine,
            voice=self.voice,
            aligner=self.aligner,
            audio=audio,
            mismatches=self.mismatches,
            verification=self.verification,
        )

    def save(
        self,
        folder: str | Path,
        *,
        captions: Iterable[str] | None = None,
        style: str | None = None,
        format: str | None = None,  # noqa: A002
    ) -> dict[str, Path]:
        """Write the audio and the captions into ``folder``; all files appear together, when complete.

        Args:
            folder: made when missing.
            captions: some of "ass", "srt", "vtt", "json", "csv"; all of them by default.
            style: of the ASS captions; ``voxcue styles`` lists them.
            format: "wav", "flac", "mp3" or "opus".

        Returns:
            The path of each file by its kind: "audio" and the caption formats.

        Raises:
            UsageError: an unknown format or style.
            OutputError: the folder cannot be written to.
        """
        chosen = SaveOptions(None if captions is None else tuple(captions), style, format).checked()
        with OutputFolder(Path(folder)) as output:
            part = output.part(chosen.audio_name)
            with AudioWriter(part, chosen.format, self.clip.sample_rate) as audio:
                audio.write(self.clip)
            write_captions(output, self.track(chosen.audio_name), chosen)
        return files(Path(folder), chosen)


def write_captions(output: OutputFolder, track: Track, chosen: Checked) -> None:
    """Write every chosen caption file of a track."""
    for name in chosen.captions:
        output.write(FORMATS[name], render(name, track, chosen.style))


def files(folder: Path, chosen: Checked, *, audio: bool = True) -> dict[str, Path]:
    """The files that a finished output folder holds, by kind."""
    made = {"audio": folder / chosen.audio_name} if audio else {}
    return made | {name: folder / FORMATS[name] for name in chosen.captions}
