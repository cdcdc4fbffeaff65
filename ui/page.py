"""The page: what stands where, and which handler answers to what."""

from collections.abc import Sequence
from functools import partial
from importlib.resources import files
from typing import Any

import gradio as gr

from rag.answer import Filters
from rag.service import Yardstick
from ui.conversation import HORIZONS
from ui.desk import Desk, DraftTab
from ui.evidence import hint_html
from ui.feedback import Feedback
from ui.handlers import Handlers
from ui.markup import NOTHING, text
from ui.render import FORMATS, filters_header_html, header_html, welcome_html

# How many readers are answered at the same time; the next ones wait in line.
READERS = 32
QUOTE = "Quote the briefings"
SCRIPT = files("ui").joinpath("page.js").read_text(encoding="utf-8")
# Gradio would put a prefix before every selector of a style sheet given as such.
HEAD = "<style>" + files("ui").joinpath("page.css").read_text(encoding="utf-8") + "</style>"
SANS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "Arial", "sans-serif"]
MONO = ["ui-monospace", "Menlo", "Consolas", "Liberation Mono", "monospace"]
# Only fonts that readers have: nothing is fetched for them.
THEME = gr.themes.Base(font=SANS, font_mono=MONO, text_size="md", radius_size="md")
# No handler is an endpoint for programs: they have the command line and the LangChain adapter.
PRIVATE: dict[str, Any] = {"api_visibility": "private"}
QUIET: dict[str, Any] = PRIVATE | {"show_progress": "hidden"}
ASKING: dict[str, Any] = QUIET | {"concurrency_id": "ask"}


def build_page(service: Yardstick, feedback: Feedback) -> gr.Blocks:
    """The page over a service; launch it with THEME and HEAD."""
    page = gr.Blocks(title="Yardstick", analytics_enabled=False)
    with page:
        _Layout(Handlers(service, feedback), Desk(service), service.models()).wire(page)
    page.queue(default_concurrency_limit=READERS)
    return page


