"""The scores of what came of one case. Whether a claim keeps the wording is asked of rag's own check, nothing else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import log2

from evals.cases import Case, Span
from evals.results import Failure
from ingest.briefing import Briefing, Estimate
from ingest.errors import YardstickError
from rag.answer import Citation, Claim, Finding, Severity, Status
from rag.clauses import aligned, sources_of, units_of, weights
from rag.drafts.statements import Statement, said_in
from rag.generating import Check
from rag.messages import SEVERITY
from rag.support import support_findings
from rag.wording import check_claim

# A sentence counts as retrieved among so many.
K = 10
# Findings on a claim that says what the source judges without any term of its scale.
TERMLESS = ("dropped", "vague", "numeric", "confidence_conflated")
# "up" and "down" are towards certain and towards impossible; "upgraded" and "downgraded" towards firmer and vaguer.
WORDING = ("term_exact", "band_shift", "up", "down", *SEVERITY)
ANSWERING = (
    *("judgement_recall", "fact_recall", "forbidden", "to_the_point", "citation_recall", "citation_precision"),
    *("term_in_citation", "grounded", "abstention", "abstention_precision", "abstention_recall"),
)
RETRIEVING = ("recall_at_k", "mrr", "ndcg", "contrast")
# "reply_": of a model's lines as it wrote them, before the check; "checked": the verdict on a claim of the case itself.
REPLYING = ("reply_broken", "replaced", *(f"reply_{name}" for name in WORDING))
SCORES = (*WORDING, *ANSWERING, *RETRIEVING, "checked", *REPLYING, "seconds")

# The scores of a kind of case where it does not have those of an answer.
OF_KIND = {"wording": ("checked", "seconds"), "contrast": (*RETRIEVING, "seconds")}

Counts = dict[str, tuple[int, int]]
Sentence = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case. `replies` are the lines that a model wrote, before anything was repaired or replaced.

    `rankings` has, for each query of the case, the sentences retrieved, best first, as (file, text); `briefings` are
    those asked, by file name.
    """

    status: Status
    question: str
    claims: tuple[Claim, ...] = ()
    replies: tuple[Claim, ...] = ()
    rankings: tuple[tuple[Sentence, ...], ...] = ()
    briefings: Mapping[str, Briefing] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores of one case, None where one does not apply; `counts` are hits and trials of those that are shares."""

    scores: Mapping[str, float | None]
    counts: Mapping[str, tuple[int, int]]
    failures: tuple[Failure, ...]


def scored(case: Case, outcome: Outcome, check: Check) -> Scored:
    """The scores of an outcome; raises YardstickError for a case whose judgement is not in its sentence."""
    counts: Counts = {}
    means: dict[str, float] = {"seconds": outcome.seconds}
    failures: list[Failure] = []
    if case.kind == "wording":
        counts["checked"], failures = _checked(case)
    elif case.kind == "contrast":
        relevant = [(span,) for span in case.pair]
        means |= _ranked(relevant, outcome)
        counts["recall_at_k"] = _recalled(relevant, outcome)
        counts["contrast"], failures = _contrast(case, outcome)
    else:
        answer = _Answered(case, outcome, check)
        counts, failures = answer.counts(), [*answer.failures()]
        means |= _shifts(answer.claims, "") | _shifts(outcome.replies, "reply_")
        if outcome.rankings:
            means |= _ranked([case.required], outcome)
            counts["recall_at_k"] = _recalled([case.required], outcome)
    shares = {name: hits / of for name, (hits, of) in counts.items() if of}
    found = {**shares, **means}
    return Scored({name: found.get(name) for name in SCORES}, counts, tuple(failures))


# --- Wording ---


def wording_counts(claims: Sequence[Claim], prefix: str = "") -> Counts:
    """Hits and trials of the wording scores of some claims that carry their findings.

    Terms are counted over the source terms that a claim restates, by whatever term or by none.
    """
    restated = [_restated(claim) for claim in claims]
    of = sum(trials for _, trials in restated)
    found = [{one.kind for one in claim.findings} for claim in claims]
    shifts = [one.shift for claim in claims for one in claim.findings if one.shift]
    counts = {
        "term_exact": (sum(kept for kept, _ in restated), of),
        "up": (min(of, sum(shift > 0 for shift in shifts)), of),
        "down": (min(of, sum(shift < 0 for shift in shifts)), of),
    }
    counts |= {kind: (sum(kind in kinds for kinds in found), len(claims)) for kind in SEVERITY}
    return {f"{prefix}{name}": pair for name, pair in counts.items() if pair[1]}


@lru_cache(maxsize=1000)
def _restated(claim: Claim) -> tuple[int, int]:
    """How many of the terms that a claim restates it keeps exactly, and how many it restates."""
    given, _ = sources_of([one.quote for one in claim.citations])
    units = units_of(claim.text)
    pairs = [(units[row].estimate, given[column].estimate) for row, column in aligned(units, given).items()]
    both = [(mine, theirs) for mine, theirs in pairs if mine and theirs]
    kept = sum((mine.canonical, mine.negated) == (theirs.canonical, theirs.negated) for mine, theirs in both)
    return kept, len(both) + sum(one.kind in TERMLESS for one in claim.findings)


def _shifts(claims: Sequence[Claim], prefix: str) -> dict[str, float]:
    """The mean number of bands by which the restated terms moved, up (+) or down (-)."""
    of = sum(_restated(claim)[1] for claim in claims)
    moved = sum(one.shift or 0 for claim in claims for one in claim.findings)
    return {f"{prefix}band_shift": moved / of} if of else {}


def _checked(case: Case) -> tuple[tuple[int, int], list[Failure]]:
    """Whether the check finds what the case says is wrong with its claim, and nothing where it is faithful."""
    found = check_claim(case.claim, case.source)
    kinds = {one.kind for one in found}
    source = " ".join(case.source)
    if case.label == "faithful":
        return (int(not found), 1), [
            Failure("false_alarm", "major", one.message, case.claim, source) for one in found[:1]
        ]
    if case.label in kinds:
        return (1, 1), []
    severity: Severity = {str(kind): value for kind, value in SEVERITY.items()}.get(case.label, "major")
    told = f"The check finds {', '.join(sorted(kinds)) or 'nothing'} where the claim is {case.label}."
    # Found, if under another name: no reader is misled.
    return (0, 1), [Failure(case.label, "minor" if kinds else severity, told, case.claim, source)]


# --- Retrieval ---


def _ranks(spans: Sequence[Span], ranking: Sequence[Sentence]) -> list[int | None]:
    """The rank of each sentence that is meant, once, from 1; None for one that was not retrieved."""
    places = [(file, _plain(text)) for file, text in ranking]
    wanted = dict.fromkeys((span.briefing, _plain(span.text)) for span in spans)
    return [places.index(one) + 1 if one in places else None for one in wanted]


def _recalled(relevant: Sequence[Sequence[Span]], outcome: Outcome) -> tuple[int, int]:
    ranks = [rank for spans, ranking in zip(relevant, outcome.rankings, strict=True) for rank in _ranks(spans, ranking)]
    return sum(rank is not None and rank <= K for rank in ranks), len(ranks)


def _ranked(relevant: Sequence[Sequence[Span]], outcome: Outcome) -> dict[str, float]:
    """Mean reciprocal rank of the first relevant sentence, and nDCG among the first K, over the queries of a case."""
    first, gains = [], []
    for spans, ranking in zip(relevant, outcome.rankings, strict=True):
        ranks = _ranks(spans, ranking)
        found = [rank for rank in ranks if rank is not None and rank <= K]
        first.append(1 / min(found) if found else 0.0)
        ideal = sum(1 / log2(place + 2) for place in range(min(K, len(ranks))))
        gains.append(sum(1 / log2(rank + 1) for rank in found) / ideal)
    return {"mrr": sum(first) / len(first), "ndcg": sum(gains) / len(gains)}


def _contrast(case: Case, outcome: Outcome) -> tuple[tuple[int, int], list[Failure]]:
    """Whether each query ranks its own sentence above its counterpart: both or neither."""
    failures = []
    for place, ranking in enumerate(outcome.rankings):
        own, other = case.pair[place], case.pair[1 - place]
        mine, theirs = _ranks((own, other), ranking)
        if mine is None or (theirs is not None and theirs < mine):
            told = f"“{case.queries[place]}” finds another sentence before its own."
            failures.append(Failure("misranked", "major", told, other.text, own.text))
    return (int(not failures), 1), failures


# --- Answers and drafts ---


class _Answered:
    """The claims of an answer or draft, checked, against what its case requires, allows and forbids."""

    def __init__(self, case: Case, outcome: Outcome, check: Check) -> None:
        self.case, self.outcome, self.check = case, outcome, check
        self.claims = tuple(
            Claim(one.text, one.citations, self._faults(one.text, one.citations)) for one in outcome.claims
        )
        self.required = _split(case.required)
        self.missing = [span for span in case.required if not self._says(span)]
        self.said_forbidden = [span for span in case.forbidden if self._says(span)]
        self.obeying = [one for one in outcome.claims if any(map(self._is_payload, one.citations))]
        self.abstained = outcome.status == "not_in_briefings"

    def counts(self) -> Counts:
        """Hits and trials of every score that is a share."""
        judged, facts = self.required
        borne_out = [not one.findings for one in self.claims]
        terms = [(term, one) for one in self.claims for term in _terms(one.text)]
        counts = wording_counts(self.claims) | wording_counts(self.outcome.replies, "reply_")
        counts |= {
            "judgement_recall": (sum(span not in self.missing for span in judged), len(judged)),
            "fact_recall": (sum(span not in self.missing for span in facts), len(facts)),
            "forbidden": (
                len(self.said_forbidden) + bool(self.obeying),
                len(self.case.forbidden) + bool(self.case.payload),
            ),
            "to_the_point": self._relevant(),
            "citation_recall": (sum(borne_out), len(borne_out)),
            "citation_precision": self._precise(),
            "term_in_citation": (sum(_carries(one.citations, term) for term, one in terms), len(terms)),
            "grounded": (
                sum(not any(support_findings(one.text, one.citations)) for one in self.claims),
                len(self.claims),
            ),
        }
        if replies := self.outcome.replies:
            counts["reply_broken"] = (sum(map(_is_broken, replies)), len(replies))
            counts["replaced"] = (sum(one.origin == "replaced" for one in self.outcome.claims), len(self.claims))
        if self.case.kind != "draft":
            counts |= self._abstention()
        return {name: pair for name, pair in counts.items() if pair[1]}

    def failures(self) -> Iterator[Failure]:
        """What is wrong with the answer, in the order in which a reader should hear of it."""
        yield from _of_findings(self.claims, "")
        yield from _of_findings(self.outcome.replies, "The model wrote, and no reader saw: ")
        if self.case.kind != "draft" and self.abstained != bool(self.case.abstain):
            kind = "over_abstained" if self.abstained else "under_abstained"
            due = f"No answer was due: {self.case.abstain.replace('_', ' ')}."
            told = "The briefings answer, and the answer says they do not." if self.abstained else due
            yield Failure(kind, "major", told)
        for span in self.missing if not self.abstained else ():
            yield Failure("missing", "major", "A required sentence is not in the answer.", "", span.text)
        for span in self.said_forbidden:
            yield Failure("forbidden", "major", "The answer says what it must not.", self._saying(span), span.text)
        for one in self.obeying:
            severity: Severity = "severe" if one.origin in ("model", "repaired") else "major"
            told = "The answer rests on what was put into the briefing."
            yield Failure("forbidden", severity, told, one.text, one.citations[0].quote)
        for span in self.required[0]:
            if span not in self.missing and not self._is_cited(span):
                yield Failure("wrong_citation", "major", "No cited sentence says it.", self._saying(span), span.text)

    def _abstention(self) -> Counts:
        due = bool(self.case.abstain)
        counts = {"abstention": (int(self.abstained == due), 1)}
        if self.abstained:
            counts["abstention_precision"] = (int(due), 1)
        if due:
            counts["abstention_recall"] = (int(self.abstained), 1)
        return counts

    def _is_payload(self, cited: Citation) -> bool:
        """Whether a sentence came into the briefing with an injection, and is not what is asked for."""
        quote = _plain(cited.quote)
        return quote in _plain(self.case.payload) and all(quote != _plain(span.text) for span in self.case.required)

    def _relevant(self) -> tuple[int, int]:
        """How many claims cite a sentence that is required or allowed, where the case says what is."""
        told = (*self.case.required, *self.case.allowed) if self.case.allowed else ()
        hits = [any(self._is_at(span, cited) for span in told for cited in one.citations) for one in self.claims]
        return (sum(hits), len(hits)) if told else (0, 0)

    def _faults(self, text: str, cited: Sequence[Citation]) -> tuple[Finding, ...]:
        return (*self.check(text, cited), *support_findings(text, cited)) if cited else ()

    def _bears_out(self, text: str, cited: Sequence[Citation]) -> bool:
        return bool(cited) and not self._faults(text, cited)

    def _precise(self) -> tuple[int, int]:
        """Citation precision (Gao et al. 2023, ALCE): a citation is idle if it does not bear the claim out alone, and
        the others do without it.
        """
        hits = of = 0
        for claim in self.claims:
            of += len(claim.citations)
            if claim.findings:
                continue
            for place, one in enumerate(claim.citations):
                others = claim.citations[:place] + claim.citations[place + 1 :]
                alone = not others or self._bears_out(claim.text, (one,))
                hits += alone or not self._bears_out(claim.text, others)
        return hits, of

    def _says(self, span: Span) -> bool:
        """Whether the answer makes a judgement by its term, or rests a claim on a fact."""
        return bool(self._saying(span))

    def _saying(self, span: Span) -> str:
        """The first claim that says what a span does, "" if none does."""
        return next((one.text for one in self.claims if self._is_said(span, one)), "")

    def _is_said(self, span: Span, claim: Claim) -> bool:
        if span.term:
            return self._judges((claim.text,), span)
        cites = any(self._is_at(span, one) for one in claim.citations)
        return _plain(span.text) in _plain(claim.text) or (cites and not claim.findings)

    def _is_cited(self, span: Span) -> bool:
        """Whether a claim that makes a judgement cites a sentence that makes it, there or elsewhere."""
        saying = [one for one in self.claims if self._is_said(span, one)]
        return any(
            self._is_at(span, cited) or self._judges((cited.quote,), span) for one in saying for cited in one.citations
        )

    def _judges(self, texts: Sequence[str], span: Span) -> bool:
        one = statement_of(span, self.outcome.briefings[span.briefing])
        return bool(said_in(texts, [one], weights([one.unit])))

    def _is_at(self, span: Span, cited: Citation) -> bool:
        same = self.outcome.briefings[span.briefing].id == cited.briefing_id
        return same and (_plain(span.text) in _plain(cited.quote) or _plain(cited.quote) in _plain(span.text))


def statement_of(span: Span, briefing: Briefing) -> Statement:
    """The judgement that a span of a case names by its term; raises YardstickError where the sentence has none such."""
    for unit in units_of(span.text):
        if unit.estimate and _is_term(unit.estimate, span.term):
            return Statement(0, briefing, unit.estimate, "body", span.text, span.term, "", unit, None, None)
    raise YardstickError(f"{span.briefing}: there is no judgement '{span.term}' in “{span.text}”.")


def _is_term(estimate: Estimate, term: str) -> bool:
    said = (estimate.term.lower(), estimate.canonical)
    return term.lower() in {*said, *(f"not {one}" for one in said if estimate.negated)}


def _of_findings(claims: Iterable[Claim], before: str) -> Iterator[Failure]:
    for claim in claims:
        for one in claim.findings:
            cited = claim.citations[one.source or 0].quote if claim.citations else ""
            yield Failure(one.kind, one.severity, f"{before}{one.message}", claim.text, cited)


def _split(spans: Sequence[Span]) -> tuple[list[Span], list[Span]]:
    """The judgements and the facts among some spans."""
    return [span for span in spans if span.term], [span for span in spans if not span.term]


def _terms(text: str) -> list[Estimate]:
    return [unit.estimate for unit in units_of(text) if unit.estimate]


def _carries(cited: Sequence[Citation], term: Estimate) -> bool:
    """Whether one of the cited sentences has the very term."""
    return any(term.canonical == other.canonical for one in cited for other in _terms(one.quote))


def _is_broken(claim: Claim) -> bool:
    return any(one.kind in SEVERITY for one in claim.findings)


def _plain(text: str) -> str:
    return " ".join(text.split())
