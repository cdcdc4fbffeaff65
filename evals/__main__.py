"""Evaluate Yardstick: run the cases, compare two states of it, keep baselines, test the check, record a model.

Exit codes: 0 fine, 2 configuration, 3 invalid run, 4 the check fails its mutations, 10 regression, 11 severe wording
failure.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from evals.gating import UNSCORED, Code
from ingest.errors import YardstickError

if TYPE_CHECKING:
    from evals.cases import Case
    from evals.results import Run

BASELINES = Path(__file__).resolve().parent / "baselines"
REPORTS = Path("build") / "evals"
Pairs = Iterator[tuple[str, "Run", "Run"]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the codes are those of `evals.gating.Code`."""
    command, *rest = (sys.argv[1:] if arguments is None else arguments) or ["--help"]
    commands: dict[str, Callable[[Sequence[str]], int]] = {
        "run": _run,
        "gate": _gate,
        "mutate": _mutate,
        "bless": _bless,
        "report": _report,
        "record": _record,
    }
    if command in ("-h", "--help"):
        print(f"usage: python -m evals {'|'.join(commands)} [--help]\n\n{__doc__}")
        return Code.FINE
    try:
        if command not in commands:
            raise YardstickError(f"'{command}': no such command. There are: {', '.join(commands)}.")
        return commands[command](rest)
    except YardstickError as exc:
        print(f"yardstick: {exc}", file=sys.stderr)
        return Code.CONFIGURATION


def _run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals run", description="Evaluate the cases; print the scores.")
    _add_composers(parser)
    parser.add_argument("--out", type=_folder, metavar="FOLDER", help="write each run to a file in it: COMPOSER.json")
    parser.add_argument(
        "--logs", type=_folder, metavar="FOLDER", help="keep Inspect's log: inspect view --log-dir FOLDER"
    )
    parser.add_argument("--slice", default="", help="only the cases of this slice")
    parser.add_argument("--limit", type=_count, metavar="N", help="only the first so many cases")
    parser.add_argument("--epochs", type=_count, default=1, metavar="N", help="how often each case is asked")
    parser.add_argument("--label", default="", help="a name for the run")
    options = parser.parse_args(arguments)
    from evals.report.terminal import run_text
    from evals.results import write_run
    from evals.running import runs

    cases, code = _cases(options.slice, options.limit), Code.FINE
    composers = options.composer or _offline()
    for done in runs(cases, composers, epochs=options.epochs, log_dir=options.logs, label=options.label):
        if options.out:
            write_run(done, _file(options.out, done.meta.composer))
        print(run_text(done), end="\n\n")
        code = max(code, _told_unscored(done))
    return code


def _told_unscored(run: "Run") -> Code:
    """Name the cases that could not be scored; INVALID where there are too many."""
    unscored: dict[str, list[str]] = {}
    for case in run.cases:
        if case.state == "unscored":
            unscored.setdefault(case.why, []).append(case.id)
    for why, names in unscored.items():
        print(f"unscored: {', '.join(dict.fromkeys(names))}: {why}", file=sys.stderr)
    return Code.INVALID if sum(map(len, unscored.values())) > UNSCORED * len(run.cases) else Code.FINE


def _gate(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m evals gate", description="Compare two runs case by case, or let both be made first."
    )
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN", help="the run before the change and that after it")
    parser.add_argument("--base", metavar="REF", help="run the cases at this commit and here")
    parser.add_argument("--baseline", action="store_true", help="run the cases here; compare with what was blessed")
    _add_composers(parser)
    parser.add_argument("--epochs", type=_count, default=1, metavar="N", help="how often each case is asked")
    parser.add_argument("--out", type=_folder, default=REPORTS, metavar="FOLDER", help="for the results [%(default)s]")
    options = parser.parse_args(arguments)
    if len(options.runs) not in (0, 2) or bool(options.runs) + bool(options.base) + options.baseline != 1:
        parser.error("give two runs, or --base REF, or --baseline")
    if options.runs and (options.composer or options.epochs > 1):
        parser.error("two runs have their composer and epochs already")
    from evals.gating import gate
    from evals.recordings import file_name
    from evals.report.terminal import verdict_text
    from evals.report.writing import write

    codes = []
    for composer, base, head in _read(options.runs) if options.runs else _evaluated(options):
        verdict = gate(base, head)
        print(f"{composer}\n{verdict_text(verdict)}")
        for form, path in write(verdict, base, head, options.out / file_name(composer)).items():
            print(f"{form}: {path}")
        codes.append(verdict.code)
    # What one composer shows is not taken back by another that could not be run.
    return max(codes)