class _Layout:
    """The components, in the order in which they stand on the page."""

    def __init__(self, handlers: Handlers, desk: Desk, models: Sequence[str]) -> None:
        self.handlers = handlers
        self.writers = [(QUOTE, ""), *((name, name) for name in models)]
        self.turns = gr.State(())
        self.filters = gr.State(Filters())
        self.rated = gr.State(-1)
        gr.HTML(header_html(), elem_id="masthead", apply_default_css=False)
        with gr.Sidebar(label="Filters", open=False, width=300, elem_id="filters"):
            self._sidebar()
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="work", scale=3), gr.Tabs(elem_id="tabs") as self.tabs:
                with gr.Tab("Ask", id="ask", elem_id="ask-tab"):
                    self._chat()
                with gr.Tab("Draft", id="draft", elem_id="draft-tab"):
                    self.drafting = DraftTab(desk, self.writers if models else ())
                with gr.Tab("Check a text", id="check", elem_id="check-tab"):
                    self._check()
                with gr.Tab("Library", id="library", elem_id="library-tab"):
                    self._library()
            with gr.Column(elem_id="side", scale=2):
                self.evidence = gr.HTML(hint_html(), elem_id="evidence", js_on_load=SCRIPT, apply_default_css=False)

    def _sidebar(self) -> None:
        gr.HTML(filters_header_html(), apply_default_css=False)
        multiple = partial(gr.Dropdown, multiselect=True, choices=[], value=[], interactive=True)
        self.briefings = multiple(label="Briefings")
        self.publishers = multiple(label="Publisher")
        self.horizons = gr.CheckboxGroup(label="Horizon", choices=list(HORIZONS))
        # The script makes date inputs of them, whose values are as fromisoformat wants them.
        moment = partial(gr.Textbox, max_lines=1, placeholder="2025-11-10", elem_classes="date")
        self.published_from = moment(label="Published from")
        self.published_to = moment(label="Published to")
        self.as_of = moment(label="As of", info="Nothing published later answers.")
        self.unfilter = gr.Button("Clear the filters", size="sm")

    def _chat(self) -> None:
        self.chat = gr.Chatbot(
            elem_id="conversation",
            label="Conversation",
            show_label=False,
            container=False,
            layout="panel",
            height="auto",
            buttons=[],
            feedback_options=None,
            latex_delimiters=[],
            allow_tags=False,
            line_breaks=False,
            autoscroll=False,
            group_consecutive_messages=False,
            placeholder=welcome_html(0, ()),
        )
        with gr.Column(elem_id="foot"):
            with gr.Group(visible=False, elem_id="comment") as self.comment_box:
                self.comment = gr.Textbox(
                    label="Noted. What was right or wrong with it? (optional)", lines=1, max_lines=4, submit_btn="Keep"
                )
            self.filtered = gr.HTML(NOTHING, elem_id="filtered", apply_default_css=False)
            self.box = gr.Textbox(
                elem_id="question",
                label="Your question",
                show_label=False,
                placeholder="Ask the briefings ...",
                lines=1,
                max_lines=6,
                max_length=2000,
                autofocus=True,
                submit_btn="Ask",
            )
            with gr.Row(elem_id="again"):
                self.model = self._picker()
                self.retry = gr.Button("Ask again", size="sm", variant="secondary")
                self.clear = gr.Button("New conversation", size="sm", variant="secondary")

    def _picker(self) -> gr.Dropdown | gr.State:
        """Who writes the answers; where the settings name no model there is nothing to choose."""
        if len(self.writers) == 1:
            return gr.State("")
        return gr.Dropdown(
            elem_id="model",
            label="Who answers",
            show_label=False,
            choices=self.writers,
            value="",
            filterable=False,
            interactive=True,
        )

    def _check(self) -> None:
        self.pasted = gr.Textbox(
            elem_id="pasted",
            label="A text that rests on the briefings",
            info="Does it say how likely things are as the briefings do? Each sentence is held against them.",
            placeholder="Paste a text ...",
            lines=7,
            max_lines=16,
        )
        with gr.Row(elem_id="check-with"):
            self.against = gr.Dropdown(
                elem_id="against",
                label="Against these briefings (all, if none is chosen)",
                multiselect=True,
                choices=[],
                value=[],
                scale=4,
            )
            self.check = gr.Button("Check the text", variant="primary", elem_id="check", scale=1)
        self.checked = gr.HTML(NOTHING, elem_id="checked", apply_default_css=False)

    def _library(self) -> None:
        self.upload = gr.File(label="Add briefings", file_count="multiple", elem_id="upload", height=150)
        gr.HTML(text("p", f"{FORMATS}.", class_="empty"), apply_default_css=False)
        self.outcomes = gr.HTML(NOTHING, elem_id="outcomes", apply_default_css=False)
        self.shelf = gr.HTML(NOTHING, elem_id="shelf", apply_default_css=False)

    def wire(self, page: gr.Blocks) -> None:
        """Bind every handler."""
        self._wire_conversation()
        self._wire_evidence()
        self._wire_check()
        self.drafting.wire(self.evidence, QUIET)
        self._wire_filters()
        self._wire_library(page)

    def _wire_conversation(self) -> None:
        does, conversation = self.handlers, [self.chat, self.turns, self.box]
        chosen = [self.turns, self.filters, self.model]
        asking = [
            self.box.submit(does.ask, [self.box, *chosen], conversation, **ASKING),
            self.evidence.ask(does.ask_suggested, chosen, conversation, **ASKING),
            self.retry.click(does.retry, chosen, conversation, **ASKING),
        ]
        for asked in asking:
            asked.failure(does.stop, self.turns, conversation, **QUIET)
        self.box.stop(does.stop, self.turns, conversation, cancels=asking, **QUIET)
        self.clear.click(does.clear, None, [*conversation, self.evidence], cancels=asking, **QUIET)
        self.evidence.rate(does.rate, self.turns, [self.chat, self.turns, self.rated, self.comment_box], **QUIET)
        commented = [self.turns, self.rated, self.comment]
        self.comment.submit(does.comment, commented, [self.comment, self.comment_box], **QUIET)

    def _wire_evidence(self) -> None:
        self.evidence.cite(self.handlers.open, None, self.evidence, queue=False, **QUIET)
        self.evidence.compare(self.handlers.compare, self.turns, self.evidence, queue=False, **QUIET)
        self.evidence.library(lambda: gr.Tabs(selected="library"), None, self.tabs, queue=False, **QUIET)

    def _wire_check(self) -> None:
        asked = [self.check.click, self.pasted.submit]
        gr.on(asked, self.handlers.check, [self.pasted, self.against], self.checked, **QUIET)

    def _wire_filters(self) -> None:
        names = [self.briefings, self.publishers]
        dates = [self.published_from, self.published_to, self.as_of]
        chosen = [*names, self.horizons, *dates]
        changes = [*(name.change for name in names), self.horizons.change, *(date.change for date in dates)]
        gr.on(changes, self.handlers.choose, chosen, [self.filters, self.filtered], queue=False, **QUIET)
        self.unfilter.click(lambda: ([], [], [], "", "", ""), None, chosen, queue=False, **QUIET)

    def _wire_library(self, page: gr.Blocks) -> None:
        does, chosen = self.handlers, [self.briefings, self.against, self.drafting.briefings]
        shelved = [self.shelf, self.publishers, self.chat, *chosen]
        page.load(does.show, chosen, shelved, **QUIET)
        outputs = [self.upload, self.outcomes]
        added = self.upload.upload(does.upload, self.upload, outputs, show_progress_on=self.upload, **PRIVATE)
        added.then(does.show, chosen, shelved, **QUIET)
        removed = self.evidence.remove(does.remove, None, self.outcomes, **QUIET)
        removed.then(does.show, chosen, shelved, **QUIET)
