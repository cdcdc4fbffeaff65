"""What the store writes of a briefing: its record, its text, the store's own state; and how they are read back."""

import json
import secrets
import time
import zlib
from base64 import b85decode, b85encode
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any, Literal

from pydantic import TypeAdapter

from ingest.briefing import Briefing
from ingest.chroma import Record

STATE = "~store"
_briefing_json = TypeAdapter(Briefing)


@dataclass(frozen=True, slots=True)
class Entry:
    """A briefing's record: the key under which its parts are stored, and which files hold its content.

    `published` is the ordinal of the day, 0 if unknown; `text_sha256` is that of the stored text with its structure;
    `begun` is when it was written, in seconds since 1970.
    """

    key: str
    briefing_id: str
    sha256: str
    sources: tuple[str, ...]
    title: str
    published: int
    publisher: str
    format: str
    sentences: int
    text_sha256: str
    begun: int
    status: Literal["pending", "ready", "gone"] = "pending"


@dataclass(frozen=True, slots=True)
class State:
    """What the store says of itself: a version that every commit changes, the model, and where its vectors are."""

    version: str
    model: str
    digest: str
    passages: str

    def record(self) -> Record:
        """The state as it is stored."""
        return Record(STATE, asdict(self))

    def next(self) -> "State":
        """The same under a new version."""
        return replace(self, version=secrets.token_hex(8))


def state_of(record: Record) -> State:
    """The state, read back."""
    return State(**{name: str(value) for name, value in record.metadata.items()})


def entry_record(entry: Entry) -> Record:
    """An entry as it is stored."""
    return Record(entry.key, asdict(entry) | {"sources": json.dumps(entry.sources)})


def entry_of(record: Record) -> Entry:
    """An entry, read back."""
    fields: dict[str, Any] = dict(record.metadata)
    return Entry(**fields | {"sources": tuple(json.loads(fields["sources"]))})


def new_entry(briefing: Briefing) -> tuple[Entry, Record]:
    """The entry of a briefing not yet stored, under a fresh key, and the record of its text and structure."""
    key, packed = secrets.token_hex(8), _pack(briefing)
    entry = Entry(
        key=key,
        briefing_id=briefing.id,
        sha256=briefing.sha256,
        sources=briefing.sources,
        title=briefing.title,
        published=briefing.published.toordinal() if briefing.published else 0,
        publisher=briefing.publisher or "",
        format=briefing.format,
        sentences=len(briefing.sentences),
        text_sha256=sha256(packed.encode()).hexdigest(),
        begun=int(time.time()),
    )
    return entry, Record(key, {"key": key, "briefing": packed})


def is_whole(record: Record, entry: Entry) -> bool:
    """Whether a text is the one that was stored."""
    return sha256(str(record.metadata["briefing"]).encode()).hexdigest() == entry.text_sha256


def briefing_of(record: Record) -> Briefing:
    """A briefing, read back; its sources are those at the time of writing."""
    return _briefing_json.validate_json(zlib.decompress(b85decode(str(record.metadata["briefing"]))))


def _pack(briefing: Briefing) -> str:
    return b85encode(zlib.compress(_briefing_json.dump_json(briefing))).decode()
