"""Whether a store is consistent: nothing missing, nothing left over, every text as it was written."""

from collections import Counter
from collections.abc import Iterator

from ingest.chroma import batches
from ingest.embedding import Embedder
from ingest.record import STATE, Entry, State, is_whole
from ingest.store import BRIEFINGS, TEXTS, Store

ADD_AGAIN = "Remove it (python -m ingest remove {}) and add its file again."
CLEAR = "The next ingest clears them away; run one: python -m ingest PATH"


def check(store: Store, embedder: Embedder) -> list[str]:
    """What is wrong with a store, each fault with what to do; nothing if all is well."""
    state = store.state()
    return [] if state is None else list(_faults(store, embedder, state))


def _faults(store: Store, embedder: Embedder, state: State) -> Iterator[str]:
    if state.digest != embedder.digest:
        yield f"The vectors are of {state.model}, the model is {embedder.name}. Run: python -m ingest reindex"
    entries = store.entries()
    keys = {entry.key for entry in entries.values()}
    vectors = Counter(id.partition(":")[0] for id in set(store.chroma.ids(state.passages)))
    texts = set(store.chroma.ids(TEXTS))
    unfinished = set(store.chroma.ids(BRIEFINGS)) - keys - {STATE}
    for what, left in (("records", unfinished), ("texts", texts - keys), ("vectors", vectors.keys() - keys)):
        if left:
            yield f"{len(left)} {what} belong to no briefing, left by an ingest that was killed. {CLEAR}"
    for entry in entries.values():
        if vectors[entry.key] != entry.sentences:
            yield (
                f"{entry.briefing_id}: {vectors[entry.key]} vectors for {entry.sentences} sentences. "
                "Run: python -m ingest reindex"
            )
    for part in batches(sorted(entries), 100):
        yield from _text_faults(store, [entries[briefing_id] for briefing_id in part])


def _text_faults(store: Store, entries: list[Entry]) -> Iterator[str]:
    records = {record.id: record for record in store.chroma.get(TEXTS, [entry.key for entry in entries])}
    for entry in entries:
        advice = ADD_AGAIN.format(entry.briefing_id)
        record = records.get(entry.key)
        if record is None:
            yield f"{entry.briefing_id}: its text is missing. {advice}"
        elif not is_whole(record, entry):
            yield f"{entry.briefing_id}: its text is not the one that was stored. {advice}"
