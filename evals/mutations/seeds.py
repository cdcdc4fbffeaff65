"""Known-good claims to spoil: the judgements of briefings word for word, alone and two at a time, and plain facts."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from evals.mutations.frames import Frame, frames_of, without_capital
from ingest.briefing import Briefing, SourceFile
from ingest.errors import YardstickError
from ingest.estimative import estimates
from ingest.formats import extract
from ingest.reading import read_briefing
from ingest.source import find_files
from ingest.structure import build_briefing
from ingest.yardsticks import Yardstick, yardsticks
from rag.corpus import Corpus, load_corpus
from rag.drafts.statements import Statement, statements_of
from rag.judging import scale_for

# Words that two sentences on one matter share, and how many of the shorter one's.
_CONTENT = re.compile(
    r"\b(?!(?:will|that|there|with|from|have|their|they|this|than|more|most|some|only|been)\b)[^\W\d_]{4,}", re.I
)
SAME_MATTER = 0.5
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w-]+")
# What stands behind such a word may be what somebody else says.
_SPEAKS = re.compile(r"\b(?:confidence|says?|said|told|calls?|called|found|finds|argues?|argued|think|thinks)\b")
INVENTED = "invented.md"


@dataclass(frozen=True, slots=True)
class Seed:
    """A claim that is faithful to the sentences it cites; `cited` are their numbers in the corpus.

    `family` says how it was made: "verbatim", "joined" (two sentences in one), "with_fact",
    "confidence", "hedged" or "fact".
    """

    claim: str
    cited: tuple[int, ...]
    family: str
    frames: tuple[Frame, ...] = ()


@dataclass(frozen=True)
class Ground:
    """The briefings that claims are made from, as the checker sees them."""

    corpus: Corpus
    scales: dict[str, Yardstick]

    @cached_property
    def names(self) -> frozenset[str]:
        """The words that the briefings write with a capital in the middle of a sentence."""
        return frozenset(name for number in range(len(self.corpus)) for name in _NAME.findall(self.text(number)))

    def text(self, number: int) -> str:
        """The words of one sentence."""
        return self.corpus.text(number)

    def scale(self, number: int) -> Yardstick | None:
        """The scale of the briefing that a sentence stands in."""
        return scale_for(self.corpus.briefing_of(number), self.scales)

    def sentences(self, number: int) -> range:
        """The numbers of all sentences of the same briefing."""
        place = int(self.corpus.owner[number])
        first = int(self.corpus.first[place])
        return range(first, first + self.corpus.size(place))

    @cached_property
    def statements(self) -> dict[int, list[Statement]]:
        """The author's judgements, by the number of their sentence."""
        found: dict[int, list[Statement]] = {}
        for briefing in self.corpus.briefings:
            for one in statements_of(briefing, self.corpus):
                found.setdefault(one.number, []).append(one)
        return found

    def frames(self, number: int) -> list[tuple[Frame, ...]]:
        """The judgements of every sentence of the same briefing."""
        return [self._framed[other] for other in self.sentences(number) if other in self._framed]

    @cached_property
    def _framed(self) -> dict[int, tuple[Frame, ...]]:
        return {number: frames_of(self.text(number), self.names) for number in self.statements}

    def is_said(self, claim: str, original: str, number: int) -> bool:
        """Whether some sentence of the same briefing makes a judgement that a claim has and its original has not."""
        old = judged(original)
        new = [one for one in judged(claim) if not any(_same(one, other) for other in old)]
        said = [one for other in self.sentences(number) for one in judged(self.text(other))]
        return any(_same(one, other) for one in new for other in said)


def read_ground(folder: Path) -> Ground:
    """The briefings of a folder and our own invented one; raises YardstickError where the folder holds none."""
    paths = [path for path in find_files([folder]) if path.suffix == ".md"]
    if not paths:
        raise YardstickError(f"{folder}: there are no briefings (*.md) in it. Name a folder of briefings.")
    briefings = [read_briefing(path) for path in paths]
    return Ground(load_corpus((*briefings, invented())), dict(yardsticks()))


def invented() -> Briefing:
    """The briefing made of the sentences of seeds.jsonl, a paragraph each."""
    rows = [json.loads(line) for line in _own("seeds.jsonl").splitlines()]
    parts = ["# Notes on Five Coasts\n", "By Edda Marsh | 15 May 2026\n"]
    for before, row in pairwise([{"section": ""}, *rows]):
        if row["section"] != before["section"]:
            parts.append(f"## {row['section']}\n")
        parts.append(f"{row['text']}\n")
    data = "\n".join([*parts, "Probability scale: PHIA yardstick\n"]).encode()
    source = SourceFile(name=INVENTED, data=data, sha256=sha256(data).hexdigest())
    return build_briefing(source, *extract(source))


