"""Prompts: files in prompts/, read, filled in and named by their digest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from string import Template

from ingest.briefing import Estimate
from ingest.estimative import estimates
from ingest.speakers import AUTHOR
from rag.answer import Citation

FOLDER = Path(__file__).resolve().parent.parent / "prompts"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt file; `digest` is the beginning of the SHA-256 of the whole file."""

    id: str
    version: int
    inputs: tuple[str, ...]
    purpose: str
    text: str
    digest: str

    @property
    def name(self) -> str:
        """Id, version and digest, as an answer carries it."""
        return f"{self.id}-{self.version}-{self.digest}"

    def render(self, values: Mapping[str, str]) -> str:
        """The prompt with its inputs filled in; a value is never read as a template."""
        return Template(self.text).substitute({name: values[name] for name in self.inputs})


@cache
def load_prompt(name: str) -> Prompt:
    """The prompt in prompts/NAME.md."""
    raw = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    _, front, text = raw.split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in front.strip().splitlines())
    return Prompt(
        id=fields["id"],
        version=int(fields["version"]),
        inputs=tuple(fields["inputs"].split(", ")),
        purpose=fields["purpose"],
        text=text,
        digest=sha256(raw.encode()).hexdigest()[:12],
    )


def numbered(passages: Sequence[Citation]) -> str:
    """Cited sentences as a model sees them: under their briefing's title and date, each on a line with its number.

    A line end inside a sentence becomes a space, so that no sentence can pass for two.
    """
    lines: list[str] = []
    heading = ""
    for number, passage in enumerate(passages, start=1):
        dated = f", {passage.published.isoformat()}" if passage.published else ""
        section = f" > {passage.section}" if passage.section else ""
        above = " ".join(f"Briefing: {passage.title}{dated}{section}".split())
        if above != heading:
            heading = above
            lines.append(above)
        lines.append(f"[{number}] {' '.join(passage.quote.split())}")
    return "\n".join(lines)


def judged(passages: Sequence[Citation]) -> str:
    """The judgements of the passages as a model is to keep them: term, condition and speaker, word for word."""
    lines = [
        f"- sentence {number}: {_judgement(passage.quote, one)}"
        for number, passage in enumerate(passages, start=1)
        for one in estimates(passage.quote, terms_only=True)
        if one.kind == "term"
    ]
    return "\n".join(lines) or "- none of them judges how likely something is"


def _judgement(quote: str, one: Estimate) -> str:
    term = " ".join(one.term.split())
    said = f'"{"not " if one.negated and "not" not in term else ""}{term}"'
    if one.voice != AUTHOR:
        said += f", in the words of {' '.join(one.voice.split())}"
    conditions = (" ".join(quote[each.start : each.end].split()) for each in one.conditions)
    return " ".join([said, *(f'on the condition "{words}"' for words in conditions)])
