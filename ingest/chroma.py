"""The edge to Chroma: records with a vector and metadata in named collections, and its faults in our words."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ingest.errors import YardstickError

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

Floats = NDArray[np.float32]
Metadata = Mapping[str, str | int]
Where = Mapping[str, str | Mapping[str, list[str]]]
Answer = TypeVar("Answer")
Item = TypeVar("Item")

# Above every store we expect: the vector index is never written to disk, where a killed writer, or a reader in another
# process, could leave it half written. It is built in memory from the records when they are first searched.
NEVER = 2_000_000_000
# Recall against exact search: docs/retrieval.md.
INDEX: Any = {
    "space": "cosine",
    "max_neighbors": 32,
    "ef_construction": 100,
    "ef_search": 400,
    "sync_threshold": NEVER,
    "batch_size": 1000,
}
SENT_AT_ONCE = 2000
NO_VECTOR = np.ones((1, 1), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a collection."""

    id: str
    metadata: Metadata
    vector: Floats | None = None


class Chroma:
    """A Chroma database, in a folder or behind a URL; safe to use from several threads."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self._url = url
        self._opening = threading.RLock()
        self._client: ClientAPI | None = None
        self._collections: dict[str, Any] = {}

    def exists(self) -> bool:
        """Whether there is a database yet; a server is one."""
        return bool(self._url) or (self._folder / "chroma.sqlite3").exists()

    def reopen(self) -> None:
        """Forget what this process holds in memory: an embedded database does not notice the writes of others."""
        from chromadb.api.shared_system_client import SharedSystemClient

        with self._opening:
            if not self._url:
                SharedSystemClient.clear_system_cache()
            self._client, self._collections = None, {}

    def collections(self) -> list[str]:
        """The names of all collections."""
        return [collection.name for collection in self._call(lambda: self._connect().list_collections())]

    def drop(self, name: str) -> None:
        """Delete a collection."""
        self._call(lambda: self._connect().delete_collection(name))
        self._collections.pop(name, None)

    def put(self, name: str, records: Sequence[Record]) -> None:
        """Write records, over older ones of the same id; those of one call (up to 2,000) become visible together."""
        for part in batches(records, SENT_AT_ONCE):
            vectors = np.stack([NO_VECTOR[0] if record.vector is None else record.vector for record in part])
            self._call(
                lambda part=part, vectors=vectors: self._collection(name).upsert(  # type: ignore[misc]
                    ids=[record.id for record in part],
                    embeddings=vectors,
                    metadatas=[dict(record.metadata) for record in part],
                )
            )

    def get(self, name: str, ids: Sequence[str] | None = None, where: Where | None = None) -> list[Record]:
        """The records of these ids, or with this metadata, or all."""
        found = self._call(
            lambda: self._collection(name).get(
                ids=None if ids is None else list(ids),
                where=dict[str, Any](where) if where else None,
                include=["metadatas"],
            )
        )
        return [Record(id, metadata or {}) for id, metadata in zip(found["ids"], found["metadatas"], strict=True)]

    def ids(self, name: str) -> list[str]:
        """The ids of all records."""
        return [str(id) for id in self._call(lambda: self._collection(name).get(include=[]))["ids"]]

    def delete(self, name: str, where: Where) -> None:
        """Delete the records with this metadata."""
        self._call(lambda: self._collection(name).delete(where=dict[str, Any](where)))

    def nearest(self, name: str, vector: Floats, count: int, where: Where | None) -> list[tuple[str, float]]:
        """The ids of the nearest records and their cosines, best first."""
        found = self._call(
            lambda: self._collection(name).query(
                query_embeddings=vector[np.newaxis],
                n_results=count,
                where=dict[str, Any](where) if where else None,
                include=["distances"],
            )
        )
        return [(str(id), 1.0 - float(far)) for id, far in zip(found["ids"][0], found["distances"][0], strict=True)]

    def _collection(self, name: str) -> Any:
        with self._opening:
            if name not in self._collections:
                self._collections[name] = self._connect().get_or_create_collection(
                    name,
                    configuration={"hnsw": INDEX},
                    embedding_function=None,
                )
            return self._collections[name]

    def _connect(self) -> "ClientAPI":
        with self._opening:
            if self._client is None:
                self._client = self._open()
            return self._client

    def _open(self) -> "ClientAPI":
        import chromadb
        from chromadb.config import Settings

        private = Settings(anonymized_telemetry=os.environ.get("ANONYMIZED_TELEMETRY") == "True")
        if not self._url:
            return chromadb.PersistentClient(str(self._folder), settings=private)
        scheme, _, rest = self._url.rstrip("/").rpartition("://")
        host, _, port = rest.partition(":")
        secure = scheme == "https"
        return chromadb.HttpClient(host, int(port or (443 if secure else 8000)), secure, settings=private)

    def _call(self, action: Callable[[], Answer]) -> Answer:
        """What the action returns; a fault of Chroma becomes a YardstickError."""
        import httpx
        from chromadb.errors import ChromaError

        try:
            return action()
        except (ChromaError, httpx.HTTPError, OSError, ValueError) as exc:
            raise YardstickError(self._advice(exc)) from exc
        except BaseException as exc:
            # A damaged database makes Chroma's Rust half panic, with an exception that no module exports.
            if type(exc).__name__ != "PanicException":
                raise
            raise YardstickError(self._advice(exc)) from exc

    def _advice(self, fault: BaseException) -> str:
        what = str(fault).strip() or type(fault).__name__
        if self._url:
            return (
                f"{self._url}: the Chroma server does not answer as it should ({what}). "
                "See that it runs, and that YARDSTICK_CHROMA_URL names it."
            )
        return (
            f"{self._folder}: the store cannot be used ({what}). See that the folder is writable and the disk not "
            "full; if the store is damaged, delete that folder and add the briefings again."
        )


def batches(items: Sequence[Item], size: int = 500) -> Iterator[Sequence[Item]]:
    """Ids in portions that one request takes, or other things in portions of a size."""
    return (items[start : start + size] for start in range(0, len(items), size))
