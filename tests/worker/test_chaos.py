"""Many jobs while layer 2 is killed at random: each is answered once, none is lost.

VOXCUE_TEST_JOBS sets how many.
"""

from __future__ import annotations

import os
import random
import signal
from contextlib import suppress
from pathlib import Path

from tests.worker.runs import children, running, wait_for

JOBS = int(os.environ.get("VOXCUE_TEST_JOBS", "100"))


def test_every_job_is_answered_once(tmp_path: Path) -> None:
    dice = random.Random(11)
    with running(tmp_path, VOXCUE_WORKER_CRASHES="1000") as worker:
        worker.ask(text="Ready.", captions=[])
        jobs = [
            worker.run(text=f"Job number {number}.", captions=[], format="opus") for number in range(JOBS)
        ]
        kills = 0
        for number in range(JOBS // 25):
            goal = (number + dice.random()) * 25
            wait_for(lambda goal=goal: sum(worker.plane.answers.values()) - 1 >= goal, 300)  # type: ignore[misc]
            with suppress(IndexError, ProcessLookupError):
                os.kill(children(worker.process.pid)[0], dice.choice([signal.SIGKILL, signal.SIGSEGV]))
                kills += 1
        ends = [worker.done(job, 300) for job in jobs]
        assert kills > 0
        assert [each["status"] for each in ends if each["status"] not in {"COMPLETED", "FAILED"}] == []
        failed = [each["error"] for each in ends if each["status"] == "FAILED"]
        assert all("[layer2-crashed]" in error for error in failed)
        assert len(failed) <= kills
        assert [worker.plane.answers[job] for job in jobs] == [1] * JOBS
