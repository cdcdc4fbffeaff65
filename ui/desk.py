"""The Draft page: what stands on it, and what happens when an analyst acts."""

import json
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import gradio as gr

from rag.drafts.draft import Draft, Form
from rag.drafts.editing import accepted, finished, line_at, restored
from rag.drafts.exporting import export
from rag.drafts.style import shipped
from rag.library import YardstickError
from rag.service import Yardstick
from ui.conversation import filters_of
from ui.drafting import FORMS, draft_html, hint_html, line_html, problem_html, working_html
from ui.markup import NOTHING, Html, element

SCRIPT = files("ui").joinpath("draft.js").read_text(encoding="utf-8")
FORMATS = {"Word": "docx", "PDF": "pdf", "HTML": "html", "Markdown": "md"}
UNVERIFIED = {"marked “[unverified]”": "mark", "left out": "omit"}
Drafted = tuple[Draft | None, Html]


class Desk:
    """The handlers of the Draft page; the draft itself belongs to its reader and is passed in and handed back."""

    def __init__(self, service: Yardstick) -> None:
        self._service = service

    def draft(
        self, ids: Sequence[str], topic: str, first: str, last: str, form: str, style: str, model: str
    ) -> Iterator[Drafted]:
        """A draft of the chosen briefings, or why there is none."""
        try:
            if not (ids or topic.strip() or first or last):
                raise YardstickError("Choose briefings, a topic or dates first.")
            filters = filters_of(ids, [], [], first, last, "")
            for made in self._service.drafting(cast(Form, form), filters, topic.strip(), style, date.today(), model):
                yield (made, draft_html(made)) if isinstance(made, Draft) else (None, working_html(made.text))
        except YardstickError as exc:
            yield None, problem_html(str(exc))

    def show(self, draft: Draft | None, event: gr.EventData) -> Html:
        """One line beside what it cites."""
        return self._line(draft, str(event.line))

    def edit(self, draft: Draft | None, event: gr.EventData) -> tuple[Draft | None, Html]:
        """The lines that were changed, checked; the one that is being typed in beside what it cites."""
        try:
            draft = self._edited(draft, event)
        except YardstickError as exc:
            return draft, problem_html(str(exc))
        return draft, self._line(draft, str(event.line))

    def _edited(self, draft: Draft | None, event: gr.EventData) -> Draft:
        made = _made(draft)
        for place, words in json.loads(str(event.lines)).items():
            made = self._service.edited(made, place, str(words))
        return made

    def restore(self, draft: Draft | None, event: gr.EventData) -> tuple[Draft | None, Html, Html]:
        """A line in the words of the briefing again."""
        try:
            draft = restored(_made(draft), str(event.line))
        except YardstickError as exc:
            return draft, draft_html(draft) if draft else hint_html(), problem_html(str(exc))
        return draft, draft_html(draft), self._line(draft, str(event.line))

    def accept(self, draft: Draft | None, event: gr.EventData) -> tuple[Draft | None, Html]:
        """A line that stands in spite of its findings, for a reason."""
        try:
            draft = accepted(_made(draft), str(event.line), str(event.reason))
        except YardstickError as exc:
            return draft, self._line(draft, str(event.line), str(exc))
        return draft, self._line(draft, str(event.line))

    def export(self, draft: Draft | None, name: str, unverified: str, event: gr.EventData) -> Html:
        """The draft as it stands on the page, as a file that its script saves: nothing of it stays on the server."""
        try:
            ready = finished(self._edited(draft, event))
            with tempfile.TemporaryDirectory(prefix="yardstick-") as folder:
                path = Path(folder) / f"draft.{FORMATS[name]}"
                export(ready, path, unverified="omit" if UNVERIFIED[unverified] == "omit" else "mark")
                content = b64encode(path.read_bytes()).decode()
        except YardstickError as exc:
            return problem_html(str(exc))
        saved = {"data_name": _file_name(ready, path.suffix), "data_content": content}
        return element("p", class_="export", data_at=str(time.time_ns()), **saved)

    def _line(self, draft: Draft | None, place: str, fault: str = "") -> Html:
        try:
            made = _made(draft)
            line = line_at(made, place)
            terms = {one.briefing_id: self._service.judgements(one.briefing_id) for one in line.claim.citations}
        except YardstickError as exc:
            return problem_html(str(exc))
        return line_html(made, place, line, terms, fault)


def _made(draft: Draft | None) -> Draft:
    if draft is None:
        raise YardstickError("There is no draft yet. Draft one first.")
    return draft


def _file_name(draft: Draft, suffix: str) -> str:
    words = "".join(char if char.isalnum() else "-" for char in draft.title.lower())[:60]
    return "-".join(part for part in words.split("-") if part) + suffix


class DraftTab:
    """The components of the Draft page; `wire` binds them to the evidence pane."""

    def __init__(self, desk: Desk, models: Sequence[tuple[str, str]]) -> None:
        self.desk = desk
        self.draft = gr.State(None)
        with gr.Row(elem_id="draft-of"):
            self.briefings = gr.Dropdown(
                elem_id="draft-briefings", label="Briefings", multiselect=True, choices=[], value=[], scale=3
            )
            self.topic = gr.Textbox(elem_id="topic", label="or a topic or question", max_lines=1, scale=2)
        moment = partial(gr.Textbox, max_lines=1, placeholder="2025-11-10", elem_classes="date", min_width=120)
        with gr.Row(elem_id="draft-as"):
            self.form = gr.Dropdown(label="Form", choices=[(told, name) for name, told in FORMS.items()], scale=2)
            self.style = gr.Dropdown(label="House style", choices=list(shipped()), value="note", min_width=120)
            self.first, self.last = moment(label="Published from"), moment(label="Published to")
            self.model: gr.Dropdown | gr.State = gr.State("")
            if models:
                self.model = gr.Dropdown(label="Who writes", choices=list(models), value="", min_width=160)
        self.make = gr.Button("Draft", variant="primary", elem_id="make")
        self.editor = gr.HTML(hint_html(), elem_id="editor", js_on_load=SCRIPT, apply_default_css=False)
        with gr.Row(elem_id="export-as"):
            self.format = gr.Radio(label="Export as", choices=list(FORMATS), value="Word", elem_id="format")
            self.unverified = gr.Radio(
                label="Lines with an open finding are", choices=list(UNVERIFIED), value=next(iter(UNVERIFIED))
            )
            gr.Button("Export", elem_id="export")
        self.exported = gr.HTML(NOTHING, elem_id="exported", apply_default_css=False)

    def wire(self, pane: gr.HTML, quiet: dict[str, Any]) -> None:
        """Bind every handler; `pane` shows a line beside what it cites."""
        does, draft = self.desk, self.draft
        asked = [self.briefings, self.topic, self.first, self.last, self.form, self.style, self.model]
        self.make.click(does.draft, asked, [draft, self.editor], **quiet)
        # One after the other: an edit builds on the one before.
        typing = quiet | {"concurrency_id": "edit", "concurrency_limit": 8, "trigger_mode": "always_last"}
        self.editor.line(does.show, draft, pane, **typing)
        self.editor.edit(does.edit, draft, [draft, pane], **typing)
        self.editor.restore(does.restore, draft, [draft, self.editor, pane], **typing)
        self.editor.accept(does.accept, draft, [draft, pane], **typing)
        self.editor.save(does.export, [draft, self.format, self.unverified], self.exported, **quiet)
