"""Ten minutes of speech with captions in every format, beside hibari alone on the same sentences and cores.

Both are whole processes, start to exit, and write a WAV. The physical limit is hibari's own arithmetic:
a ratio below 1 comes from speaking two sentences at once.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import wave
from itertools import product
from pathlib import Path

from common import PAGE_MINUTES, figure, pages, run, side_by_side, voxcue
from voxcue.text import parse

_ALONE = """
import json, sys
import numpy as np
from hibari import Hibari, write_wav
sentences = json.load(open(sys.argv[1], encoding="utf-8"))
speak = Hibari(threads=int(sys.argv[3]))
write_wav(sys.argv[2], np.concatenate([speak(sentence) for sentence in sentences]))
"""


def align_a_recording(folder: Path, minutes: float) -> None:
    """How fast `voxcue align` is on a recording of so many minutes, and the memory that it takes."""
    text = folder / "said.txt"
    text.write_text(pages(minutes), encoding="utf-8")
    run(voxcue("speak", "-f", str(text), "-o", str(folder / "said")))
    audio = folder / "said" / "speech.wav"
    seconds, mib = run(voxcue("align", str(audio), str(text), "-o", str(folder / "aligned")))
    with wave.open(str(audio)) as made:
        speech = made.getnframes() / made.getframerate()
    figure("align a recording", speech_seconds=speech, times_real_time=speech / seconds, peak_mib=mib)


def main() -> None:
    """Print the figures, for one core and for all of them."""
    text = pages(10)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "text.txt").write_text(text, encoding="utf-8")
        spoken = [utterance.spoken for utterance in parse(text).utterances]
        (folder / "sentences.json").write_text(json.dumps(spoken), encoding="utf-8")
        ours = voxcue("speak", "-f", str(folder / "text.txt"), "-o", str(folder / "out"), "--verify")
        every = len(os.sched_getaffinity(0))
        for cores, verify in product(sorted({1, every}), ("off", "flag")):
            alone = [sys.executable, "-c", _ALONE, str(folder / "sentences.json"), str(folder / "alone.wav")]
            seconds, hibari = side_by_side([*ours, verify], [*alone, str(cores)], runs=5, cores=cores)
            with wave.open(str(folder / "out" / "speech.wav")) as made:
                speech = made.getnframes() / made.getframerate()
            figure(
                "ten minutes of speech, all captions",
                cores=cores,
                verify=verify,
                speech_seconds=speech,
                seconds=seconds,
                hibari_alone_seconds=hibari,
                ratio=seconds / hibari,
                aim_ratio=2.0,
                times_real_time=speech / seconds,
            )
        short = [run(voxcue("speak", "Hello there.", "-o", str(folder / "short")))[0] for _ in range(5)]
        figure("one short sentence, whole process", seconds=statistics.median(short))
        for minutes in (PAGE_MINUTES, 4 * PAGE_MINUTES, 60):
            align_a_recording(folder, minutes)


if __name__ == "__main__":
    main()
