"""The command ``voxcue``: its options and its exit statuses. The work is a call into `voxcue.pipeline`."""

from __future__ import annotations

import os
import signal
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from voxcue.cli import lists
from voxcue.cli.present import failure
from voxcue.errors import UsageError, VoxcueError


class _Commands(TyperGroup):
    """Turns every error that a user can cause into one sentence and an exit status."""

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except KeyboardInterrupt as error:
            sys.stderr.write("interrupted\n")
            raise typer.Exit(130) from error
        except BrokenPipeError as error:  # the reader of our output has left, as in "| head"
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(141) from error
        except Exception as error:
            shown = _shown(error)
            if shown is None:
                raise
            failure(shown, as_json="--json" in _options())
            raise typer.Exit(shown.exit_status) from error


def _options() -> list[str]:
    """The arguments before a lone "--", which ends the options."""
    return sys.argv[: sys.argv.index("--")] if "--" in sys.argv else sys.argv


def _shown(error: Exception) -> VoxcueError | None:
    """The error as a user should meet it; ``None`` for typer's own ways to leave, and when debugging."""
    if isinstance(error, VoxcueError):
        return error
    if isinstance(error, typer.Exit | typer.Abort) or os.environ.get("VOXCUE_DEBUG"):
        return None
    if hasattr(error, "format_message"):  # typer's own complaints about options and arguments
        return UsageError("usage", error.format_message(), "Add --help to the command to see what it takes.")
    return _defect(error)


def _defect(error: Exception) -> VoxcueError:
    return VoxcueError(
        "internal",
        f"This is a defect in Voxcue: {type(error).__name__}: {error}",
        "Please report it with the output of the same command under VOXCUE_DEBUG=1.",
    )


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Text and a voice in; speech with every word timed, and captions, out.\n\n"
    'Begin with:  voxcue speak "Hello, it is 7:30 p.m." -o hello',
    epilog="Defaults come from VOXCUE_ENGINE, VOXCUE_VOICE, VOXCUE_STYLE and their like. "
    "Exit status: 0 done, 2 wrong usage, 3 text, 4 audio, 5 text and audio do not match, "
    "6 output, 7 not available here, 8 storage, 130 interrupted.",
)
voices = typer.Typer(no_args_is_help=True, help="The voices that engines speak with.")
app.add_typer(voices, name="voices")
storage = typer.Typer(no_args_is_help=True, help="Results that are kept: VOXCUE_STORAGE says where.")
app.add_typer(storage, name="storage")
models = typer.Typer(
    no_args_is_help=True,
    help="The weights of models, on this machine: VOXCUE_MODELS says where.",
    epilog="Most are not for commercial use: see the licences in 'voxcue models list'. "
    "VOXCUE_MODELS_MIRROR names a place to fetch from, VOXCUE_OFFLINE=1 forbids to fetch.",
)
app.add_typer(models, name="models")
volume = typer.Typer(
    no_args_is_help=True,
    help="The volume that workers share: an environment for the engine, and weights, built once.",
    epilog="VOXCUE_VOLUME says where it is. Any number of workers may set it up at once: one builds.",
)
app.add_typer(volume, name="volume")
image = typer.Typer(no_args_is_help=True, help="The container image of a project.")
app.add_typer(image, name="image")
deploy = typer.Typer(
    no_args_is_help=True,
    help="A deployment on RunPod, from one file: voxcue.toml.",
    epilog="RUNPOD_API_KEY holds the key. docs/deploy-runpod.md leads from a clone to a first sentence.",
)
app.add_typer(deploy, name="deploy")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Folder = Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="The folder for the files.")]
EngineName = Annotated[str | None, typer.Option("--engine", help="The engine; see 'voxcue engines'.")]
AlignerName = Annotated[
    str | None, typer.Option("--aligner", help="What times the words; see 'voxcue aligners'.")
]
Captions = Annotated[
    str | None,
    typer.Option("--captions", metavar="LIST", help="Some of ass,srt,vtt,json,csv; all by default."),
]
StyleName = Annotated[str | None, typer.Option("--style", help="Look of the captions; see 'voxcue styles'.")]
FontSize = Annotated[
    float | None, typer.Option(help="Height of the type in pixels of the style's video; 24 to 300.")
]


