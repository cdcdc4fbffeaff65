"""Evaluates cases with composers: quotations, a recording, or a model."""

import tempfile
import time
from collections.abc import Iterator, Sequence
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

# So many cases are in work at once: with a model to wait for, and without.
WAITING, COMPUTING = 4, 2


def runs(
    cases: Sequence[Case],
    composers: Sequence[str] = ("quote",),
    samples: Path = SAMPLES,
    epochs: int = 1,
    log_dir: Path | None = None,
    label: str = "",
    recordings: Path = RECORDINGS,
) -> Iterator[Run]:
    """The runs of some cases, one with each composer: "quote", "recorded:NAME" or the name of a model.

    Inspect's logs go to `log_dir`, if one is given. Raises YardstickError for a composer that cannot be had.
    """
    from evals.asking import Asking, settings_for
    from evals.remembering import Remembering
    from evals.tasks import evaluated

    models = [composer_of(composer, recordings) for composer in composers]
    with tempfile.TemporaryDirectory(prefix="yardstick-evals-") as name:
        folder = Path(name)
        embedder = Remembering(settings_for(folder))
        for composer, model in zip(composers, models, strict=True):
            started, began = datetime.now(UTC), time.perf_counter()
            asking = Asking(cases, model, embedder, samples, folder)
            at_once = COMPUTING if model is None or isinstance(model, Replay) else WAITING
            results, errors = evaluated(cases, asking, epochs, log_dir or folder / "logs", at_once)
            done = tuple(
                _result(case, epoch, results.get((case.id, epoch)), errors.get((case.id, epoch), ""))
                for case in cases
                for epoch in range(epochs)
            )
            seconds = round(time.perf_counter() - began, 2)
            meta = Meta(composer, digests(samples), started.isoformat(timespec="seconds"), seconds, label)
            yield Run(meta, done)


def prompts_of(cases: Sequence[Case], name: str, samples: Path = SAMPLES) -> tuple[str, ...]:
    """The prompts, each once, that a model gets to answer the cases; none of them depends on what it replies."""
    from evals.asking import Asking, settings_for
    from evals.remembering import Remembering

    model = Collector(name)
    with tempfile.TemporaryDirectory(prefix="yardstick-evals-") as folder:
        asking = Asking(cases, model, Remembering(settings_for(Path(folder))), samples, Path(folder))
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


def _result(case: Case, epoch: int, found: tuple[Outcome, Scored] | None, why: str) -> CaseResult:
    same = CaseResult(case.id, case.kind, tuple(case.slices), case.briefing, epoch=epoch)
    if why or found is None:
        return replace(same, state="unscored", why=why)
    outcome, scored = found
    return replace(
        same,
        seconds=outcome.seconds,
        question=outcome.question,
        claims=outcome.claims,
        status=outcome.status,
        scores=scored.scores,
        counts=scored.counts,
        failures=scored.failures,
    )
