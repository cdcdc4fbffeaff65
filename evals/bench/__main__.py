"""Every benchmark, one after the other: prints their tables and writes docs/benchmarks.md.

`python -m evals.bench [NAME...]` runs all or the named ones; the file is written when all ran.
"""

import os
import platform
import subprocess
import sys
from datetime import date
from pathlib import Path

BENCHES = {
    "structure": "Reading: structure of the exercise briefings and of a scraped page",
    "formats": "Reading: one briefing in six formats, and reports that exist as Markdown and PDF",
    "wording": "Estimative language: judgements read, claims checked, false alarms",
    "verified": "Chat models: what a model that errs on purpose gets past the check, and what the check costs",
    "drafts": "Drafts: wording, coverage, time",
    "answers": "Answers: quotes, retrieval, abstention, citations",
    "search": "Search: SciFact",
    "speed": "Speed of a question, of the page, and memory",
    "ingest_rate": "Speed of ingest against LangChain's usual pipeline",
}


def machine() -> str:
    """The machine in one line."""
    from ingest.embedding import precision_name

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{_processor()}, {cores} cores, {platform.system()}, Python {platform.python_version()}, {precision_name()}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def main() -> int:
    """Run the benchmarks; 1 if any missed a bar."""
    names = sys.argv[1:] or list(BENCHES)
    parts, failed = [], []
    for name in names:
        command = [sys.executable, "-m", f"evals.bench.{name}"]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        print(f"## {BENCHES[name]}\n\n{done.stdout}", flush=True)
        parts.append(f"## {BENCHES[name]}\n\n`python -m evals.bench.{name}`\n\n{done.stdout.strip()}\n")
        if done.returncode:
            failed.append(name)
    if names == list(BENCHES):
        head = f"# Benchmarks\n\nWritten by `make bench` on {date.today()}. Machine: {machine()}.\n"
        Path("docs/benchmarks.md").write_text("\n".join([head, *parts]), encoding="utf-8")
    if failed:
        print(f"Missed a bar or could not run: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