@app.command(
    epilog="Markup: [pause 0.5s] is a pause. Example: voxcue speak -f page.txt -o page --style highlight"
)
def speak(
    text: Annotated[str | None, typer.Argument(help="What to say; '-' reads standard input.")] = None,
    output: Folder = Path("speech"),
    file: Annotated[Path | None, typer.Option("-f", "--file", help="Read the text from a file.")] = None,
    voice: Annotated[
        str | None,
        typer.Option(help="A voice; see 'voxcue voices list'. For an engine that clones also a recording."),
    ] = None,
    voice_text: Annotated[
        str | None,
        typer.Option("--voice-text", help="What is said in that recording; else FILE.txt, or recognised."),
    ] = None,
    engine: EngineName = None,
    aligner: AlignerName = None,
    captions: Captions = None,
    style: StyleName = None,
    font_size: FontSize = None,
    audio_format: Annotated[
        str | None, typer.Option("--format", help="wav, flac, mp3 or opus.", show_default="wav")
    ] = None,
    speed: Annotated[float, typer.Option(help="Pace: 1 is the engine's own, 0.8 a fifth slower.")] = 1.0,
    duration: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="How long the whole lasts, for engines that can be told."),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same audio.")] = 0,
    verify: Annotated[
        str | None,
        typer.Option(
            metavar="off|flag|retry",
            help="Listen to what was said: report doubtful words, or speak those sentences again.",
            show_default="retry for engines that clone, else flag",
        ),
    ] = None,
    attempts: Annotated[
        int | None,
        typer.Option(min=1, max=20, help="How often 'retry' speaks a sentence again.", show_default="3"),
    ] = None,
    json: Json = False,
) -> None:
    """Speak a text: audio, and captions with every word timed."""
    from voxcue.cli.make import speak_command

    speak_command(
        text=text,
        file=file,
        folder=output,
        options={
            "engine": engine,
            "voice": voice,
            "aligner": aligner,
            "speed": speed,
            "seed": seed,
            "voice_text": voice_text,
            "duration": duration,
            "verify": verify,
            "attempts": attempts,
        },
        save={"captions": captions, "style": style, "font_size": font_size, "format": audio_format},
        as_json=json,
    )


@app.command(epilog="Example: voxcue align talk.mp3 talk.txt -o talk --style karaoke-vertical")
def align(
    audio: Annotated[Path, typer.Argument(help="A recording: WAV, FLAC, MP3, OGG, Opus, M4A or a video.")],
    text: Annotated[Path, typer.Argument(help="A file with the words that are said in it.")],
    output: Folder = Path("aligned"),
    aligner: AlignerName = None,
    captions: Captions = None,
    style: StyleName = None,
    font_size: FontSize = None,
    json: Json = False,
) -> None:
    """Time the words of an existing recording: the same caption files, for a text that is known."""
    from voxcue.cli.make import align_command

    save = {"captions": captions, "style": style, "font_size": font_size}
    align_command(audio, text, output, aligner, save, as_json=json)


@app.command()
def preview(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that 'speak' or 'align' filled.")],
    audio: Annotated[Path | None, typer.Option(help="The recording, for a folder made by 'align'.")] = None,
    style: Annotated[str | None, typer.Option(help="Another look; by default that of captions.ass.")] = None,
    json: Json = False,
) -> None:
    """Show the captions as a player will: preview.mp4 with the speech, preview.png with three moments."""
    from voxcue.cli.make import preview_command

    preview_command(folder, audio, style, as_json=json)


@app.command(
    epilog="Limits, storage and API keys are settings: VOXCUE_API_KEYS, VOXCUE_STORAGE, "
    "VOXCUE_MAX_CHARACTERS and their like; docs/server.md lists them."
)
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 is every one.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    uds: Annotated[
        Path | None, typer.Option(metavar="PATH", help="A Unix socket, in place of a port.")
    ] = None,
    insecure: Annotated[
        bool,
        typer.Option("--insecure", help="Let others in without API keys, if they can reach the address."),
    ] = False,
) -> None:
    """Serve the HTTP API, and the studio page to open in a browser."""
    from voxcue.server.run import serve as run_server
    from voxcue.settings import settings

    run_server(settings(), host=host, port=port, uds=uds, insecure=insecure)


@app.command(
    epilog="Run it where a deployment is set up, not when it starts: on a GPU, compiling takes a minute or "
    "two, and is kept beside the models."
)
def warmup(engine: EngineName = None, json: Json = False) -> None:
    """Fetch, load and compile what an engine needs, so that later starts are fast."""
    from voxcue.cli.doctor import warm_up

    warm_up(engine, as_json=json)


@app.command(
    epilog="Needs the extra 'asr'. An engine that clones is given a sample of the embedded one unless "
    "--voice names another."
)
def doctor(
    engine: EngineName = None,
    voice: Annotated[str | None, typer.Option(help="A voice; see 'voxcue voices list'.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="Keep what was spoken.")
    ] = None,
    most: Annotated[
        float, typer.Option("--max-wer", min=0, max=1, help="Share of wrong words that is still well.")
    ] = 0.15,
    deployment: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Explain a sick deployment instead: its voxcue.toml."),
    ] = None,
    json: Json = False,
) -> None:
    """Have an engine speak a paragraph, transcribe it, and print the word error rate."""
    if deployment:
        from voxcue.cli.deploy import doctor as examine

        examine(deployment, job=False, voice=voice, as_json=json)
        return
    from voxcue.cli.doctor import doctor as run_doctor

    run_doctor(engine, voice, output, most, as_json=json)


