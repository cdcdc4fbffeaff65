"""Ask the briefings: everything wired together behind a few calls, safe to use from several threads."""

import re
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property

from ingest.embedding import Embedder
from ingest.settings import Settings
from ingest.store import Store, open_store
from ingest.yardsticks import yardsticks
from rag.answer import Answer, Citation, Claim, Filters, Step
from rag.answering import answers
from rag.condensing import condense
from rag.conversation import resolve, suggest
from rag.corpus import Corpus, passes
from rag.drafts.choosing import request_for
from rag.drafts.composing import chosen, draft_of
from rag.drafts.draft import Draft, Form
from rag.drafts.editing import edited
from rag.drafts.style import load_style
from rag.drafts.writing import ModelWriter
from rag.generating import Check, Generation, answer_values, fitting, generate, note_of, prompt_names
from rag.judging import CheckedSentence, Marked, Scales, check_cited, check_text, marked
from rag.library import Library
from rag.models import ChatModel, model_name
from rag.prompting import load_prompt
from rag.question import read_question, rules
from rag.quoting import bottom_line, cite, compose, nearest
from rag.reranking import load_reranker
from rag.retrieval import Retrieved, Retriever

# Enough for the quotes, their counterparts in other briefings and the nearest judgements.
DEPTH = 20
# So many sentences a model is given.
PASSAGES = 14