def _own(name: str) -> str:
    return files("evals.mutations").joinpath(name).read_text(encoding="utf-8")


def seeds_of(ground: Ground) -> tuple[Seed, ...]:
    """Every judging sentence, joined pairs of neighbouring ones, and facts, in the order of the briefings."""
    facts = tuple(_facts(ground))
    return (*_judging(ground), *_joined(ground), *_with_fact(ground, facts), *_graded(ground), *facts)


def _judging(ground: Ground) -> Iterator[Seed]:
    for briefing in ground.corpus.briefings:
        for sentence in sorted({one.sentence for one in briefing.judgements}):
            number = ground.corpus.number(briefing.id, sentence)
            text = ground.text(number)
            if text[-1:] in '.”"':
                yield Seed(text, (number,), "verbatim", frames_of(text, ground.names))


def _joined(ground: Ground) -> Iterator[Seed]:
    """Two sentences with one plain judgement each, of one briefing, as one claim that cites both."""
    plain = [one for one in _judging(ground) if _stands_alone(one)]
    for one, other in (pair for step in (1, 2, 3) for pair in zip(plain, plain[step:], strict=False)):
        same = ground.corpus.owner[one.cited[0]] == ground.corpus.owner[other.cited[0]]
        terms = {one.frames[0].term, other.frames[0].term}
        if same and len(terms) == 2 and not alike(words_of(one.claim), words_of(other.claim)):
            claim = f"{one.claim.rstrip('.')}, while {without_capital(other.claim, ground.names)}"
            if len(frames := frames_of(claim, ground.names)) == 2:
                yield Seed(claim, (*one.cited, *other.cited), "joined", frames)


def _stands_alone(seed: Seed) -> bool:
    """Whether a sentence is one judgement and leans on no other sentence."""
    frame = seed.frames[0] if len(seed.frames) == 1 else None
    leans = frame is None or re.match(r"(?:it|they|he|she|its|this|that)\b", frame.content, re.I)
    return frame is not None and not leans and frame.is_whole(seed.claim)


def _with_fact(ground: Ground, facts: Sequence[Seed]) -> Iterator[Seed]:
    """A judgement and a plain fact of the same briefing as one claim that cites both."""
    for place, one in enumerate(_judging(ground)):
        near = [fact for fact in facts if fact.cited[0] in ground.sentences(one.cited[0])]
        whole = _stands_alone(one)
        for fact in dict.fromkeys(near[(place + step) % len(near)] for step in (0, 3, 5)) if near and whole else ():
            claim = f"{fact.claim.rstrip('.')}, and {without_capital(one.claim, ground.names)}"
            yield Seed(claim, (*one.cited, *fact.cited), "with_fact", frames_of(claim, ground.names))


def _graded(ground: Ground) -> Iterator[Seed]:
    """Sentences that state a confidence, or what may be, and no likelihood."""
    for number in range(len(ground.corpus)):
        text = ground.text(number)
        kinds = {one.kind for one in estimates(text)}
        if "confidence" in kinds and "term" not in kinds:
            yield Seed(text, (number,), "confidence")
        elif kinds and kinds <= {"hedge", "modal"} and re.search(r"[a-z] (?:may|might|could) (?!have\b)[a-z]", text):
            yield Seed(text, (number,), "hedged")


def _facts(ground: Ground) -> Iterator[Seed]:
    for number in range(len(ground.corpus)):
        text, briefing = ground.text(number), ground.corpus.briefing_of(number)
        block = briefing.blocks[ground.corpus.sentence(number).block]
        plain = re.fullmatch(
            r"(?!(?:It|He|She|They|Its|His|Her|We|Our|This|That|Who|What|Others)\b)[A-Z][\w’'-]* [^\"“”:;()]{30,140}\.",
            text,
        )
        if block.kind in ("paragraph", "bullet") and plain and not estimates(text) and not _SPEAKS.search(text):
            yield Seed(text, (number,), "fact")


Judged = tuple[str, bool, frozenset[str]]


@lru_cache(maxsize=4096)
def judged(text: str) -> tuple[Judged, ...]:
    """The terms of a sentence, each with its denial and the words that it is about."""
    return tuple(
        (
            one.canonical,
            one.negated,
            words_of(f"{text[first : min(last, one.start)]} {text[max(first, one.end) : last]}"),
        )
        for one in estimates(text)
        if one.kind == "term"
        for first, last in (one.proposition,)
    )


def words_of(text: str) -> frozenset[str]:
    """The words of a text that two sentences on one matter share, cut short so that endings do not matter."""
    return frozenset(word.lower()[:6] for word in _CONTENT.findall(text))


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sets of words are about one matter."""
    return len(one & other) >= SAME_MATTER * max(1, min(len(one), len(other)))


def _same(one: Judged, other: Judged) -> bool:
    return one[:2] == other[:2] and alike(one[2], other[2])