@app.command()
def engines(json: Json = False) -> None:
    """List the engines: text to audio."""
    lists.engines(as_json=json)


@app.command()
def aligners(json: Json = False) -> None:
    """List the aligners: what times the words."""
    lists.aligners(as_json=json)


@app.command()
def styles(json: Json = False) -> None:
    """List the looks of the ASS captions."""
    lists.styles(as_json=json)


@voices.command("list")
def voices_list(engine: EngineName = None, json: Json = False) -> None:
    """List the voices of an engine, and the reference voices for engines that clone."""
    lists.voices(engine, as_json=json)


@voices.command("add", epilog="Example: voxcue voices add Ada ada.mp3 --text-file ada.txt")
def voices_add(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A recording of one speaker; 5 to 12 s of it are kept.")
    ],
    text: Annotated[
        str | None, typer.Option(help="What is said in the whole recording; recognised, if left out.")
    ] = None,
    text_file: Annotated[
        Path | None, typer.Option("--text-file", metavar="FILE", help="The same, from a file.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="TAG", help="What language is said, as 'de'; guessed by default.")
    ] = None,
    json: Json = False,
) -> None:
    """Keep a voice to clone: only voices that you may use."""
    from voxcue.cli.voices import add

    add(name, file, text, text_file, language, as_json=json)


@voices.command("show")
def voices_show(name: Annotated[str, typer.Argument(help="A reference voice.")], json: Json = False) -> None:
    """Show a reference voice: its length, and what is said in it."""
    from voxcue.cli.voices import show

    show(name, as_json=json)


@voices.command("remove")
def voices_remove(
    name: Annotated[str, typer.Argument(help="A reference voice.")], json: Json = False
) -> None:
    """Remove a reference voice, its recording and all that was made of it."""
    from voxcue.cli.voices import remove

    remove(name, as_json=json)


@storage.command("list")
def storage_list(json: Json = False) -> None:
    """List the results that are stored, the newest first."""
    from voxcue.cli.storage import stored

    stored(as_json=json)


@storage.command("clean")
def storage_clean(
    older_than: Annotated[
        float | None,
        typer.Option(min=0, metavar="DAYS", help="Age of what goes; VOXCUE_RETENTION_DAYS by default."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and keep it.")] = False,
    json: Json = False,
) -> None:
    """Remove old results, and what uploads that broke off have left."""
    from voxcue.cli.storage import clean

    clean(older_than, dry_run=dry_run, as_json=json)


@models.command("list")
def models_list(json: Json = False) -> None:
    """List the models: size, licence, languages, and whether they are here."""
    from voxcue.cli.models import list_models

    list_models(as_json=json)


@models.command("fetch", epilog="Example: voxcue models fetch F5TTS_v1_Base vocos-mel-24khz")
def models_fetch(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="See 'voxcue models list'.")],
    json: Json = False,
) -> None:
    """Fetch models, check them, and print where their files lie; a fetch that broke off goes on."""
    from voxcue.cli.models import fetch

    fetch(names, as_json=json)


@models.command("verify")
def models_verify(
    name: Annotated[str | None, typer.Argument(help="One model; by default all that are here.")] = None,
) -> None:
    """Read every file of the models that are here, and compare its SHA-256."""
    from voxcue.cli.models import verify

    verify(name)


@models.command("remove")
def models_remove(
    name: Annotated[str, typer.Argument(help="See 'voxcue models list'.")],
) -> None:
    """Remove a model, and what a fetch that broke off has left of it."""
    from voxcue.cli.models import remove

    remove(name)


Deployment = Annotated[
    Path, typer.Option("--config", metavar="FILE", help="What should be there; see examples/voxcue.toml.")
]


