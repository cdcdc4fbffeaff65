"""Writes every form of the report into a folder."""

from pathlib import Path

from pydantic import TypeAdapter

from evals.gating import Verdict
from evals.report.annotations import annotations
from evals.report.junit import junit_xml
from evals.report.markdown import run_markdown, verdict_markdown
from evals.report.page import page_html
from evals.results import Run, to_json


def write(verdict: Verdict | None, base: Run | None, head: Run, folder: Path) -> dict[str, Path]:
    """The files by form: html, markdown, junit, json and, of a comparison, annotations.

    A run by itself has neither verdict nor base; its JSON is the run, that of a comparison the verdict.
    """
    forms = {
        "html": ("report.html", page_html(verdict, base, head)),
        "junit": ("junit.xml", junit_xml(head, verdict)),
    }
    if verdict is None or base is None:
        forms |= {"markdown": ("report.md", run_markdown(head)), "json": ("run.json", to_json(head))}
    else:
        told = TypeAdapter(Verdict).dump_json(verdict, indent=1).decode()
        forms |= {
            "markdown": ("report.md", verdict_markdown(verdict, base, head)),
            "json": ("verdict.json", told),
            "annotations": ("annotations.txt", "".join(f"{line}\n" for line in annotations(verdict, base, head))),
        }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in forms.values():
        (folder / name).write_text(content, encoding="utf-8")
    return {form: folder / name for form, (name, _) in forms.items()}
