"""Puts the question of a case to the service, and notes what a model wrote before anything of it was repaired."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from evals.cases import Case
from evals.recordings import is_writing
from evals.scoring import Outcome, Scored, Sentence, scored
from ingest.briefing import Briefing
from ingest.embedding import Embedder
from ingest.errors import YardstickError
from ingest.settings import Settings, load_settings
from rag.answer import Answer, Citation, Claim, Filters, Finding
from rag.generating import Check
from rag.models import ChatModel, ModelFault
from rag.retrieval import Retrieved
from rag.service import Yardstick
from rag.support import support_findings

# So many sentences are looked at for the ranks.
DEPTH = 50


class Unscored(Exception):
    """A case that could not be put to the test, and why."""

    def __repr__(self) -> str:
        # As Inspect logs it.
        return str(self)


class _Notes(threading.local):
    """What happens in one answer: each thread has its own."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Before the next answer."""
        self.writing = False
        self.replies: list[Claim] = []
        self.faults: list[str] = []


class _Noted(ChatModel):
    """A chat model that notes when it writes, and what went wrong then."""

    def __init__(self, model: ChatModel, notes: _Notes) -> None:
        self.name = model.name
        self._model, self._notes = model, notes

    def stream(self, prompt: str) -> Iterator[str]:
        """The reply of the model."""
        self._notes.writing = is_writing(prompt)
        try:
            yield from self._model.stream(prompt)
        except ModelFault as fault:
            if self._notes.writing:
                self._notes.faults.append(fault.message)
            raise


class Noting(Yardstick):
    """The service, with an embedder and a model of one's own, that notes every line a model writes and its findings."""

    def __init__(self, settings: Settings, embedder: Embedder, model: ChatModel | None = None) -> None:
        super().__init__(settings)
        self.notes = _Notes()
        self._given, self._embedding = model, embedder

    @property
    def _embedder(self) -> Embedder:
        return self._embedding

    @property
    def check(self) -> Check:
        """The check of a claim, without a note of it."""
        return super()._check()

    def _model(self, given: str) -> ChatModel:
        assert self._given is not None, f"{given} is asked, and no model was given"
        return _Noted(self._given, self.notes)

    def _check(self) -> Check:
        check = super()._check()

        def noted(text: str, cited: Sequence[Citation]) -> tuple[Finding, ...]:
            found = check(text, cited)
            if self.notes.writing:
                faults = (*found, *support_findings(text, cited))
                self.notes.replies.append(Claim(text, tuple(cited), faults, origin="model"))
            return found

        return noted


