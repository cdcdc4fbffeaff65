"""A draft as Markdown for a terminal, each sentence with its numbered source."""

from collections.abc import Iterator

from rag.answer import Citation
from rag.drafts.draft import Draft, Line, Section
from rag.drafts.windows import day
from rag.output import source_line


def markdown(draft: Draft) -> str:
    """The draft with its sources beneath."""
    lines = [line for section in draft.sections for line in section.lines]
    cited = (citation for line in lines for citation in line.claim.citations)
    numbers = {citation: number for number, citation in enumerate(dict.fromkeys(cited), start=1)}
    told = [f"# {draft.title}", f"As of {day(draft.as_of)}."]
    for section in draft.sections:
        told += [f"## {section.heading}"] if section.heading else []
        told.append("\n".join(_lines(section, numbers)))
    told += [f"Note: {note}" for note in draft.notes]
    told.append("\n".join(f"[^{number}]: {source_line(citation)}" for citation, number in numbers.items()))
    return "\n\n".join(told)


def _lines(section: Section, numbers: dict[Citation, int]) -> Iterator[str]:
    if section.layout == "table":
        yield "| judgement | term | horizon | condition | source |\n|---|---|---|---|---|"
    for line in section.lines:
        marks = "".join(f"[^{numbers[citation]}]" for citation in line.claim.citations)
        note = f" ({line.note})" if line.note else ""
        if section.layout == "table" and line.cell:
            cell = line.cell
            yield f"| {cell.judgement}{note} | {cell.term} | {cell.horizon} | {cell.condition} | {marks} |"
        else:
            yield f"{'- ' if section.layout == 'bullets' else ''}{_said(line)}{marks}{note}"


def _said(line: Line) -> str:
    return f"{line.lead} {line.claim.text}".lstrip()
