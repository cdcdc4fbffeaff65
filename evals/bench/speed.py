"""How quick a question is over a filled store, and what the process holds in memory.

`python -m evals.bench.speed` fills a store with 10,000 sentences of real reports, asks the exercise questions and
prints p50 and p95 of the whole answer, warm, the time until the page answers, and peak memory.
"""

import contextlib
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from evals.bench.corpora import exercise, shared
from evals.bench.table import Row, print_table
from ingest.settings import load_settings
from rag.service import Yardstick

SENTENCES = 10_000


def fill(store: Path) -> int:
    """Ingest exercise briefings and reports until the store holds SENTENCES; how many it holds."""
    service = Yardstick(load_settings(store))
    files = [*sorted(shared("briefings/a").glob("*.md")), *sorted(shared("real/crs/markdown").rglob("*.md"))]
    count = 0
    for file in files:
        count += sum(outcome.sentences for outcome in service.library.add([file]))
        if count >= SENTENCES:
            break
    return count


def latencies(store: Path) -> tuple[list[float], float]:
    """Seconds of each question, warm, and the process's peak memory in GB."""
    service = Yardstick(load_settings(store))
    service.warm()
    _, questions = exercise("a")
    seconds = []
    for asked in questions:
        started = time.perf_counter()
        service.ask(asked.text)
        seconds.append(time.perf_counter() - started)
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def page_seconds(store: Path) -> float:
    """Seconds from starting app.py to its page being served."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = time.perf_counter()
    command = [sys.executable, "app.py", "--port", str(port), "--store", str(store)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while time.perf_counter() - started < 120:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return time.perf_counter() - started
            time.sleep(0.05)
        return float("inf")
    finally:
        server.terminate()
        server.wait()


def _apart(step: str, store: Path) -> list[float]:
    """Run a step in a process of its own, so that its memory is its own."""
    done = subprocess.run(
        [sys.executable, "-m", "evals.bench.speed", step, str(store)], check=True, capture_output=True, text=True
    )
    return [float(word) for word in done.stdout.split()]


def main() -> int:
    """Fill, ask, measure; or, with a step and a store, that step alone."""
    if len(sys.argv) == 3:
        seconds, memory = latencies(Path(sys.argv[2]))
        print(memory, *seconds)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder)
        count = fill(store)
        memory, *seconds = _apart("ask", store)
        page = statistics.median(page_seconds(store) for _ in range(3))
    median, late = statistics.median(seconds), statistics.quantiles(seconds, n=20)[18]
    print(f"{count} sentences, {len(seconds)} questions, {os.cpu_count()} cores")
    return print_table(
        [
            Row("question, warm, p50 (seconds)", f"{median:.3f}", -0.060, -median),
            Row("question, warm, p95 (seconds)", f"{late:.3f}", -0.150, -late),
            Row("page reachable, median of 3 (seconds)", f"{page:.2f}", -6.0, -page),
            Row("peak memory while asking (GB)", f"{memory:.2f}", -1.2, -memory),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
