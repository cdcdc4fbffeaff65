"""What a reader gets back: an answer made of claims, each citing the sentences it rests on."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ingest.briefing import Horizon

Status = Literal["answered", "not_in_briefings"]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which briefings may answer; an empty filter lets everything through.

    `bands` lets through only sentences with a judgement of such a band ("highly_unlikely", see ingest/estimative.toml).
    `published_from`, `published_to` and `as_of` are inclusive; a briefing without a date passes none of the three.
    """

    briefing_ids: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    horizons: tuple[Horizon, ...] = ()
    bands: tuple[str, ...] = ()
    published_from: date | None = None
    published_to: date | None = None
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A sentence of a briefing: `quote` is exactly `Briefing.text[start:end]`."""

    briefing_id: str
    title: str
    published: date | None
    section: str
    horizon: Horizon
    page: int | None
    start: int
    end: int
    quote: str


Kind = Literal[
    "reworded",
    "upgraded",
    "downgraded",
    "dropped",
    "vague",
    "invented",
    "moved",
    "scope_changed",
    "flipped",
    "numeric",
    "condition_lost",
    "horizon_changed",
    "attribution_lost",
    "confidence_conflated",
    "fused",
    "double_hedge",
    "superseded",
    "no_citation",
    "unknown_citation",
    "unsupported",
    "low_overlap",
]
Origin = Literal["quoted", "model", "repaired", "replaced", "edited"]
Severity = Literal["severe", "major", "minor"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with the wording of a claim, in words that a reader understands.

    `start`, `end` span the claim; `source` is the place of the cited sentence compared, None if there is none, and
    `source_start`, `source_end` span that sentence. `shift` counts the bands that a term moved, up (+) or down (-).
    """

    kind: Kind
    message: str
    severity: Severity
    start: int
    end: int
    source: int | None = None
    source_start: int | None = None
    source_end: int | None = None
    shift: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of output and the sentences of the briefings that it cites, the one that answers first.

    `origin` says who wrote it: the briefing, a model, a model asked again, or an analyst ("edited"); "replaced" is a
    quotation in place of the model's `rejected` sentence, and `findings` then say what was wrong with that one.
    """

    text: str
    citations: tuple[Citation, ...]
    findings: tuple[Finding, ...] = ()
    origin: Origin = "quoted"
    rejected: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What the service is doing at the moment, for a reader who waits."""

    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question.

    `read_as` is the question after a follow-up was resolved against the turns before it. `as_of` is the newest date
    cited. `nearest` holds the closest sentences when the briefings do not answer. `model` and `prompt` name what wrote
    the claims, empty for quotations; `notes` tell the reader what went otherwise than asked.
    """

    question: str
    status: Status
    read_as: str
    as_of: date | None
    claims: tuple[Claim, ...]
    nearest: tuple[Citation, ...]
    seconds: float
    model: str = ""
    prompt: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer: its number in the corpus, its words and how well it fits (higher is better)."""

    briefing_id: str
    number: int
    text: str
    score: float