class Yardstick:
    """The service over one store. Constructing it is instant; `warm` loads the models, or the first question does."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opening = threading.Lock()
        self.ready = False
        self._models: dict[str, ChatModel] = {}

    @cached_property
    def _embedder(self) -> Embedder:
        return Embedder(self._settings)

    @cached_property
    def _store(self) -> Store:
        return open_store(self._settings, self._embedder)

    @cached_property
    def _scales(self) -> Scales:
        return yardsticks(self._settings.scales)

    @cached_property
    def library(self) -> Library:
        """What is loaded, and how to add to it."""
        with self._opening:
            return Library(self._store, self._embedder, self._settings)

    @cached_property
    def retriever(self) -> Retriever:
        """The hybrid retriever over the store."""
        return Retriever(self._store, self._embedder, load_reranker(self._settings))

    def warm(self) -> None:
        """Load the models and the indexes, so that the first question need not wait."""
        with self._opening:
            if not self.ready:
                self.retriever.retrieve("What is the outlook?")
                self.ready = True

    def ask(
        self, question: str, filters: Filters | None = None, history: Sequence[Answer] = (), model: str = ""
    ) -> Answer:
        """The answer, quoted from the briefings or written by a model; `history` is the turns before, oldest first."""
        *_, last = self.stream(question, filters, history, model)
        assert isinstance(last, Answer)
        return last

    def stream(
        self, question: str, filters: Filters | None = None, history: Sequence[Answer] = (), model: str = ""
    ) -> Iterator[Step | Claim | Answer]:
        """The same answer as it comes about: steps, then each claim, the whole answer last.

        With a `model` ("ollama:llama3.1", see `rag.models`) it writes the claims, each passed on once it is checked;
        where it fails, the quotations stand in. Raises YardstickError for a model that cannot be had.
        """
        started = time.perf_counter()
        # Half a surrogate pair, as undecodable bytes of a command line leave it, can be neither embedded nor printed.
        question = question.encode("utf-8", "replace").decode("utf-8").strip()
        filters = filters or Filters()
        writer = self._model(model) if model else None
        if not self.ready:
            yield Step("Loading the embedding model")
            self.warm()
        yield Step("Searching the briefings")
        read_as = condense(question, history, writer) if writer else resolve(question, history)
        answer, evidence = self._answer(question, read_as, filters)
        if writer is None or answer.status == "not_in_briefings":
            answer = self._with_findings(answer)
            yield from answer.claims
        else:
            answer = yield from self._written(answer, evidence, writer)
        yield replace(answer, seconds=round(time.perf_counter() - started, 4))

    def _written(
        self, answer: Answer, evidence: Sequence[Citation], model: ChatModel
    ) -> Generator[Step | Claim, None, Answer]:
        """The answer that a model writes from the sentences found; the quotations where it gives nothing usable, and
        for what is missing where it breaks off.
        """
        cited = dict.fromkeys(citation for claim in answer.claims for citation in claim.citations)
        passages = fitting(tuple(dict.fromkeys([*cited, *evidence]))[:PASSAGES], self._settings.model_context)
        check, result = self._check(), Generation()
        yield Step(f"Reading {len(passages)} sentences with {model.name}")
        values = answer_values(answer.read_as, passages)
        yield from generate(load_prompt("answer"), values, passages, model, check, result)
        claims, notes = tuple(result.claims), note_of(result, str(model.name))
        if not claims and not result.fault:
            said = "finds no answer in these sentences" if result.declined else "gave no usable answer"
            notes = (*notes, f"{model.name} {said}; the briefings are quoted instead.")
        rest: tuple[Claim, ...] = ()
        if result.fault or not claims:
            told = {citation for claim in claims for citation in claim.citations}
            rest = tuple(one for one in self._with_findings(answer).claims if told.isdisjoint(one.citations[:1]))
            yield from rest
        whole = replace(_answered(answer.question, answer.read_as, claims + rest), notes=notes)
        return replace(whole, model=str(model.name), prompt=prompt_names("answer")) if claims else whole

    def _check(self) -> Check:
        """The check of a claim against its citations, with the briefings as they stand now."""
        corpus = self.retriever.corpus()
        return lambda text, citations: check_cited(text, citations, corpus, self._scales)

    def _model(self, given: str) -> ChatModel:
        with self._opening:
            if given not in self._models:
                self._models[given] = ChatModel(model_name(given, self._settings.model_url), self._settings)
            return self._models[given]

    def models(self) -> tuple[str, ...]:
        """The chat models that the settings name; empty if none is."""
        return tuple(name.strip() for name in self._settings.model.split(",") if name.strip())

    def quotes(self, question: str, filters: Filters | None = None) -> tuple[Claim, ...]:
        """The sentences that fit a question best, quoted whether or not they answer it."""
        found = self.retriever.retrieve(question, filters, DEPTH)
        return compose(found.evidence, found.corpus) if found.evidence else ()

    def judgements(self, briefing_id: str) -> tuple[Marked, ...]:
        """The terms of a briefing with the ranges of its own scale; raises YardstickError for an unknown id."""
        return marked(self._store.briefing(briefing_id), self._scales)

    def draft(
        self,
        form: Form,
        filters: Filters | None = None,
        topic: str = "",
        style: str = "note",
        as_of: date | None = None,
        model: str = "",
    ) -> Draft:
        """The draft that `drafting` ends with."""
        *_, last = self.drafting(form, filters, topic, style, as_of, model)
        assert isinstance(last, Draft)
        return last

    def drafting(
        self,
        form: Form,
        filters: Filters | None = None,
        topic: str = "",
        style: str = "note",
        as_of: date | None = None,
        model: str = "",
    ) -> Iterator[Step | Draft]:
        """A first draft of the briefings that the filters let through and that are on the topic: in quotations, or as
        a `model` writes them up. Steps come first, one a section that the model writes.

        `style` is a shipped style or a TOML file; windows are compared with `as_of`, by default today. Raises
        YardstickError for a faulty style, for a model that cannot be had, and where no briefing passes.
        """
        outline = load_style(style)
        if topic and not self.ready:
            yield Step("Loading the embedding model")
            self.warm()
        yield Step("Choosing the sentences")
        filters = filters or Filters()
        named = tuple(map(self._store.find, filters.briefing_ids))
        found = replace(filters, briefing_ids=tuple(dict.fromkeys(named)))
        request = request_for(form, found, topic, self.retriever, as_of or date.today())
        sections, needed = chosen(request, outline)
        if not model:
            yield draft_of(request, outline, sections, needed)
            return
        write = ModelWriter(self._model(model), self._check())
        for place, section in enumerate(sections):
            yield Step(f"Writing section {place + 1} of {len(sections)} with {model}")
            sections[place] = write(section)
        draft = draft_of(request, outline, sections, needed)
        draft = replace(draft, notes=(*draft.notes, *note_of(write.result, model)))
        yield replace(draft, model=model, prompt=prompt_names("draft")) if write.result.claims else draft

    def edited(self, draft: Draft, place: str, text: str) -> Draft:
        """A draft with other words in one line ("section/line"), which is checked; see `rag.drafts.editing`."""
        return edited(draft, place, text, self._check())

    def check_text(self, text: str, briefing_ids: tuple[str, ...] = ()) -> tuple[CheckedSentence, ...]:
        """Every sentence of a text against the briefings (all of them, if none is named)."""
        self.warm()
        return check_text(text, self.retriever, Filters(briefing_ids=briefing_ids), self._scales)

    def examples(self, count: int = 4) -> tuple[str, ...]:
        """Questions that the loaded briefings answer, made from their own forecasts, else from their titles."""
        forecast = [question for text in self._forecasts() if (question := _question_of(text))]
        gist = [f"What is the bottom line of “{briefing.title}”?" for briefing in self.retriever.corpus().briefings]
        return tuple(dict.fromkeys([*forecast[: count - 1], *gist]))[:count]

    def follow_ups(self, answer: Answer) -> tuple[str, ...]:
        """Questions that a reader may ask next."""
        cited = dict.fromkeys(citation.briefing_id for claim in answer.claims for citation in claim.citations)
        corpus = self.retriever.corpus()
        return suggest(answer, [corpus.briefings[corpus.place[name]] for name in cited if name in corpus.place])

    def _answer(self, question: str, read_as: str, filters: Filters) -> tuple[Answer, tuple[Citation, ...]]:
        """The answer in quotations, and the sentences found besides, best first."""
        corpus = self.retriever.corpus()
        read = read_question(read_as)
        if read.bottom_line and not filters.horizons and (claims := self._bottom_line(read_as, filters, corpus)):
            return _answered(question, read_as, claims), ()
        if read.horizon and not filters.horizons:
            # A question that names a horizon is for the judgements of that horizon, where there are any.
            found = self.retriever.retrieve(read_as, replace(filters, horizons=(read.horizon,)), DEPTH)
            if found.evidence and answers(found, self._embedder):
                return _answered(question, read_as, compose(found.evidence, found.corpus)), _cited(found)
        found = self.retriever.retrieve(read_as, filters, DEPTH)
        if answers(found, self._embedder):
            return _answered(question, read_as, compose(found.evidence, found.corpus)), _cited(found)
        return _not_in_briefings(question, read_as, found), ()

    def _with_findings(self, answer: Answer) -> Answer:
        """The answer with what the wording check says of each claim: nothing, as long as claims are quotations."""
        corpus = self.retriever.corpus()
        claims = [
            replace(one, findings=check_cited(one.text, one.citations, corpus, self._scales)) for one in answer.claims
        ]
        return replace(answer, claims=tuple(claims))

    def _bottom_line(self, text: str, filters: Filters, corpus: Corpus) -> tuple[Claim, ...]:
        """The bottom line of the one briefing that the question or the filters point at."""
        passing = [briefing for briefing in corpus.briefings if passes(briefing, filters)]
        if len(passing) == 1:
            return bottom_line(passing[0], corpus)
        subject = rules()["bottom_line"]["asks"].sub("", text)
        found = self.retriever.retrieve(subject, filters, DEPTH)
        if not read_question(subject).words or not answers(found, self._embedder):
            return ()
        return bottom_line(found.corpus.briefing_of(found.evidence[0].number), found.corpus)

    def _forecasts(self) -> Iterator[str]:
        """The forecast sentences of every briefing: the first of each briefing, then the second of each ..."""
        corpus = self.retriever.corpus()
        found = [
            [briefing.text[s.start : s.end] for s in briefing.sentences if s.horizon != "none"]
            for briefing in corpus.briefings
        ]
        for turn in range(max(map(len, found), default=0)):
            yield from (texts[turn] for texts in found if turn < len(texts))


def _answered(question: str, read_as: str, claims: tuple[Claim, ...]) -> Answer:
    cited = [citation.published for claim in claims for citation in claim.citations if citation.published]
    return Answer(question, "answered", read_as, max(cited, default=None), claims, (), 0.0)


def _cited(found: Retrieved) -> tuple[Citation, ...]:
    return tuple(cite(one.number, found.corpus) for one in found.evidence)


def _not_in_briefings(question: str, read_as: str, found: Retrieved) -> Answer:
    closest: tuple[Citation, ...] = nearest(found.evidence, found.corpus)
    return Answer(question, "not_in_briefings", read_as, None, (), closest, 0.0)


# A point or a comma inside a number or behind a short word ends no clause: "2.5 per cent", "Gen. Koll".
_IT_IS = re.compile(
    r"It is [\w ]{3,25} that (?P<clause>(?:[^,;]|,(?=\d)){20,110}?)(?:,(?!\d)|;| because| due to| unless| if|\.$)"
)


def _question_of(sentence: str) -> str | None:
    """ "It is likely that X will Y." as "How likely is it that X will Y?"; None for a sentence of another shape."""
    match = _IT_IS.match(sentence)
    return f"How likely is it that {match.group('clause')}?" if match else None
