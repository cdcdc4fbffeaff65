"""An ingest killed at any moment leaves a store that readers can trust and that the next ingest makes whole."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
import pytest
from chromadb.api.shared_system_client import SharedSystemClient

from ingest.checking import check
from ingest.embedding import Embedder
from ingest.settings import load_settings
from ingest.store import open_store

KILLS = 12

# Loads the model once and then forks a process for each ingest, so that a run takes a second and not five. The store is
# opened in the forked processes alone, and with one thread there is no pool of threads for fork to lose.
FORKS = """
import os, sys
from pathlib import Path
import chromadb
from ingest import pipeline
from ingest.__main__ import main
from ingest import embedding
from ingest.settings import load_settings
pipeline.GROUP_SENTENCES = 12
model = embedding._load(None, False)
embedding._load = lambda *_: model
print("ready", flush=True)
for line in sys.stdin:
    pid = os.fork()
    if not pid:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os._exit(main(line.split()))
    print(pid, flush=True)
    print(os.waitpid(pid, 0)[1], flush=True)
"""

READER = """
import json, sys, threading, time
from pathlib import Path
import numpy as np
from ingest.embedding import Embedder
from ingest.settings import load_settings
from ingest.store import open_store

settings = load_settings(Path(sys.argv[1]))
store = open_store(settings, Embedder(settings))
vector = np.ones(384, dtype=np.float32) / 384 ** 0.5
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
looks, seen, faults = 0, set(), []
print("ready", flush=True)
while not stop.is_set():
    # Without end, and yet not taking the time that the ingests need.
    time.sleep(0.01)
    version = store.version()
    found = {briefing.id: briefing for briefing in store.briefings()}
    hits = [(hit.briefing_id, hit.sentence) for hit in store.nearest(vector, 10_000)]
    if store.version() != version:
        continue
    looks += 1
    seen.add(version)
    whole = [(briefing.id, place) for briefing in found.values() for place in range(len(briefing.sentences))]
    if sorted(hits) != sorted(whole):
        faults.append(f"{len(hits)} sentences found, {len(whole)} in {len(found)} briefings")
    if len({briefing.sources for briefing in found.values()}) != len(found):
        faults.append("two versions of one file at a time")
print(json.dumps({"looks": looks, "versions": len(seen), "faults": faults}))
"""

MATTERS = ("quay", "tariff", "census", "ferry", "reservoir", "tramway", "herring", "archive")


def write_files(folder: Path, edition: int) -> None:
    """Eight briefings that differ with the edition, and a ninth file that holds the same as the first."""
    folder.mkdir(exist_ok=True)
    for number, matter in enumerate(MATTERS):
        lines = [
            f"# The {matter} question, part {number}",
            "By Ada Okoro",
            f"{number + 1} March 2026",
            "## Outlook",
            f"The council is likely to settle the {matter} dispute in round {edition + number}.",
            f"A walkout over the {matter} is highly unlikely before week {edition * 3 + 4}.",
            f"There is a remote chance that the {matter} plan is dropped.",
        ]
        (folder / f"{matter}.md").write_text("\n\n".join(lines[: 6 + (edition + number) % 2]), encoding="utf-8")
    (folder / "quay-copy.md").write_bytes((folder / "quay.md").read_bytes())


class Forks:
    """Runs `python -m ingest` in forked processes."""

    def __init__(self, repository: Path) -> None:
        environment = os.environ | {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", FORKS], cwd=repository, env=environment, stdin=-1, stdout=-1, text=True
        )
        assert self._line() == "ready"

    def start(self, *arguments: str) -> int:
        assert self._process.stdin
        self._process.stdin.write(" ".join(arguments) + "\n")
        self._process.stdin.flush()
        return int(self._line())

    def status(self) -> int:
        return int(self._line())

    def close(self) -> None:
        self._process.communicate(timeout=20)

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


@pytest.fixture(scope="module")
def forks(repository: Path) -> Iterator[Forks]:
    started = Forks(repository)
    yield started
    started.close()


def contents(store: Path) -> tuple[Any, dict[str, Any]]:
    """Everything that a store holds, but for keys and times; and the vectors, as one array for each place."""
    settings = load_settings(store)
    embedder = Embedder(settings)
    opened = open_store(settings, embedder)
    assert check(opened, embedder) == []
    # A client keeps its vectors in memory, and this process may have one from before.
    SharedSystemClient.clear_system_cache()
    client = chromadb.PersistentClient(str(store / "chroma"))
    collections = {collection.name: collection.count() for collection in client.list_collections()}
    passages = client.get_collection("passages", embedding_function=None).get(include=["embeddings"])
    vectors = dict(zip(passages["ids"], np.asarray(passages["embeddings"]), strict=True))
    held, arrays = {}, {}
    for entry in opened.entries().values():
        briefing = opened.briefing(entry.briefing_id)
        places = range(entry.sentences)
        held[entry.briefing_id] = (briefing, sorted(entry.sources))
        tokens = opened.tokens([(entry.briefing_id, place) for place in places])
        for place, matrix in zip(places, tokens, strict=True):
            arrays[f"{entry.briefing_id}:{place}"] = matrix.astype(np.int16)
            arrays[f"{entry.briefing_id}:{place} vector"] = vectors.pop(f"{entry.key}:{place}")
    assert not vectors
    files = len(list((store / "tokens").glob("*/*")))
    return (collections, files, held), arrays


def alike(found: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Whether all vectors are the same but for rounding, which differs with what else was in a batch."""
    return found.keys() == expected.keys() and all(
        array.shape == expected[place].shape
        and np.abs(array - expected[place]).max() <= (2 if array.dtype == np.int16 else 0.005)
        for place, array in found.items()
    )


@pytest.mark.slow
def test_a_killed_ingest_is_made_whole_by_the_next(forks: Forks, tmp_path: Path, repository: Path) -> None:
    files, store = tmp_path / "files", tmp_path / "store"
    arguments = (str(files), "--store", str(store), "--json")
    expected, longest = [], 0.0
    for edition in range(2):
        # The undisturbed runs: the second one updates what the first one stored.
        write_files(files, edition)
        forks.start(*arguments)
        started = time.perf_counter()
        assert forks.status() == 0
        longest = max(longest, time.perf_counter() - started)
        expected.append(contents(store))

    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(store)], cwd=repository, stdin=-1, stdout=-1, text=True
    )
    assert reader.stdout
    assert reader.stdout.readline() == "ready\n"
    moments = [longest * (place + random.random()) / KILLS for place in range(KILLS)]
    random.shuffle(moments)
    killed = 0
    for number, moment in enumerate(moments):
        write_files(files, number % 2)
        pid = forks.start(*arguments)
        time.sleep(moment)
        # One that was done before its moment came is left as it is.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        killed += forks.status() == signal.SIGKILL
        forks.start(*arguments)
        assert forks.status() == 0
        held, arrays = contents(store)
        when = f"killed after {moment:.3f} s of {longest:.3f} s"
        assert held == expected[number % 2][0], when
        assert alike(arrays, expected[number % 2][1]), f"other vectors; {when}"
    told = json.loads(reader.communicate("", timeout=30)[0])
    assert reader.returncode == 0
    assert told["faults"] == []
    assert told["versions"] > KILLS
    # On a busy machine an undisturbed run took longer than most of those that were to be killed.
    assert killed >= KILLS / 2
