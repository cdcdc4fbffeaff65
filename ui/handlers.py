"""What the page does when a reader acts: each handler is one call to rag and one to render."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from rag.answer import Filters
from rag.library import Progress, YardstickError
from rag.service import Yardstick
from ui.checking import checkable, checked_html, checking_html
from ui.comparison import comparison_html
from ui.conversation import Message, Turns, claim_at, converse, describe, filters_of, messages, rate
from ui.evidence import evidence_html, hint_html, missing_html
from ui.feedback import Feedback, Rating
from ui.markup import Html, text
from ui.render import filters_html, note_html, read_reference, welcome_html
from ui.shelf import choices, outcomes_html, publishers, shelf_html

Shown = tuple[list[Message], Turns, gr.Textbox]
# Gradio puts a live one in its place when it finds it as the default.
NO_PROGRESS = gr.Progress()


class Handlers:
    """The handlers of a page over one service; what belongs to a reader is passed in and handed back."""

    def __init__(self, service: Yardstick, feedback: Feedback) -> None:
        self._service = service
        self._feedback = feedback

    def ask(self, question: str, turns: Turns, filters: Filters, model: str) -> Iterator[Shown]:
        """Answer a question; the box empties, and offers to stop while it lasts."""
        if not question.strip():
            yield messages(turns), turns, gr.Textbox()
            return
        box = gr.Textbox(value="", submit_btn=False, stop_btn="Stop")
        for shown, turns_so_far in converse(self._service, question.strip(), filters, turns, model):
            yield shown, turns_so_far, box
            box = gr.Textbox()
        yield shown, turns_so_far, self.idle()

    def ask_suggested(self, turns: Turns, filters: Filters, model: str, event: gr.EventData) -> Iterator[Shown]:
        """Answer a question that the page suggested."""
        yield from self.ask(str(event.question), turns, filters, model)

    def retry(self, turns: Turns, filters: Filters, model: str) -> Iterator[Shown]:
        """Ask the last question again, in the place of its first answer."""
        yield from self.ask(turns[-1].question if turns else "", turns[:-1], filters, model)

    def stop(self, turns: Turns) -> Shown:
        """What remains of the conversation when an answer came to no end."""
        return messages(turns), turns, self.idle()

    def clear(self) -> tuple[list[Message], Turns, gr.Textbox, Html]:
        """An empty conversation, and no evidence."""
        return [], (), self.idle(), hint_html()

    def idle(self) -> gr.Textbox:
        """The question box when nothing is being answered."""
        return gr.Textbox(submit_btn="Ask", stop_btn=False)

    def open(self, event: gr.EventData) -> Html:
        """The evidence behind a citation, or why there is none."""
        try:
            reference = read_reference(str(event.reference))
            briefing = self._service.library.briefing(reference.briefing_id)
            return evidence_html(briefing, reference, self._service.judgements(briefing.id))
        except YardstickError as exc:
            return missing_html(str(exc))

    def compare(self, turns: Turns, event: gr.EventData) -> Html:
        """A model's claim above the sentences that it cites, or why that cannot be shown."""
        claim = claim_at(turns, str(event.claim))
        if claim is None:
            return missing_html("This claim is not part of the conversation any more. Ask the question again.")
        try:
            terms = {one.briefing_id: self._service.judgements(one.briefing_id) for one in claim.citations}
        except YardstickError as exc:
            return missing_html(str(exc))
        return comparison_html(claim, terms, str(event.claim))

    def check(self, pasted: str, briefing_ids: Sequence[str]) -> Iterator[Html]:
        """A pasted text, each sentence of it checked against the chosen briefings, or against all."""
        try:
            words = checkable(pasted)
            yield checking_html()
            sentences = self._service.check_text(words, tuple(briefing_ids))
            cited = {citation.briefing_id for sentence in sentences for citation in sentence.citations}
            yield checked_html(sentences, {name: self._service.judgements(name) for name in cited})
        except YardstickError as exc:
            yield text("p", str(exc), class_="problem", role="alert")

    def rate(self, turns: Turns, event: gr.EventData) -> tuple[list[Message], Turns, int, gr.Group]:
        """Keep what a reader thought of an answer, and ask for a comment."""
        written, _, place = str(event.rating).partition("/")
        number = int(place) if place.isdecimal() else -1
        if not 0 <= number < len(turns):
            return messages(turns), turns, -1, gr.Group(visible=False)
        rating: Rating = "up" if written == "up" else "down"
        rated = rate(turns, number, rating)
        answer = rated[number].answer
        if answer:
            self._feedback.record(answer, rating)
        return messages(rated), rated, number, gr.Group(visible=True)

    def comment(self, turns: Turns, number: int, words: str) -> tuple[str, gr.Group]:
        """Keep a reader's comment on the answer last rated."""
        turn = turns[number] if 0 <= number < len(turns) else None
        if turn and turn.answer and turn.rating and words.strip():
            self._feedback.record(turn.answer, turn.rating, words)
            gr.Info("Your comment is kept with the briefings.")
        return "", gr.Group(visible=False)

    def choose(
        self,
        briefing_ids: Sequence[str],
        names: Sequence[str],
        horizons: Sequence[str],
        published_from: str,
        published_to: str,
        as_of: str,
    ) -> tuple[Filters, Html]:
        """The filters as chosen, and a line that says so; those before stay out of force when one cannot be read."""
        try:
            filters = filters_of(briefing_ids, names, horizons, published_from, published_to, as_of)
        except YardstickError as exc:
            return Filters(), note_html(f"{exc} Until then no filter is in force.")
        return filters, filters_html(describe(filters))

    def show(self, *chosen: Sequence[str]) -> tuple[Any, ...]:
        """What is loaded: the shelf, the publishers, the welcome, then each choice of briefings without what is gone.

        `chosen` are the briefings chosen in each of the dropdowns.
        """
        briefings = self._service.library.briefings()
        examples = self._service.examples() if briefings else ()
        kept = ([one.id for one in briefings if one.id in ids] for ids in chosen)
        return (
            shelf_html(briefings),
            gr.Dropdown(choices=publishers(briefings)),
            gr.Chatbot(placeholder=welcome_html(len(briefings), examples)),
            *(gr.Dropdown(choices=choices(briefings), value=ids) for ids in kept),
        )

    def upload(self, paths: list[str] | None, progress: gr.Progress = NO_PROGRESS) -> tuple[None, Html]:
        """Read uploaded files into the library; they stay nowhere else, for what Gradio keeps can be fetched by URL."""

        def show(done: Progress) -> None:
            pace = f"{done.files_done} of {done.files} files, {done.passages_per_second:.0f} sentences a second"
            progress((done.passages_done, done.passages or 1), desc=pace, unit="sentences")

        progress(0, desc="Reading" if self._service.ready else "Loading the embedding model")
        with tempfile.TemporaryDirectory(prefix="yardstick-") as folder:
            moved = [_move(Path(path), Path(folder) / str(number)) for number, path in enumerate(paths or ())]
            try:
                return None, outcomes_html(self._service.library.add(moved, show))
            except YardstickError as exc:
                return None, note_html(str(exc))

    def remove(self, event: gr.EventData) -> Html:
        """Take a briefing out of the library."""
        try:
            briefing = self._service.library.briefing(str(event.briefing))
            self._service.library.remove(briefing.id)
        except YardstickError as exc:
            return note_html(str(exc))
        return text("p", f"Removed: {briefing.title}", class_="outcomes", role="status")


def _move(uploaded: Path, folder: Path) -> Path:
    """The uploaded file in a folder of its own, so that two of one name do not meet."""
    folder.mkdir()
    return Path(shutil.move(uploaded, folder / uploaded.name))
