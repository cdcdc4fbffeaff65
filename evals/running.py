"""Evaluates cases with one composer: quotations, a recording, or a model."""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from evals.cases import SAMPLES, Case
from evals.digests import digests
from evals.recordings import FOLDER as RECORDINGS
from evals.recordings import Collector, Replay, is_writing, read_recording
from evals.results import CaseResult, Meta, Run
from evals.scoring import Outcome, Scored
from rag.models import ChatModel, model_name

# So many questions are with a model at once.
AT_ONCE = 4


def run(
    cases: Sequence[Case],
    composer: str = "quote",
    samples: Path = SAMPLES,
    epochs: int = 1,
    log_dir: Path | None = None,
    label: str = "",
    recordings: Path = RECORDINGS,
) -> Run:
    """The run of some cases with a composer: "quote", "recorded:NAME" or the name of a model.

    Inspect's log goes to `log_dir`, if one is given. Raises YardstickError for a composer that cannot be had.
    """
    from evals.asking import Asking
    from evals.tasks import evaluated

    started, began = datetime.now(UTC), time.perf_counter()
    model = composer_of(composer, recordings)
    live = model is not None and not isinstance(model, Replay)
    with tempfile.TemporaryDirectory(prefix="yardstick-evals-") as folder:
        asking = Asking(cases, model, samples, Path(folder))
        logs = log_dir or Path(folder) / "logs"
        results, errors = evaluated(cases, asking, epochs, logs, AT_ONCE if live else 1)
    done = []
    for case in cases:
        for epoch in range(epochs):
            why = errors.get((case.id, epoch), "")
            same = CaseResult(case.id, case.kind, tuple(case.slices), case.briefing, epoch=epoch)
            done.append(replace(same, state="unscored", why=why) if why else _with(same, *results[case.id, epoch]))
    seconds = round(time.perf_counter() - began, 2)
    return Run(Meta(composer, digests(samples), started.isoformat(timespec="seconds"), seconds, label), tuple(done))


def prompts_of(cases: Sequence[Case], name: str, samples: Path = SAMPLES) -> tuple[str, ...]:
    """The prompts, each once, that a model gets to answer the cases; none of them depends on what it replies."""
    from evals.asking import Asking

    model = Collector(name)
    with tempfile.TemporaryDirectory(prefix="yardstick-evals-") as folder:
        asking = Asking(cases, model, samples, Path(folder))
        for case in cases:
            asking.outcome(case)
    return tuple(prompt for prompt in model.prompts if is_writing(prompt))


def composer_of(composer: str, recordings: Path = RECORDINGS) -> ChatModel | None:
    """The model that a composer names, or what replays its recording; None for "quote".

    Raises YardstickError for a composer that cannot be had.
    """
    from evals.asking import settings_for

    if composer == "quote":
        return None
    if composer.startswith("recorded:"):
        name = composer.removeprefix("recorded:")
        return Replay(name, read_recording(name, recordings))
    settings = settings_for(Path(tempfile.gettempdir()))
    return ChatModel(model_name(composer, settings.model_url), settings)


def _with(case: CaseResult, outcome: Outcome, found: Scored) -> CaseResult:
    return replace(
        case,
        seconds=outcome.seconds,
        question=outcome.question,
        claims=outcome.claims,
        status=outcome.status,
        scores=found.scores,
        counts=found.counts,
        failures=found.failures,
    )