@deploy.command("runpod", epilog="Nothing is ever deleted. Example: voxcue deploy runpod --dry-run")
def deploy_runpod(
    config: Deployment = Path("voxcue.toml"),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the calls, secrets masked, and change nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Create or change volume and endpoint until they are what the file says; again and again, if need be."""
    from voxcue.cli.deploy import runpod

    runpod(config, dry_run=dry_run, yes=yes, as_json=json)


@deploy.command("status")
def deploy_status(config: Deployment = Path("voxcue.toml"), json: Json = False) -> None:
    """Show what RunPod has of a deployment, and what its workers are doing."""
    from voxcue.cli.deploy import status

    status(config, as_json=json)


@deploy.command("doctor", epilog="Exit status: 0 well, 1 something keeps jobs from being done.")
def deploy_doctor(
    config: Deployment = Path("voxcue.toml"),
    job: Annotated[
        bool, typer.Option("--job", help="Also have a sentence spoken: a worker starts, and is paid for.")
    ] = False,
    voice: Annotated[str | None, typer.Option(help="The voice for it; else the endpoint's own.")] = None,
    json: Json = False,
) -> None:
    """Explain a deployment that is sick, and say what to do next."""
    from voxcue.cli.deploy import doctor as examine

    examine(config, job=job, voice=voice, as_json=json)


@image.command("check", epilog="Example: voxcue image check . --forbid torch")
def image_check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that is built.")] = Path(),
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The Dockerfile; DIR/Dockerfile by default.")
    ] = None,
    forbid: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A distribution that must not be in the image; repeatable."),
    ] = None,
    require: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A distribution that must be in the image; repeatable."),
    ] = None,
    allow: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A module or distribution that may be missing; repeatable."),
    ] = None,
    build_arg: Annotated[
        list[str] | None,
        typer.Option("--build-arg", metavar="NAME=VALUE", help="A build argument; repeatable."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings are errors.")] = False,
    json: Json = False,
) -> None:
    """Find what will break in a Python image before it is built.

    Sources that are missing or ignored, modules that nothing in the image provides, paths that do not exist,
    work in RUN that belongs to run time, secrets. Reads files only. Exit status 1 when something is wrong.
    """
    from voxcue.cli.image import check

    status = check(
        folder,
        file,
        forbid=forbid or (),
        require=require or (),
        allow=allow or (),
        build_arg=build_arg or (),
        strict=strict,
        as_json=json,
    )
    raise typer.Exit(status)


VolumeFolder = Annotated[
    Path | None, typer.Option("--volume", metavar="DIR", help="Where it is; VOXCUE_VOLUME by default.")
]
LockName = Annotated[
    str | None,
    typer.Option("--lock", metavar="LOCK", help="cuda, cpu or a file; VOXCUE_VOLUME_LOCK by default."),
]
ModelNames = Annotated[
    list[str] | None,
    typer.Option("--model", metavar="NAME", help="May be repeated; by default what VOXCUE_ENGINE needs."),
]


@volume.command("setup", epilog="Safe to kill, and to repeat. Example: voxcue volume setup --volume /mnt/vox")
def volume_setup(
    folder: VolumeFolder = None,
    lock: LockName = None,
    model: ModelNames = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, one document a line.")] = False,
) -> None:
    """Build the environment and fetch the weights, or wait for who does."""
    from voxcue.cli.volume import set_up

    set_up(folder, lock, model, as_json=json)


@volume.command("status")
def volume_status(folder: VolumeFolder = None, lock: LockName = None, json: Json = False) -> None:
    """Show what is there, and what is being built."""
    from voxcue.cli.volume import status

    status(folder, lock, as_json=json)


@volume.command("doctor", epilog="Exit status: 0 well, 1 something has to be done.")
def volume_doctor(
    folder: VolumeFolder = None,
    lock: LockName = None,
    model: ModelNames = None,
    deep: Annotated[bool, typer.Option("--deep", help="Read every file, and compare its hash.")] = False,
    json: Json = False,
) -> None:
    """Examine the volume: mount, space, speed, environment, weights, leases; and say what to do."""
    from voxcue.cli.volume import doctor

    if not doctor(folder, lock, model, deep=deep, as_json=json):
        raise typer.Exit(1)


@volume.command("clean", epilog="What a living worker uses stays; to know who lives may take half a minute.")
def volume_clean(
    folder: VolumeFolder = None,
    lock: LockName = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and keep it.")] = False,
    json: Json = False,
) -> None:
    """Remove environments that nobody uses any more, and what dead builders have left."""
    from voxcue.cli.volume import clean

    clean(folder, lock, dry_run=dry_run, as_json=json)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog="On your own machine: voxcue worker --local. Options that begin with --rp_ go to RunPod's SDK.",
)
def worker(
    ctx: typer.Context,
    local: Annotated[
        bool, typer.Option("--local", help="RunPod on this machine: its API, its queue, and workers.")
    ] = False,
    host: Annotated[str, typer.Option(help="With --local: address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --local: 0 takes a free one.")] = 8008,
    workers: Annotated[int, typer.Option(min=1, max=64, help="With --local: how many.")] = 1,
) -> None:
    """Take jobs from RunPod and answer them; the engine runs in a process of its own, from the volume."""
    from voxcue.cli.worker import work

    work(ctx.args, local=local, host=host, port=port, workers=workers)


def _version(wanted: bool) -> None:
    if wanted:
        from voxcue import __version__

        sys.stdout.write(f"voxcue {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def run() -> None:
    """Run the command line."""
    signal.signal(signal.SIGTERM, _terminated)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that lacks a character is no reason to fail
            stream.reconfigure(errors="backslashreplace")
    app()


def _terminated(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)
