"""From files to the store: read, embed and store at the same time, group by group, one outcome a file."""

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Literal, TypeVar

from ingest.briefing import Briefing
from ingest.chroma import batches
from ingest.embedding import Embedder, SentenceVectors
from ingest.errors import Reason, UnreadableFile
from ingest.formats import extract
from ingest.passages import Passage, passages_of
from ingest.settings import Settings
from ingest.source import find_files, read_source
from ingest.store import Store
from ingest.structure import build_briefing

Status = Literal["added", "updated", "unchanged", "duplicate", "failed"]
Item = TypeVar("Item")

# Enough sentences for batches of even length, few enough that Ctrl-C and a killed process lose little.
GROUP_SENTENCES = 1000
GROUP_FILES = 64
# Passages embedded between two reports of progress; sorted by length, little of them is padded.
PORTION = 128

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file; `reason` and `message` say why where it failed."""

    name: str
    status: Status
    briefing_id: str | None = None
    sentences: int = 0
    warnings: tuple[str, ...] = ()
    reason: Reason | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is: `passages` counts the sentences read so far; `outcome` is that of a file that is done."""

    files_done: int
    files: int
    passages_done: int
    passages: int
    seconds: float
    outcome: Outcome | None = None

    @property
    def passages_per_second(self) -> float:
        """The rate so far."""
        return self.passages_done / self.seconds if self.seconds > 0 else 0.0


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class _Read:
    """One file read: its outcome once stored, its absolute name, and what is to be stored if it is new."""

    outcome: Outcome
    source: str
    briefing: Briefing | None = None
    passages: tuple[Passage, ...] = ()


def ingest(
    paths: Sequence[Path],
    store: Store,
    embedder: Embedder,
    settings: Settings,
    on_progress: OnProgress = lambda _: None,
) -> tuple[Outcome, ...]:
    """Read files, folders and globs into the store; one outcome a file, in the order read, failures included.

    An interrupt stops the reading; what was read whole by then is kept. Raises YardstickError where the store cannot be
    written.
    """
    run = _Run(tuple(find_files(paths)), embedder, on_progress)
    with store.writing(), ThreadPoolExecutor(1) as writer:
        reader = _Reader(store, embedder, settings)
        before: Future[list[_Read]] | None = None
        for group in _ahead(_groups(reader.read(path) for path in run.files)):
            vectors = run.embed(group)
            run.report(before.result() if before else [])
            before = writer.submit(_write, store, group, vectors)
        run.report(before.result() if before else [])
    return tuple(run.outcomes)


class _Reader:
    """Reads files one by one, knowing what the store holds and what this run has read before."""

    def __init__(self, store: Store, embedder: Embedder, settings: Settings) -> None:
        self._embedder = embedder
        self._limit = settings.max_file_bytes
        entries = store.entries().values()
        self._ids = {entry.sha256: entry.briefing_id for entry in entries}
        self._held = {source: entry.sha256 for entry in entries for source in entry.sources}

    def read(self, path: Path) -> _Read:
        """What is in a file; whatever is wrong with it is in the outcome."""
        name = str(path)
        try:
            return self._read(path)
        except UnreadableFile as exc:
            failed = Outcome(name, "failed", reason=exc.reason, message=f"{exc.what}. {exc.advice}")
        # A file made to trip a parser must not take the others with it.
        except (
            ArithmeticError,
            AttributeError,
            LookupError,
            MemoryError,
            OSError,
            RuntimeError,
            TypeError,
            ValueError,
        ) as exc:
            logger.exception("reading a file failed")
            what = f"could not be understood ({type(exc).__name__}: {exc})"
            advice = "Save it in another format, as DOCX or TXT, and add that"
            failed = Outcome(name, "failed", reason="damaged", message=f"{what}. {advice}")
        return _Read(failed, name)

    def _read(self, path: Path) -> _Read:
        file = read_source(path, self._limit)
        source = os.path.abspath(path)  # noqa: PTH100 - resolve() would name what a link points to
        before, known = self._held.get(source), self._ids.get(file.sha256)
        if before == file.sha256:
            return _Read(Outcome(str(path), "unchanged", known), source)
        if known:
            self._note(source, file.sha256, known)
            return _Read(Outcome(str(path), "duplicate", known), source)
        briefing = replace(build_briefing(file, *extract(file)), sources=(source,))
        if not briefing.sentences:
            raise UnreadableFile(
                str(path), "no_text", "holds no sentence", "Check that it is the right file, and complete"
            )
        passages = tuple(passages_of(briefing, self._embedder.count_tokens))
        self._note(source, file.sha256, briefing.id)
        status: Status = "updated" if before else "added"
        outcome = Outcome(str(path), status, briefing.id, len(briefing.sentences), briefing.warnings)
        return _Read(outcome, source, briefing, passages)

    def _note(self, source: str, sha256: str, briefing_id: str) -> None:
        before = self._held.get(source)
        self._held[source] = sha256
        if before and before not in self._held.values():
            del self._ids[before]
        self._ids[sha256] = briefing_id


class _Run:
    """One ingest: what is done of it, and telling so."""

    def __init__(self, files: tuple[Path, ...], embedder: Embedder, on_progress: OnProgress) -> None:
        self.files = files
        self.outcomes: list[Outcome] = []
        self._embedder = embedder
        self._on_progress = on_progress
        self._started = time.perf_counter()
        self._embedded = self._seen = 0
        self._tell()

    def embed(self, group: Sequence[_Read]) -> list[list[SentenceVectors]]:
        """The vectors of each briefing of a group, sentence by sentence."""
        passages = [passage for read in group for passage in read.passages]
        self._seen += sum(len(passage.texts) for passage in passages)
        embedded: list[list[SentenceVectors]] = []
        for portion in batches(passages, PORTION):
            embedded += self._embedder.embed_passages(portion)
            self._embedded += sum(len(passage.texts) for passage in portion)
            self._tell()
        rest = iter(embedded)
        return [list(chain.from_iterable(islice(rest, len(read.passages)))) for read in group]

    def report(self, stored: Sequence[_Read]) -> None:
        """Tell the outcomes of files that are stored now."""
        for read in stored:
            self.outcomes.append(read.outcome)
            self._tell(read.outcome)

    def _tell(self, outcome: Outcome | None = None) -> None:
        done, seconds = len(self.outcomes), time.perf_counter() - self._started
        self._on_progress(Progress(done, len(self.files), self._embedded, self._seen, seconds, outcome))


def _write(store: Store, group: Sequence[_Read], vectors: Sequence[Sequence[SentenceVectors]]) -> list[_Read]:
    """Store a group in the order of its files; the group, once it is stored."""
    for is_new, members in groupby(zip(group, vectors, strict=True), key=lambda pair: pair[0].briefing is not None):
        if is_new:
            store.add_all([(read.briefing, found) for read, found in members if read.briefing])
            continue
        for read, _ in members:
            if read.outcome.status == "duplicate" and read.outcome.briefing_id:
                store.add_source(read.outcome.briefing_id, read.source)
    return list(group)


def _groups(reads: Iterable[_Read]) -> Iterator[list[_Read]]:
    group: list[_Read] = []
    for read in reads:
        group.append(read)
        if len(group) >= GROUP_FILES or sum(each.outcome.sentences for each in group) >= GROUP_SENTENCES:
            yield group
            group = []
    if group:
        yield group


def _ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The items, each made in another thread while the one before is worked on."""
    with ThreadPoolExecutor(1) as maker:
        coming: Future[Item | None] = maker.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = maker.submit(next, items, None)
            yield item
