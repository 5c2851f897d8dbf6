"""A worker that sets a volume up, for tests: says where it is, and can be held up at any place of a build.

builder.py ROOT LOCK STOP MODELS: STOP is "" or "STAGE:before" or "STAGE:after", where it stops until it is
killed, or the file ROOT.go is there. MODELS are names, separated by commas.
"""

import json
import sys
import time
from pathlib import Path

from voxcue.errors import VoxcueError
from voxcue.volume import Progress, Rhythm, Volume, building


def main(root: Path, lock: Path, stop: str, models: list[str]) -> None:
    say(event="begun")
    if stop:
        held, _, place = stop.partition(":")
        hold_up(held, place, root.with_name(f"{root.name}.go"))
    stage = ""

    def report(progress: Progress) -> None:
        nonlocal stage
        if stage != (told := f"{progress.stage} {progress.builder}"):
            stage = told
            say(event="stage", stage=progress.stage, builder=progress.builder, text=str(progress))

    began = time.perf_counter()
    try:
        found = Volume(root, Rhythm(beat=0.1, expiry=1.0)).set_up(lock, models, report)
    except VoxcueError as error:
        say(event="error", code=error.code, message=error.message)
        sys.exit(1)
    say(event="ready", key=found.key, seconds=round(time.perf_counter() - began, 2))


def hold_up(stage: str, place: str, go: Path) -> None:
    def wrapped(name: str, work: building.Stage) -> building.Stage:
        def held(build: building.Build) -> None:
            if place == "after":
                work(build)
            say(event="stopped", stage=name)
            while not go.exists():
                time.sleep(0.01)
            if place == "before":
                work(build)

        return held if name == stage else work

    building.STAGES = tuple((name, wrapped(name, work)) for name, work in building.STAGES)


def say(**told: object) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], [name for name in sys.argv[4].split(",") if name])
