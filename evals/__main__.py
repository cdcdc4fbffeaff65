"""Evaluate Yardstick: run the cases, compare two runs, keep baselines, record the replies of a model."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import YardstickError

if TYPE_CHECKING:
    from evals.cases import Case

CONFIGURATION, INVALID = 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 is fine, the rest as in `evals.gating.Code`."""
    if arguments is None:
        arguments = sys.argv[1:]
    command, *rest = arguments or ["--help"]
    commands: dict[str, Callable[[Sequence[str]], int]] = {
        "run": _run,
        "record": _record,
        "gate": _gate,
        "bless": _bless,
    }
    if command not in commands:
        known = "|".join(commands)
        print(f"usage: python -m evals {known} [--help]\n\n{__doc__}")
        return 0 if command in ("-h", "--help") else CONFIGURATION
    try:
        return commands[command](rest)
    except YardstickError as exc:
        print(f"yardstick: {exc}", file=sys.stderr)
        return CONFIGURATION


def _run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals run", description="Evaluate the cases; print the scores.")
    parser.add_argument("--composer", default="quote", help='"quote", "recorded:NAME" or a model ("openai:gpt-5")')
    parser.add_argument("--out", type=Path, help="write the run to this JSON file")
    parser.add_argument("--logs", type=Path, help="keep Inspect's log in this folder, for: inspect view --log-dir")
    parser.add_argument("--slice", default="", help="only the cases of this slice")
    parser.add_argument("--limit", type=int, help="only the first so many cases")
    parser.add_argument("--epochs", type=int, default=1, help="how often each case is asked")
    parser.add_argument("--label", default="", help="a name for the run")
    options = parser.parse_args(arguments)
    from evals.gating import UNSCORED
    from evals.results import write_run
    from evals.running import run, table

    cases = _cases(options.slice, options.limit)
    done = run(cases, options.composer, epochs=options.epochs, log_dir=options.logs, label=options.label)
    if options.out:
        write_run(done, options.out)
    print(table(done))
    unscored = Counter(case.why for case in done.cases if case.state == "unscored")
    for why, count in unscored.most_common():
        print(f"unscored ({count}): {why}", file=sys.stderr)
    return INVALID if unscored.total() > UNSCORED * len(done.cases) else 0


def _record(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m evals record", description="Write the prompts as an OpenAI batch file, or file its output."
    )
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--export", type=Path, metavar="FILE", help="write the batch file that is to be answered")
    which.add_argument("--import", type=Path, metavar="FILE", dest="output", help="file the replies of a batch")
    parser.add_argument("--model", required=True, metavar="NAME", help="the model that answers, as the server names it")
    options = parser.parse_args(arguments)
    from evals.recordings import add_batch, batch_of, path_of
    from evals.running import prompts_of

    if options.export:
        prompts = prompts_of(_cases(), options.model)
        options.export.write_text(batch_of(prompts, options.model), encoding="utf-8")
        print(f"{len(prompts)} prompts written to {options.export}")
        return 0
    count, failed = add_batch(options.output, options.model)
    print(f"{count} replies filed in {path_of(options.model)}")
    for digest in failed:
        print(f"no reply: {digest}", file=sys.stderr)
    return INVALID if failed else 0


def _gate(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals gate", description="Compare two runs, case by case.")
    parser.add_argument("base", type=Path, help="the run before the change, or a blessed baseline")
    parser.add_argument("head", type=Path, help="the run after it")
    options = parser.parse_args(arguments)
    from evals.gating import gate
    from evals.results import read_run

    verdict = gate(read_run(options.base), read_run(options.head))
    print("\n".join([f"{verdict.code.name} (exit {verdict.code.value})", *verdict.reasons]))
    return verdict.code.value


def _bless(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals bless", description="Make a run the baseline.")
    parser.add_argument("run", type=Path, help="the run that is right")
    parser.add_argument("--baseline", type=Path, required=True, help="the file to write")
    parser.add_argument("--reason", default="", help="what changed, and why that is right")
    options = parser.parse_args(arguments)
    from evals.gating import bless
    from evals.results import read_run

    bless(read_run(options.run), options.baseline, options.reason)
    return 0


def _cases(name: str = "", limit: int | None = None) -> "list[Case]":
    """The shipped cases, or those of one slice; raises YardstickError where there are none."""
    from evals.cases import read_cases

    chosen = [case for case in read_cases() if not name or name in case.slices][:limit]
    if not chosen:
        raise YardstickError(f"slice '{name}': there are no cases of it.")
    return chosen


if __name__ == "__main__":
    sys.exit(main())
