"""Verified streaming: what a model that errs on purpose can get past the check, and what the check costs.

`python -m evals.bench.verified` prints a table and exits 1 where a bar is missed; `--errors` lists what came through.
The model is the test server of tests/chat, which corrupts every second judgement and keeps a record of it.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from evals.bench.corpora import shared
from evals.bench.table import Row, print_table, wilson
from ingest.embedding import Embedder
from ingest.errors import YardstickError
from ingest.pipeline import ingest
from ingest.settings import load_settings
from ingest.store import open_store
from rag.answer import Answer, Citation, Claim, Filters, Finding
from rag.corpus import Corpus
from rag.generating import Generation, answer_values, generate
from rag.judging import check_cited
from rag.models import ChatModel, model_name
from rag.prompting import load_prompt
from rag.quoting import cite
from rag.service import DEPTH, PASSAGES, Yardstick

READERS = 20
TOKENS_PER_SECOND = 30


@dataclass(frozen=True, slots=True)
class Shown:
    """A claim that a reader saw, and the question it answers."""

    question: str
    claim: Claim


def service_over(folder: Path, url: str) -> Yardstick:
    """The service over all exercise briefings, in a store of its own, with the model at this address."""
    os.environ.update(YARDSTICK_MODEL_URL=url, YARDSTICK_MODEL_TIMEOUT="20")
    settings = load_settings(folder)
    embedder = Embedder(settings)
    paths = [path for name in "ab" for path in sorted(shared(f"briefings/{name}").glob("*.md"))]
    ingest(paths, open_store(settings, embedder), embedder, settings, lambda _: None)
    service = Yardstick(settings)
    service.warm()
    return service


def questions() -> list[str]:
    """All questions of the exercise briefings."""
    files = [path for name in "ab" for path in sorted(shared(f"briefings/{name}").glob("*.json"))]
    return [row["q"] for path in files for row in json.loads(path.read_text(encoding="utf-8"))["questions"]]


def plain(text: str) -> str:
    """A line without its numbers and odd spaces."""
    return " ".join(text.split("[")[0].split())


def corrupted_rows(service: Yardstick, behaviour: Any, model: str, errors: bool) -> Iterator[Row]:
    """Every question through the model that corrupts half of its judgements."""
    shown = [Shown(text, claim) for text in questions() for claim in service.ask(text, model=model).claims]
    written = [one for one in shown if one.claim.origin in ("model", "repaired")]
    through = [(one, fault) for one in written for fault in behaviour.corrupted if _is(one.claim, fault)]
    honest = {plain(line) for line in behaviour.honest}
    # A wrong number leaves the words as they were: such a line is corrupt, whatever an honest one says elsewhere.
    honest -= {plain(fault.line) for fault in behaviour.corrupted}
    lost = {plain(one.claim.rejected) for one in shown if one.claim.origin in ("replaced", "repaired")} & honest
    kinds = Counter(fault.kind for fault in behaviour.corrupted)
    if errors:
        for one, fault in through:
            print(f"came through ({fault.kind}): {one.claim.text}\n  source: {fault.sentence}")
        print("\n".join(f"faithful, replaced: {line}" for line in sorted(lost)))
    reached = len(through)
    yield Row(
        "corrupted sentences that the model wrote, by kind", ", ".join(f"{k} {n}" for k, n in kinds.items()), None
    )
    yield Row("corrupted sentences that reached a reader", f"{reached} of {sum(kinds.values())}", 0, -reached)
    rate = wilson([line in lost for line in honest])
    yield Row("faithful sentences replaced all the same", rate, -0.02, -rate.share)
    origins = Counter(one.claim.origin for one in shown)
    yield Row("claims shown", ", ".join(f"{name} {count}" for name, count in origins.items()), None)


def _is(claim: Claim, fault: Any) -> bool:
    if plain(claim.text) != plain(fault.line):
        return False
    # With a wrong citation the words are right: it came through only if the wrong sentence is cited.
    wrong_number = fault.kind in ("cites_wrong", "invents_citations", "no_citations")
    return not wrong_number or all(citation.quote != fault.sentence for citation in claim.citations)


def drafted_rows(service: Yardstick, behaviour: Any, model: str) -> Iterator[Row]:
    """Summaries of every briefing, written up by the model that corrupts half of its judgements."""
    lines = []
    for briefing in service.library.briefings():
        draft = service.draft("summary", Filters(briefing_ids=(briefing.id,)), model=model)
        lines += [line.claim for section in draft.sections for line in section.lines]
    written = [one for one in lines if one.origin in ("model", "repaired")]
    through = [one for one in written if any(_is(one, fault) for fault in behaviour.corrupted)]
    counts = f"of the model's {len(written)}, and {len(behaviour.corrupted)} were corrupt"
    told = f"{len(through)} of {len(lines)} lines; {counts}"
    yield Row("corrupt lines in summaries that it wrote up", told, 0, -len(through))


class _Timed(ChatModel):
    """A chat model that notes when the end of a line last came in."""

    arrived = 0.0

    def stream(self, prompt: str) -> Iterator[str]:
        for piece in super().stream(prompt):
            if "\n" in piece:
                self.arrived = time.perf_counter()
            yield piece


def delay_row(service: Yardstick, name: str) -> Row:
    """The time from the end of a line, as it arrives, to its checked claim."""
    model = _Timed(model_name(name, os.environ["YARDSTICK_MODEL_URL"]), load_settings())
    scales = service._scales
    delays: list[float] = []
    for text in questions()[:60]:
        found = service.retriever.retrieve(text, Filters(), DEPTH)
        passages = [cite(one.number, found.corpus) for one in found.evidence[:PASSAGES]]
        model.arrived = 0.0

        def check(line: str, cited: Sequence[Citation], corpus: Corpus = found.corpus) -> tuple[Finding, ...]:
            return check_cited(line, cited, corpus, scales)

        prompt, values = load_prompt("answer"), answer_values(text, passages)
        for claim in generate(prompt, values, passages, model, check, Generation()):
            if isinstance(claim, Claim) and claim.origin == "model" and model.arrived:
                delays.append(1000 * (time.perf_counter() - model.arrived))
                model.arrived = 0.0
    p95 = quantiles(delays, n=20)[-1]
    middle = quantiles(delays, n=2)[0]
    return Row("delay of a checked claim, ms", f"p50 {middle:.1f}, p95 {p95:.1f} (n={len(delays)})", -30, -p95)


def crowd_rows(service: Yardstick, model: str) -> Iterator[Row]:
    """Twenty readers at once against a slow model, beside one reader alone."""
    some = questions()[:READERS]

    def ask(text: str) -> tuple[float, float, Answer]:
        started, first = time.perf_counter(), 0.0
        for event in service.stream(text, model=model):
            if isinstance(event, Claim) and not first:
                first = time.perf_counter() - started
        assert isinstance(event, Answer)
        return first, time.perf_counter() - started, event

    alone = ask(some[0])
    with ThreadPoolExecutor(READERS) as pool:
        began = time.perf_counter()
        done = list(pool.map(ask, some))
        wall = time.perf_counter() - began
    firsts, wholes = sorted(one[0] for one in done if one[0]), sorted(one[1] for one in done)
    told = (
        f"alone {alone[1]:.1f} s; together {wall:.1f} s, slowest {wholes[-1]:.1f} s, "
        f"first claims {firsts[0]:.1f} to {firsts[-1]:.1f} s"
    )
    yield Row(f"{READERS} readers at once, {TOKENS_PER_SECOND} tokens/s each", told, 0, alone[1] * 3 - wholes[-1])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", action="store_true", help="list what came through and what was replaced")
    options = parser.parse_args(arguments)
    from tests.chat.replies import HalfCorrupt, behaviour
    from tests.chat.server import ChatServer

    model, rows = "openai:made-up-1", list[Row]()
    with tempfile.TemporaryDirectory() as folder:
        half = HalfCorrupt()
        with ChatServer(half) as server:
            service = service_over(Path(folder), server.url)
            rows += corrupted_rows(service, half, model, options.errors)
        half = HalfCorrupt()
        with ChatServer(half) as server:
            os.environ["YARDSTICK_MODEL_URL"] = server.url
            rows += drafted_rows(Yardstick(load_settings(Path(folder))), half, model)
        with ChatServer(behaviour("faithful")) as server:
            os.environ["YARDSTICK_MODEL_URL"] = server.url
            rows.append(delay_row(service, model))
        with ChatServer(behaviour("faithful"), tokens_per_second=TOKENS_PER_SECOND) as server:
            os.environ["YARDSTICK_MODEL_URL"] = server.url
            crowd = Yardstick(load_settings(Path(folder)))
            crowd.warm()
            rows += crowd_rows(crowd, model)
    return print_table(rows)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except YardstickError as exc:
        sys.exit(f"yardstick: {exc}")
