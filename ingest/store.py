"""The store: briefings, their sentences' vectors and their tokens, each briefing there as a whole or not at all.

A briefing is written under a key of its own: first a record that says it is pending, then its text and vectors, and at
last, in one write, the record that makes it visible, those of the versions it replaces, and the store's new version.
What a killed writer leaves is known by its pending record, and the next writer clears it away.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain

from filelock import FileLock, Timeout

from ingest.briefing import Briefing
from ingest.chroma import Chroma, Floats, Record, batches
from ingest.embedding import Embedder, SentenceVectors, Tokens
from ingest.errors import YardstickError
from ingest.passages import passages_of
from ingest.record import STATE, Entry, State, briefing_of, entry_of, entry_record, new_entry, state_of
from ingest.settings import Settings
from ingest.tokens import TokenFiles

BRIEFINGS, TEXTS, PASSAGES = "briefings", "texts", "passages"
OVERFETCH = 32
NARROW = 8
# On a server other writers may be at work: only what is older than any ingest of a group of files is a leftover there.
SERVER_PATIENCE = 3600

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hit:
    """A stored sentence (its place in `Briefing.sentences`) and its cosine with what was searched."""

    briefing_id: str
    sentence: int
    score: float


class Store:
    """The briefings of one store; safe to use from several threads. Made by `open_store`."""

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        self._settings = settings
        self._embedder = embedder
        self.chroma = Chroma(settings.store / "chroma", settings.chroma_url)
        self._tokens = TokenFiles(settings.store / "tokens")
        self._file_lock = FileLock(settings.store / "lock", thread_local=False)
        self._turn = threading.RLock()
        self._depth = 0
        self._swept = False
        self._searchable = ""
        self._entries: tuple[str, dict[str, Entry]] = ("", {})
        self._briefings: dict[str, Briefing] = {}

    def state(self) -> State | None:
        """What the store says of itself; None while nothing was ever written."""
        if not self.chroma.exists():
            return None
        found = self.chroma.get(BRIEFINGS, [STATE])
        return state_of(found[0]) if found else None

    def version(self) -> str:
        """A token that changes with every briefing added or removed, by whichever process."""
        state = self.state()
        return state.version if state else ""

    def entries(self) -> dict[str, Entry]:
        """The record of every visible briefing, by briefing id; without its text."""
        return self._entries_at(self.version())

    def _entries_at(self, version: str) -> dict[str, Entry]:
        if self._entries[0] != version:
            found = map(entry_of, self.chroma.get(BRIEFINGS, where={"status": "ready"}))
            self._entries = (version, {entry.briefing_id: entry for entry in found})
        return self._entries[1]

    def briefings(self) -> tuple[Briefing, ...]:
        """Every briefing, in the order of their ids."""
        entries = sorted(self.entries().values(), key=lambda entry: entry.briefing_id)
        missing = [entry.key for entry in entries if entry.key not in self._briefings]
        loaded = {key: briefing for keys in batches(missing) for key, briefing in self._load(keys).items()}
        known = self._briefings | loaded
        # One that went between the two reads is left out.
        self._briefings = {entry.key: known[entry.key] for entry in entries if entry.key in known}
        return tuple(replace(known[entry.key], sources=entry.sources) for entry in entries if entry.key in known)

    def briefing(self, briefing_id: str) -> Briefing:
        """One briefing; raises YardstickError where there is none of this id."""
        entry = self.entry(briefing_id)
        found = self._briefings.get(entry.key) or self._load([entry.key]).get(entry.key)
        if found is None:
            raise YardstickError(f"{briefing_id}: this briefing was removed a moment ago. Ask again.")
        return replace(found, sources=entry.sources)

    def nearest(self, vector: Floats, k: int, briefing_ids: Sequence[str] | None = None) -> list[Hit]:
        """The k sentences nearest to a vector, best first; of these briefings only, if named."""
        state = self.state()
        entries = self._entries_at(state.version) if state else {}
        chosen = entries.values() if briefing_ids is None else [entries[i] for i in briefing_ids if i in entries]
        names = {entry.key: entry.briefing_id for entry in chosen}
        if state is None or not names:
            return []
        self._follow(state)
        most, total = (sum(entry.sentences for entry in some) for some in (chosen, entries.values()))
        # Where much passes the filter, Chroma is quicker without it: 7 ms against 50 ms at half of 10,000 sentences.
        narrow = most * NARROW < total
        where = {"key": {"$in": list(names)}} if narrow else None
        enough = min(k, most)
        count, hits = enough if narrow else enough * total // most, list[Hit]()
        while len(hits) < enough:
            # Sentences of a version about to come or just gone are found too, and left out.
            count = 2 * count + OVERFETCH
            found = self.chroma.nearest(state.passages, vector, count, where)
            places = [(id.partition(":"), score) for id, score in found]
            hits = [Hit(names[key], int(place), score) for (key, _, place), score in places if key in names]
            if len(found) < count:
                break
        return hits[:k]

    def tokens(self, sentences: Sequence[tuple[str, int]]) -> list[Tokens]:
        """The token vectors of sentences given as (briefing id, place), each (n, dimension), int8 with 127 for 1."""
        # The state is asked for once: asking costs a millisecond, and a question draws on dozens of briefings.
        state = self.state()
        if state is None:
            raise YardstickError(f"{self._settings.store}: no briefing yet. Read some: python -m ingest PATH...")
        entries = self._entries_at(state.version)
        read = {name: self._read_tokens(self._known(name, entries), state) for name in {name for name, _ in sentences}}
        return [read[briefing_id][place] for briefing_id, place in sentences]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Let no other process write for as long as it lasts; raises YardstickError where one does already."""
        with self._turn:
            if self._depth == 0:
                self._take_lock()
            self._depth += 1
        try:
            with self._turn:
                self._sweep()
            yield
        finally:
            with self._turn:
                self._depth -= 1
                if self._depth == 0:
                    self._file_lock.release()
                    self._swept = False

    def add(self, briefing: Briefing, vectors: Sequence[SentenceVectors]) -> None:
        """Add one briefing; `vectors` are those of its sentences, in order. See `add_all`."""
        self.add_all([(briefing, vectors)])

    def add_all(self, added: Sequence[tuple[Briefing, Sequence[SentenceVectors]]]) -> None:
        """Add briefings, all visible at once. An older version, and any that a source named here held, goes."""
        started = time.perf_counter()
        with self.writing(), self._turn:
            state = self._begin()
            new = [new_entry(briefing) for briefing, _ in added]
            entries = [entry for entry, _ in new]
            self.chroma.put(BRIEFINGS, [entry_record(entry) for entry in entries])
            self.chroma.put(TEXTS, [text for _, text in new])
            self._put_vectors(state, entries, [vectors for _, vectors in added])
            self._commit(entries, state)
        count = sum(entry.sentences for entry in entries)
        logger.info("%d briefings, %d sentences stored in %.2f s", len(new), count, time.perf_counter() - started)

    def add_source(self, briefing_id: str, source: str) -> None:
        """Note one more file that holds exactly this briefing; the briefing that it held before loses it."""
        with self.writing(), self._turn:
            state = self._begin()
            entry = self.entry(briefing_id)
            self._commit([replace(entry, sources=tuple(dict.fromkeys((*entry.sources, source))))], state)

    def remove(self, briefing_id: str) -> None:
        """Take a briefing out; raises YardstickError where there is none of this id."""
        with self.writing(), self._turn:
            state = self._begin()
            self._commit([replace(self.entry(briefing_id), status="gone")], state)

    def reindex(self, on_briefing: Callable[[int, int], None]) -> None:
        """Embed every briefing again with the model of the settings; the old vectors serve until all are done.

        `on_briefing` is told how many briefings are done, of how many.
        """
        with self.writing(), self._turn:
            old = self._begin()
            new = replace(
                old,
                model=self._embedder.name,
                digest=self._embedder.digest,
                passages=f"{PASSAGES}-{secrets.token_hex(4)}",
            )
            entries = list(self.entries().values())
            for done, entry in enumerate(entries):
                on_briefing(done, len(entries))
                self._put_vectors(new, [entry], [self.embed(self.briefing(entry.briefing_id))])
            self._commit([], new)
            on_briefing(len(entries), len(entries))
            self._swept = False
            self._sweep()

    def entry(self, briefing_id: str) -> Entry:
        """The record of one briefing; raises YardstickError where there is none of this id."""
        return self._known(briefing_id, self.entries())

    @staticmethod
    def _known(briefing_id: str, entries: Mapping[str, Entry]) -> Entry:
        if briefing_id not in entries:
            raise YardstickError(f"{briefing_id}: no briefing has this id. List them: python -m ingest list")
        return entries[briefing_id]

    def find(self, given: str) -> str:
        """The one briefing id that is given, begins so, or whose title holds this; raises YardstickError if not one."""
        entries = self.entries().values()
        if given in self.entries():
            return given
        found = [entry.briefing_id for entry in entries if entry.briefing_id.startswith(given.lower())]
        found = found or [entry.briefing_id for entry in entries if given.lower() in entry.title.lower()]
        if len(found) == 1:
            return found[0]
        if not found:
            raise YardstickError(f"{given}: no briefing has this id or title. List them: python -m ingest list")
        raise YardstickError(f"{given}: {len(found)} briefings fit. Name one: {', '.join(sorted(found)[:10])}")

    def _load(self, keys: Sequence[str]) -> dict[str, Briefing]:
        return {record.id: briefing_of(record) for record in self.chroma.get(TEXTS, keys)}

    def _follow(self, state: State) -> None:
        """Search what others have written since this process last looked."""
        with self._turn:
            if self._searchable != state.version:
                self.chroma.reopen()
                self._searchable = state.version

    def embed(self, briefing: Briefing) -> list[SentenceVectors]:
        """The vectors of a briefing's sentences, in order."""
        passages = list(passages_of(briefing, self._embedder.count_tokens))
        return list(chain.from_iterable(self._embedder.embed_passages(passages)))

    def _read_tokens(self, entry: Entry, state: State) -> list[Tokens]:
        name = f"{state.passages}/{entry.key}"
        found = self._tokens.read(name, entry.sentences)
        if found is None:
            found = [vectors.tokens for vectors in self.embed(self.briefing(entry.briefing_id))]
            self._tokens.write(name, found)
        return found

    def _take_lock(self) -> None:
        if self._settings.chroma_url:
            return
        store = self._settings.store
        try:
            store.mkdir(parents=True, exist_ok=True)
            self._file_lock.acquire(timeout=0)
        except Timeout as exc:
            raise YardstickError(
                f"{store}: another process is writing to this store. Wait until it is done; or let several write at a "
                f"time through a server: chroma run --path {store / 'chroma'}, and YARDSTICK_CHROMA_URL=http://localhost:8000"
            ) from exc
        except OSError as exc:
            raise YardstickError(
                f"{store}: cannot write there ({exc.strerror or exc}). "
                "Choose another folder with --store or YARDSTICK_STORE."
            ) from exc

    def _begin(self) -> State:
        """The state to write on."""
        state = self.state()
        if state is None:
            return State("", self._embedder.name, self._embedder.digest, PASSAGES)
        self._follow(state)
        return state

    def _sweep(self) -> None:
        """Clear away what killed writers left behind, once for each time of writing."""
        state = self.state()
        if self._swept or state is None:
            return
        found = map(entry_of, self.chroma.get(BRIEFINGS, where={"status": {"$in": ["pending", "gone"]}}))
        before = time.time() - (SERVER_PATIENCE if self._settings.chroma_url else 0)
        left = [entry.key for entry in found if entry.begun <= before]
        strays = [n for n in self.chroma.collections() if n.startswith(PASSAGES) and n != state.passages]
        if left or strays:
            # The index in this process's memory may lack what is to be deleted.
            self.chroma.reopen()
            self._erase(left, state)
            for name in strays:
                self.chroma.drop(name)
            self._tokens.keep_only(state.passages, {entry.key for entry in self.entries().values()})
        self._swept = True

    def _erase(self, keys: Sequence[str], state: State) -> None:
        # The records go last: as long as one is there, the next writer knows what else may be left.
        for key in keys:
            self._tokens.delete(f"{state.passages}/{key}")
        for name in (state.passages, TEXTS, BRIEFINGS):
            for part in batches(keys):
                self.chroma.delete(name, {"key": {"$in": list(part)}})

    def _put_vectors(
        self, state: State, entries: Sequence[Entry], vectors: Sequence[Sequence[SentenceVectors]]
    ) -> None:
        records = [
            Record(f"{entry.key}:{place}", {"key": entry.key}, sentence.vector)
            for entry, sentences in zip(entries, vectors, strict=True)
            for place, sentence in enumerate(sentences)
        ]
        self.chroma.put(state.passages, records)
        for entry, sentences in zip(entries, vectors, strict=True):
            self._tokens.write(f"{state.passages}/{entry.key}", [sentence.tokens for sentence in sentences])

    def _commit(self, changed: Sequence[Entry], state: State) -> None:
        """Make these entries visible, or gone, and give the store a new version: one write, whole or not at all."""
        before = self.entries()
        after, gone = _merged(before, changed)
        new = state.next()
        written = [*gone, *(entry for entry in after.values() if before.get(entry.briefing_id) != entry)]
        self.chroma.put(BRIEFINGS, [*map(entry_record, written), new.record()])
        if self._searchable == state.version:
            self._searchable = new.version
        self._entries = (new.version, after)
        self._erase([entry.key for entry in gone], new)


