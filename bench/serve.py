"""The HTTP path against the pipeline in process: latency, first audio, throughput, memory.

    python bench/serve.py [--requests 10000]

Each comparison runs both sides in one run; a request that fails ends the run. The limit of throughput is the
engine itself: its utterances per second on all cores, in process, without HTTP, files or captions.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from tests.server.process import Server, serving  # noqa: E402
from tests.server.sse import events  # noqa: E402

from common import figure, pages  # noqa: E402
from voxcue.engines import SynthesisRequest  # noqa: E402
from voxcue.engines.hibari import HibariEngine  # noqa: E402
from voxcue.pipeline import SaveOptions, SpeakOptions, plan, speak_to  # noqa: E402

SENTENCE = "The doors open at seven thirty, and the tickets are three dollars fifty."
CLIENTS = 50


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def timed(work: Callable[[], Any]) -> float:
    """Seconds that a call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def in_process(folder: Path) -> None:
    """The same work as one request: speak, write audio and all captions."""
    speak_to(folder, plan(SENTENCE, SpeakOptions()), SaveOptions().checked())


def overhead(server: Server, runs: int) -> None:
    """One client: the same sentence over HTTP and in process, in turn."""
    with server.client() as client, tempfile.TemporaryDirectory() as folder:
        for _ in range(5):
            in_process(Path(folder))
            ask(client)
        pairs = [(timed(lambda: in_process(Path(folder))), timed(lambda: ask(client))) for _ in range(runs)]
    here, there = zip(*pairs, strict=True)
    figure(
        "http overhead, 1 client, ms",
        p50=1000 * (statistics.median(there) - statistics.median(here)),
        p99=1000 * (percentile(there, 0.99) - percentile(here, 0.99)),
        in_process_p50=1000 * statistics.median(here),
        http_p50=1000 * statistics.median(there),
        runs=runs,
    )


def many(server: Server, runs: int) -> None:
    """50 clients at once over HTTP, then 50 threads at once in process, which share the cores alike."""
    with httpx.Client(base_url=server.url, timeout=120, trust_env=False) as client:
        there, seconds = crowd(lambda: ask(client), runs)
    with tempfile.TemporaryDirectory() as folder:
        here, seconds_here = crowd(lambda: in_process(Path(tempfile.mkdtemp(dir=folder))), runs)
    figure(
        "http overhead, 50 clients, ms",
        p50=1000 * (statistics.median(there) - statistics.median(here)),
        p99=1000 * (percentile(there, 0.99) - percentile(here, 0.99)),
        in_process_p50=1000 * statistics.median(here),
        http_p50=1000 * statistics.median(there),
        requests_per_second=runs / seconds,
        in_process_per_second=runs / seconds_here,
    )


def crowd(work: Callable[[], Any], runs: int) -> tuple[list[float], float]:
    """The seconds of each of ``runs`` calls from 50 threads, and of all together."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        each = list(pool.map(lambda _: timed(work), range(runs)))
    return each, time.perf_counter() - begun


def ask(client: httpx.Client, text: str = SENTENCE, delivery: str = "url") -> dict[str, Any]:
    """One request that must succeed."""
    answer = client.post("/v1/speech", json={"text": text, "delivery": delivery})
    answer.raise_for_status()
    reply: dict[str, Any] = answer.json()
    return reply


def first_audio(server: Server, runs: int) -> None:
    """Until the first segment of a ten-minute text is in the client's hands."""
    text = pages(10)
    firsts = []
    for _ in range(runs):
        begun = time.perf_counter()
        with (
            server.client() as client,
            client.stream(
                "POST", "/v1/speech", json={"text": text}, headers={"Accept": "text/event-stream"}
            ) as answer,
        ):
            for name, _ in events(answer.iter_lines()):
                if name == "segment":
                    firsts.append(time.perf_counter() - begun)
                    break
    figure("first audio of ten minutes, s", p50=statistics.median(firsts), worst=max(firsts), aim=0.5)


def throughput(server: Server) -> None:
    """50 clients with one utterance each, one client after another, and the engine alone."""
    sentences = [each.spoken for each in plan(pages(2.4), SpeakOptions()).script.utterances]
    texts = (sentences * 3)[: CLIENTS * 2]
    with httpx.Client(base_url=server.url, timeout=120, trust_env=False) as client:
        seconds_of = {}
        for name in ("one after another", "50 clients", "one after another, again", "50 clients, again"):
            if name.startswith("50"):
                begun = time.perf_counter()
                with ThreadPoolExecutor(CLIENTS) as pool:
                    replies = list(pool.map(lambda text: ask(client, text), texts))
            else:
                begun = time.perf_counter()
                replies = [ask(client, text) for text in texts]
            seconds_of[name] = time.perf_counter() - begun
        speech = sum(reply["duration"] for reply in replies)
        whole = timed(lambda: ask(client, " ".join(texts)))
    engine = HibariEngine()
    prompt = engine.prepare("heart")
    wanted = [
        SynthesisRequest(utterance, prompt)
        for text in texts
        for utterance in plan(text, SpeakOptions()).script.utterances
    ]
    alone = timed(lambda: [None for _ in engine.synthesize(wanted)])
    one = min(seconds_of["one after another"], seconds_of["one after another, again"])
    fifty = min(seconds_of["50 clients"], seconds_of["50 clients, again"])
    figure(
        "throughput, times real time",
        one_after_another=speech / one,
        fifty_clients=speech / fifty,
        one_request_with_all=speech / whole,
        engine_alone=speech / alone,
        fifty_over_one=one / fifty,
        share_of_engine=alone / fifty,
        engine=engine.name,
    )


def memory(server: Server, requests: int) -> None:
    """Resident memory after 500 requests and after all of them, from 8 clients."""
    after: dict[int, float] = {}
    done = 0
    with (
        httpx.Client(base_url=server.url, timeout=120, trust_env=False) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        for stop in (500, requests):
            wanted = stop - done
            list(pool.map(lambda number: ask(client, _number(number), "inline"), range(done, stop)))
            done += wanted
            time.sleep(1)
            after[stop] = resident(server.pid)
    figure(
        "memory of the server, MiB",
        after_500=after[500],
        after_all=after[requests],
        ratio=after[requests] / after[500],
        requests=requests,
        aim=1.05,
    )


def _number(number: int) -> str:
    """Another text each time, but all of a length: a longer one would need more memory by itself."""
    return f"Number {1000 + number * 7919 % 9000}."


def resident(pid: int) -> float:
    """Resident MiB of a process (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def main() -> None:
    """Run them all against one server after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000, help="of the memory figure")
    requests = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), VOXCUE_MAX_RUNNING="16") as server:
        overhead(server, 200)
        many(server, 400)
        first_audio(server, 10)
        throughput(server)
        memory(server, requests)


if __name__ == "__main__":
    main()
