"""Two runs to report on: one of everything that may become of a case, and texts that try to be more than text."""

from dataclasses import replace
from datetime import date

from evals.results import CaseResult, Digests, Failure, Meta, Run
from rag.answer import Citation, Claim, Origin

UNLIKELY = "A strike at the Orvat refinery is unlikely before May."
LIKELY = "The port of Selm is highly likely to reopen in June."
FACT = "The Velm dam was finished in 1971."
RAISED = "A strike at the Orvat refinery is highly likely before May."
# What would break each form of the report, were it not escaped.
HOSTILE = (
    '<script>alert(1)</script> "><img src=http://evil.example/x onerror=alert(2)> </style></details>\n\n'
    "| a | b |\r\n`code` [link](http://evil.example) @everyone #1 ::error::owned --> ]]> \x1b[31m\x00 %0A &amp; "
    "*slanted* ~~no~~ \\|"
)
UPGRADED = Failure("upgraded", "severe", "The claim is stronger.", RAISED, UNLIKELY)
MISSING = Failure("missing", "major", "A required sentence is not in the answer.", "", LIKELY)
META = Meta("recorded:made", Digests("p1", "c1", "k1", "r1", "s1"), "2026-05-04T10:00:00+00:00", 3.0)


def claim(text: str, source: str = "", origin: Origin = "quoted", rejected: str = "") -> Claim:
    quote = source or text
    cited = Citation("b1", "Selm and Orvat", date(2026, 4, 2), "Outlook", "none", None, 0, len(quote), quote)
    return Claim(text, (cited,), (), origin, rejected)


def case(name: str, *claims: Claim, failures: tuple[Failure, ...] = (), kind: str = "question") -> CaseResult:
    passes = float(not failures)
    return CaseResult(
        id=name,
        kind=kind,
        slices=("fact" if kind == "question" else kind,),
        briefing="selm-orvat.md",
        question=f"What of {name}?",
        claims=claims,
        seconds=0.25,
        scores={"judgement_recall": passes, "seconds": 0.25, "band_shift": 0.0},
        counts={"judgement_recall": (int(passes), 1)},
        failures=failures,
    )


def pair() -> tuple[Run, Run]:
    """Base and head: q-severe, q-new, q-flaky, q-unscored, q-failing, q-fixed, d-replaced and 60 that pass."""
    fine = (claim(UNLIKELY), claim(LIKELY))
    replaced = claim(UNLIKELY, origin="replaced", rejected="A strike will come before May.")
    broken = (claim(RAISED, UNLIKELY, "model"), claim(LIKELY))
    flaky = case("q-flaky", *fine)
    unscored = replace(case("q-unscored"), state="unscored", why="the model timed out", scores={}, counts={})
    passing = tuple(case(f"q-fine-{number}", *fine) for number in range(60))
    known = case("q-failing", claim(UNLIKELY), failures=(MISSING,))
    base = (
        *(*passing, case("q-severe", *fine), case("q-new", *fine), flaky, replace(flaky, epoch=1)),
        *(case("q-unscored", *fine), known, case("q-fixed", claim(UNLIKELY), failures=(MISSING,))),
        case("d-replaced", replaced, kind="draft"),
    )
    head = (
        *(*passing, case("q-severe", *broken, failures=(UPGRADED,))),
        *(case("q-new", claim(UNLIKELY), failures=(MISSING,)), flaky),
        replace(flaky, epoch=1, claims=(claim(UNLIKELY),), failures=(MISSING,)),
        *(unscored, known, case("q-fixed", *fine), case("d-replaced", replaced, kind="draft")),
    )
    after = replace(META, digests=replace(META.digests, prompts="p2" * 32), label="head")
    return Run(replace(META, label="origin/main"), base), Run(after, head)


def hostile() -> tuple[Run, Run]:
    """The same case twice, then with everything that a briefing or a model may say at its worst."""
    base, head = pair()
    bad = Failure("upgraded", "severe", HOSTILE, HOSTILE, HOSTILE)
    said = replace(claim(HOSTILE, origin="replaced", rejected=HOSTILE), findings=())
    worst = replace(case("q-severe", said, failures=(bad,)), question=HOSTILE)
    unscored = replace(case("q-unscored"), state="unscored", why=HOSTILE, scores={}, counts={})
    changed = {"q-severe": worst, "q-unscored": unscored}
    return base, replace(
        head, meta=replace(head.meta, label=HOSTILE), cases=tuple(changed.get(one.id, one) for one in head.cases)
    )