def open_store(settings: Settings, embedder: Embedder, any_model: bool = False) -> Store:
    """The store of these settings; raises YardstickError if its vectors are of another model, unless `any_model`."""
    store = Store(settings, embedder)
    state = store.state()
    if state and not any_model and state.digest != embedder.digest:
        raise YardstickError(
            f"{settings.store}: the briefings were embedded with {state.model}, and the model is now {embedder.name}. "
            "Embed them again with it: python -m ingest reindex; or set YARDSTICK_EMBEDDING_MODEL back."
        )
    return store


def _merged(before: dict[str, Entry], changed: Sequence[Entry]) -> tuple[dict[str, Entry], list[Entry]]:
    """The visible entries once these have come or gone, and those that are gone."""
    after, gone = dict(before), []
    for entry in changed:
        older = after.pop(entry.briefing_id, None)
        if older and older.key != entry.key:
            gone.append(replace(older, status="gone"))
            entry = replace(entry, sources=tuple(dict.fromkeys((*older.sources, *entry.sources))))
        if entry.status == "gone":
            gone.append(entry)
            continue
        for other in [other for other in after.values() if set(other.sources) & set(entry.sources)]:
            rest = tuple(source for source in other.sources if source not in entry.sources)
            after[other.briefing_id] = replace(other, sources=rest)
            if not rest:
                gone.append(replace(after.pop(other.briefing_id), status="gone"))
        after[entry.briefing_id] = replace(entry, status="ready")
    return after, gone
