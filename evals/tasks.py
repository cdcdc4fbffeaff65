"""The evaluation as Inspect tasks, for `inspect eval evals/tasks.py --model none/none` and for `python -m evals run`.

Inspect's model is "none": the sentences come from our own chain, by the composer that the task is given. This is the
one file that knows Inspect.
"""

import atexit
import math
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from anyio.to_thread import run_sync
from inspect_ai import Task, task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import Generate, Solver, TaskState, solver

from evals.asking import Asking, settings_for
from evals.cases import SAMPLES, Case, read_cases
from evals.remembering import Remembering
from evals.running import composer_of
from evals.scoring import OF_KIND, SCORES, Outcome, Scored

Results = dict[tuple[str, int], tuple[Outcome, Scored]]


@task
def answers(composer: str = "quote") -> Task:
    """Questions, leading ones, follow-ups, and briefings with an injection."""
    return _shipped(composer, ("question", "leading", "followup", "injected"))


@task
def drafts(composer: str = "quote") -> Task:
    """First drafts."""
    return _shipped(composer, ("draft",))


@task
def wording(composer: str = "quote") -> Task:
    """Claims that the check has to judge right."""
    return _shipped(composer, ("wording",))


@task
def retrieval(composer: str = "quote") -> Task:
    """Pairs of sentences alike but for their wording."""
    return _shipped(composer, ("contrast",))


def evaluated(
    cases: Sequence[Case], asking: Asking, epochs: int, log_dir: Path, at_once: int = 1
) -> tuple[Results, dict[tuple[str, int], str]]:
    """The results by case and epoch, and why the rest could not be scored."""
    results: Results = {}
    (log,) = inspect_eval(
        task_of(cases, asking, results),
        model="none/none",
        epochs=epochs,
        log_dir=str(log_dir),
        # At a level that nobody sees; "none" renders a table of every score, for seconds, and shows it to nobody.
        display="log",
        max_samples=at_once,
        fail_on_error=False,
        log_realtime=False,
        score_display=False,
    )
    done = log.samples or []
    errors = {(str(one.id), one.epoch - 1): one.error.message for one in done if one.error}
    missing = {(case.id, epoch) for case in cases for epoch in range(epochs)} - results.keys() - errors.keys()
    return results, errors | dict.fromkeys(missing, log.error.message if log.error else "the run ended before it")


def task_of(cases: Sequence[Case], asking: Asking, results: Results) -> Task:
    """The cases as one task, which leaves its results in `results`, by case and epoch from 0."""
    samples = [
        Sample(input=_input(case), id=case.id, metadata={"briefing": case.briefing, "slices": list(case.slices)})
        for case in cases
    ]
    by_id = {case.id: case for case in cases}
    (*kinds,) = {case.kind for case in cases}
    names = OF_KIND.get(kinds[0], SCORES) if len(kinds) == 1 else SCORES
    return Task(
        dataset=MemoryDataset(samples), solver=our_chain(by_id, asking, results), scorer=our_scores(results, names)
    )


@solver
def our_chain(cases: Mapping[str, Case], asking: Asking, results: Results) -> Solver:
    """Our own chain in the place of Inspect's model."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001 - Inspect calls it so
        outcome, scores = await run_sync(asking.scored, cases[str(state.sample_id)])
        results[str(state.sample_id), state.epoch - 1] = outcome, scores
        said = "\n".join(claim.text for claim in outcome.claims) or outcome.status
        state.output = ModelOutput.from_content("none", said)
        return state

    return solve


@scorer(metrics={"*": [mean(), stderr(cluster="briefing")]})
def our_scores(results: Results, names: Sequence[str]) -> Scorer:
    """Our own scores, one value each; what does not apply is NaN, which Inspect leaves out of its means."""

    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001 - Inspect calls it so
        _, found = results[str(state.sample_id), state.epoch - 1]
        told = "\n".join(f"{one.kind} ({one.severity}): {one.message}" for one in found.failures)
        values = {name: math.nan if found.scores[name] is None else found.scores[name] for name in names}
        return Score(value=values, answer=state.output.completion, explanation=told or "Nothing is wrong with it.")

    return score


def _input(case: Case) -> str:
    asked = case.question or case.claim or " / ".join(case.queries) or f"{case.form} of {case.briefing}"
    return "\n".join([*case.history, asked])


def _shipped(composer: str, kinds: tuple[str, ...]) -> Task:
    """A task over the shipped cases of some kinds."""
    cases, asking = _asking(composer)
    return task_of([case for case in cases if case.kind in kinds], asking, {})


@cache
def _asking(composer: str) -> tuple[Sequence[Case], Asking]:
    """The shipped cases and the service for them, in a store that goes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="yardstick-evals-"))
    atexit.register(shutil.rmtree, folder)
    cases = read_cases()
    return cases, Asking(cases, composer_of(composer), Remembering(settings_for(folder)), SAMPLES, folder)
