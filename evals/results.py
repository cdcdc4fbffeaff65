"""What a run of the evaluation leaves behind: a JSON file with a result for each case and epoch, strictly validated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from ingest.errors import YardstickError
from rag.answer import Claim, Severity, Status

State = Literal["scored", "unscored"]

_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that an answer did wrong: a kind of `rag.answer.Finding`, or one of the evaluation's own.

    The evaluation's own are missing, forbidden, over_abstained, under_abstained and wrong_citation. `claim` is the
    sentence at fault, `source` the sentence of the briefing that it is held against; either may be empty.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    kind: str
    severity: Severity
    message: str
    claim: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One answer to one case; `epoch` counts the repeats of a case from 0.

    A score is null where it does not apply; `counts` holds hits and trials of the scores that are shares. `why` says
    why an unscored case could not be scored.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    id: str
    kind: str
    slices: tuple[str, ...]
    briefing: str
    state: State = "scored"
    why: str = ""
    epoch: int = 0
    seconds: float = 0.0
    question: str = ""
    claims: tuple[Claim, ...] = ()
    status: Status = "answered"
    scores: Mapping[str, float | None] = field(default_factory=dict)
    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()

    @property
    def passes(self) -> bool:
        """Scored and without a failure."""
        return self.state == "scored" and not self.failures


@dataclass(frozen=True, slots=True)
class Digests:
    """The SHA-256, in hexadecimal, of everything that decides what a run finds."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    prompts: str
    cases: str
    checker: str
    retrieval: str
    samples: str


@dataclass(frozen=True, slots=True)
class Meta:
    """Where a run comes from; `started` is an ISO time. `blessed` is why the run is a baseline, "" if it is none."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    composer: str
    digests: Digests
    started: str
    seconds: float
    label: str = ""
    blessed: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Every case of one evaluation."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    meta: Meta
    cases: tuple[CaseResult, ...]
    version: Literal[1] = 1

    @property
    def by_id(self) -> dict[str, tuple[CaseResult, ...]]:
        """The epochs of each case, in the order of the file."""
        found: dict[str, tuple[CaseResult, ...]] = {}
        for case in self.cases:
            found[case.id] = (*found.get(case.id, ()), case)
        return found


_RUN = TypeAdapter(Run)


def to_json(run: Run) -> str:
    """The run as the JSON of the file."""
    return _RUN.dump_json(run, indent=1).decode()


def from_json(text: str | bytes, name: str = "run") -> Run:
    """The run in a JSON text; raises YardstickError, with the place of the first fault, if it is none."""
    try:
        run = _RUN.validate_json(text)
    except ValidationError as exc:
        first = exc.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise _fault(name, f"{place}: {first['msg']}") from exc
    if fault := next(iter(_faults(run)), ""):
        raise _fault(name, fault)
    return run


def write_run(run: Run, path: Path) -> None:
    """Write the run, making the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_json(run), encoding="utf-8")


def read_run(path: Path) -> Run:
    """The run in a file; raises YardstickError."""
    if not path.is_file():
        raise YardstickError(f"{path}: no such run. Write it with: python -m evals run --out {path.parent}")
    return from_json(path.read_bytes(), str(path))


def _fault(name: str, what: str) -> YardstickError:
    return YardstickError(f"{name}: not a run of the evaluation: {what}. Write it anew with: python -m evals run")


def _faults(run: Run) -> list[str]:
    """What the types cannot say."""
    seen: set[tuple[str, int]] = set()
    faults: list[str] = []
    for case in run.cases:
        if (case.id, case.epoch) in seen:
            faults.append(f"{case.id}: epoch {case.epoch} is there twice")
        seen.add((case.id, case.epoch))
        if (case.state == "unscored") != bool(case.why):
            faults.append(f"{case.id}: an unscored case, and no other, says why")
        faults += [
            f"{case.id}: {name} has {hits} of {of}" for name, (hits, of) in case.counts.items() if not 0 <= hits <= of
        ]
    return faults
