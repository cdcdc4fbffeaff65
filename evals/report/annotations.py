"""The new failures as GitHub's workflow commands, which put them beside the changed file in a pull request."""

from collections.abc import Iterator

from evals.gating import Change, Verdict
from evals.results import Run
from rag.prompting import FOLDER

# GitHub shows no more of a step.
MOST = 10
_DRAFT, _ANSWER = "draft.md", "answer.md"


def annotations(verdict: Verdict, base: Run, head: Run) -> Iterator[str]:
    """Lines for the log of a workflow: the cases with new failures, the worst first, or what else failed it."""
    kinds = {case.id: case.kind for case in head.cases}
    told = [_annotation(one, _file(base, head, kinds[one.id])) for one in verdict.new]
    if verdict.code and not told:
        told = [f"::error title=Evals::{_data(reason)}" for reason in verdict.reasons]
    yield from told[: MOST - 1 if len(told) > MOST else MOST]
    if len(told) > MOST:
        yield f"::error title=Evals::{len(told) - MOST + 1} more cases with new failures are in the report."


def _annotation(one: Change, file: str) -> str:
    failure = one.worst
    level = "error" if failure.severity == "severe" else "warning"
    place = f"file={_property(file)},line=1," if file else ""
    title = _property(f"{one.id}: {failure.kind}")
    said = [
        f"briefing: {failure.source}" if failure.source else "",
        f"answer: {failure.claim}" if failure.claim else "",
    ]
    return f"::{level} {place}title={title}::{_data(chr(10).join([failure.message + one.more, *filter(None, said)]))}"


def _file(base: Run, head: Run, kind: str) -> str:
    """The file that a failure is the likely doing of: of what changed, the nearest to the words."""
    before, after = base.meta.digests, head.meta.digests
    if before.prompts != after.prompts:
        return f"{FOLDER.name}/{_DRAFT if kind == 'draft' else _ANSWER}"
    if before.checker != after.checker:
        return "rag/wording.py"
    return "rag/retrieval.py" if before.retrieval != after.retrieval else ""


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