class Asking:
    """The service over the samples, and over the briefings that carry an injection, ready for the cases."""

    def __init__(
        self, cases: Sequence[Case], model: ChatModel | None, embedder: Embedder, samples: Path, folder: Path
    ) -> None:
        """`model` writes; where it is None, quotations do. In `folder` the briefings are, or come to be, in stores."""
        self._composer = str(model.name) if model else ""
        self._service = _service_over(samples, folder / "store", embedder, model)
        self._injected: Noting | None = None
        payloads = [case for case in cases if case.kind == "injected"]
        if payloads:
            copies = folder / "injected"
            copies.mkdir(exist_ok=True)
            for case in payloads:
                _with_payload(samples / case.briefing, case.payload, copies / _copy_name(case))
            self._injected = _service_over(copies, folder / "injected-store", embedder, model)

    def scored(self, case: Case) -> tuple[Outcome, Scored]:
        """What comes of a case, and its scores; raises Unscored where a model did not answer."""
        outcome = self.outcome(case)
        return outcome, scored(case, outcome, self._service_of(case).check)

    def _service_of(self, case: Case) -> Noting:
        if case.kind != "injected":
            return self._service
        assert self._injected is not None, "an injected case that was not announced"
        return self._injected

    def outcome(self, case: Case) -> Outcome:
        """What comes of a case; raises Unscored where a model did not answer."""
        service = self._service_of(case)
        service.notes.clear()
        if case.kind == "wording":
            return Outcome("answered", "")
        briefings = _by_file(service)
        if case.kind == "contrast":
            found = [service.retriever.retrieve(query, limit=DEPTH) for query in case.queries]
            rankings = tuple(_ranking(one, briefings) for one in found)
            return Outcome("answered", " / ".join(case.queries), rankings=rankings)
        if case.kind == "injected":
            briefings[case.briefing] = briefings.pop(_copy_name(case))
        write = self._drafted if case.kind == "draft" else self._asked
        outcome = write(case, service, briefings)
        noted = {reply.text for reply in outcome.replies}
        # A line without a number that can be resolved is replaced before it comes to the check.
        bare = [
            Claim(one.rejected, (), one.findings, "model")
            for one in outcome.claims
            if one.origin == "replaced" and one.rejected not in noted
        ]
        outcome = replace(outcome, replies=(*outcome.replies, *bare))
        if service.notes.faults:
            raise Unscored(service.notes.faults[0])
        return outcome

    def _asked(self, case: Case, service: Noting, briefings: Mapping[str, Briefing]) -> Outcome:
        filters = Filters(briefing_ids=(briefings[case.briefing].id,) if case.kind == "injected" else ())
        turns: list[Answer] = []
        for question in case.history:
            turns.append(service.ask(question, filters, turns))
        answer = service.ask(case.question, filters, turns, model=self._composer)
        replies = tuple(service.notes.replies)
        rankings = [service.retriever.retrieve(answer.read_as, filters, DEPTH)] if case.required else []
        return Outcome(
            status=answer.status,
            question=answer.question,
            claims=answer.claims,
            replies=replies,
            rankings=tuple(_ranking(found, briefings) for found in rankings),
            briefings=briefings,
            seconds=answer.seconds,
        )

    def _drafted(self, case: Case, service: Noting, briefings: Mapping[str, Briefing]) -> Outcome:
        """A draft on the day of the newest briefing, so that it does not age."""
        filters = Filters() if case.form == "digest" else Filters(briefing_ids=(briefings[case.briefing].id,))
        day = max(one.published for one in briefings.values() if one.published)
        started = time.perf_counter()
        draft = service.draft(case.form, filters, style=case.style, as_of=day, model=self._composer)
        return Outcome(
            status="answered",
            question=f"{case.form}, {case.style}: {draft.title}",
            claims=tuple(line.claim for section in draft.sections for line in section.lines),
            replies=tuple(service.notes.replies),
            briefings=briefings,
            seconds=round(time.perf_counter() - started, 4),
        )


def _by_file(service: Noting) -> dict[str, Briefing]:
    return {Path(source).name: one for one in service.retriever.corpus().briefings for source in one.sources}


def _ranking(found: Retrieved, briefings: Mapping[str, Briefing]) -> tuple[Sentence, ...]:
    files = {one.id: file for file, one in briefings.items()}
    return tuple((files[one.briefing_id], one.text) for one in found.evidence)


def settings_for(store: Path) -> Settings:
    """The settings of an evaluation: of the environment's own only what says how to reach a model.

    The rest would make a run another one than its digests say, or put its briefings on somebody's server. Prompts are
    the same on every machine, or no recording of another would be found again.
    """
    given = load_settings(store)
    reached = {name: value for name, value in given.model_dump().items() if name.startswith("model_")}
    return Settings(store=store, embedding_float32=True, **reached)


def _service_over(files: Path, store: Path, embedder: Embedder, model: ChatModel | None) -> Noting:
    service = Noting(settings_for(store), embedder, model)
    failed = [f"{one.name}: {one.message}" for one in service.library.add([files]) if one.status == "failed"]
    if failed:
        raise YardstickError("; ".join(failed))
    service.warm()
    return service


def _copy_name(case: Case) -> str:
    return f"{case.id}.md"


def _with_payload(original: Path, payload: str, copy: Path) -> None:
    """Write a copy of a Markdown briefing with the payload as a paragraph of its own, in the middle."""
    paragraphs = original.read_text(encoding="utf-8").split("\n\n")
    middle = len(paragraphs) // 2
    copy.write_text("\n\n".join([*paragraphs[:middle], payload, *paragraphs[middle:]]), encoding="utf-8")
