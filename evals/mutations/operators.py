"""What an operator is, what comes of it, and which of what comes of it says something else than the source."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from evals.mutations.seeds import Ground, Seed

Edits = Iterator["Edit"]


@dataclass(frozen=True, slots=True)
class Edit:
    """A claim as an operator leaves it; `cited` is None where the citations stay, `right` None for the operator's own.

    `missing` is the number of the sentence whose judgement an answer has lost; `claim` is then all that it says. `way`
    tells the ways of one operator apart.
    """

    claim: str
    cited: tuple[int, ...] | None = None
    right: frozenset[str] | None = None
    missing: int | None = None
    way: str = ""


@dataclass(frozen=True, slots=True)
class Operator:
    """One way to spoil a claim.

    `needs` says whether a seed can be spoilt so, `edit` gives every way to do it, `right` are the kinds of finding that
    name the fault. `guarded`: a mutant is left out if another sentence of the briefing says what it says.
    """

    name: str
    told: str
    right: frozenset[str]
    needs: Callable[[Seed], bool]
    edit: Callable[[Seed, Ground], Edits]
    guarded: bool = True


@dataclass(frozen=True, slots=True)
class Mutant:
    """A spoilt claim, the sentences it cites, and what it was made from."""

    operator: str
    claim: str
    cited: tuple[int, ...]
    right: frozenset[str]
    original: str
    missing: int | None = None
    way: str = ""


def kinds(names: str) -> frozenset[str]:
    """Kinds of finding, written one after the other."""
    return frozenset(names.split())


def mutants_of(operator: Operator, seed: Seed, ground: Ground) -> Iterator[Mutant]:
    """The mutants of one seed that are not equivalent to a sentence of the briefing."""
    if not operator.needs(seed):
        return
    for edit in operator.edit(seed, ground):
        claim = edit.claim
        if _plain(claim) == _plain(seed.claim) and edit.cited in (None, seed.cited) and edit.missing is None:
            continue
        if operator.guarded and ground.is_said(claim, seed.claim, seed.cited[0]):
            continue
        cited = seed.cited if edit.cited is None else edit.cited
        yield Mutant(operator.name, claim, cited, edit.right or operator.right, seed.claim, edit.missing, edit.way)


def _plain(text: str) -> str:
    return " ".join(text.split())


def is_judged(seed: Seed) -> bool:
    """Whether a seed has a judgement of the author's that stands today and can be put anew."""
    return any(is_current(frame.estimate.superseded, frame.estimate.voice) for frame in seed.frames)


def is_current(superseded: bool, voice: str) -> bool:
    """Whether a judgement is the author's own, and no earlier one."""
    return voice == "author" and not superseded