def _read(paths: Sequence[Path]) -> Pairs:
    from evals.results import read_run

    base, head = map(read_run, paths)
    yield head.meta.composer, base, head


def _evaluated(options: argparse.Namespace) -> Pairs:
    """Base and head by composer, at least one of them made here."""
    from evals.results import read_run, write_run
    from evals.running import composer_of, runs
    from evals.worktree import both_sides

    composers = options.composer or _offline()
    for composer in composers:
        composer_of(composer)  # A mistake in a name is told before anything is run.
    if options.base:
        sides = both_sides(options.base, composers, options.out, options.epochs)
        yield from ((head.meta.composer, base, head) for base, head in sides)
        return
    baselines = [_file(BASELINES, composer) for composer in composers]
    if missing := [str(path) for path in baselines if not path.is_file()]:
        raise YardstickError(f"{', '.join(missing)}: no such baseline. Make it with: python -m evals bless")
    for base, head in zip(map(read_run, baselines), runs(_cases(), composers, epochs=options.epochs), strict=True):
        write_run(head, _file(options.out / "head", head.meta.composer))
        yield head.meta.composer, base, head


def _mutate(arguments: Sequence[str]) -> int:
    from evals.mutations.mutate import main as mutate

    return mutate(arguments)


def _bless(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m evals bless", description="Make runs the baselines of their composers, in evals/baselines/."
    )
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="a run that is right")
    parser.add_argument("--reason", default="", help="what changed, and why that is right")
    options = parser.parse_args(arguments)
    from evals.gating import bless
    from evals.results import read_run

    for run in map(read_run, options.runs):
        path = _file(BASELINES, run.meta.composer)
        bless(run, path, options.reason)
        print(f"baseline of {run.meta.composer}: {path}")
    return Code.FINE


def _report(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m evals report", description="Write the report of a run, or of a run compared with another."
    )
    parser.add_argument("base", nargs="?", type=Path, help="the run before the change")
    parser.add_argument("head", type=Path, help="the run")
    parser.add_argument("--out", type=_folder, default=REPORTS, metavar="FOLDER", help="for the report [%(default)s]")
    options = parser.parse_args(arguments)
    from evals.gating import gate
    from evals.report.writing import write
    from evals.results import read_run

    base, head = read_run(options.base) if options.base else None, read_run(options.head)
    verdict = gate(base, head) if base else None
    for form, path in write(verdict, base, head, options.out).items():
        print(f"{form}: {path}")
    return Code.FINE


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
        options.export.parent.mkdir(parents=True, exist_ok=True)
        options.export.write_text(batch_of(prompts, options.model), encoding="utf-8")
        print(f"{len(prompts)} prompts written to {options.export}")
        return Code.FINE
    count, failed = add_batch(options.output, options.model)
    print(f"{count} replies filed in {path_of(options.model)}")
    for digest in failed:
        print(f"no reply: {digest}", file=sys.stderr)
    return Code.INVALID if failed else Code.FINE


def _count(text: str) -> int:
    """At least one, as an option says it."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"'{text}' is no number of at least 1")
    return int(text)


def _add_composers(parser: argparse.ArgumentParser) -> None:
    told = 'who writes: "quote", "recorded:NAME" or a model ("openai:gpt-5"); several if given again [quote, recorded]'
    parser.add_argument("--composer", action="append", metavar="C", help=told)


def _offline() -> list[str]:
    """The composers that need no model at hand."""
    from evals.recordings import recorded

    return ["quote", *(f"recorded:{name}" for name in recorded())]


def _file(folder: Path, composer: str) -> Path:
    from evals.recordings import file_name

    return folder / f"{file_name(composer)}.json"


def _cases(name: str = "", limit: int | None = None) -> "tuple[Case, ...]":
    """The shipped cases, or those of one slice; raises YardstickError where there are none."""
    from evals.cases import Slice, read_cases

    if name and name not in get_args(Slice):
        raise YardstickError(f"slice '{name}': there is none. There are: {', '.join(get_args(Slice))}.")
    chosen = tuple(case for case in read_cases() if not name or name in case.slices)[:limit]
    if not chosen:
        raise YardstickError(f"There are no cases{f' of slice {name}' if name else ''} in evals/cases.")
    return chosen


def _folder(given: str) -> Path:
    """A folder to write to, made if need be, before any time is spent on what goes into it."""
    folder = Path(given)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise YardstickError(f"{given}: no folder to write to ({exc.strerror}). Name another one.") from exc
    return folder


if __name__ == "__main__":
    # Two cases are in work at once; several threads each would only wait for one another.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())
