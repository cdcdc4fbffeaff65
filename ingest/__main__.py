"""The command line: `python -m ingest PATH...` and the commands on what is stored."""

import argparse
import json
import logging
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import YardstickError
from ingest.settings import Settings, load_settings

if TYPE_CHECKING:
    from ingest.briefing import Briefing
    from ingest.embedding import Embedder
    from ingest.store import Store

COMMANDS = ("add", "list", "show", "judgements", "remove", "reindex", "check")
USAGE = """python -m ingest PATH... [--store DIR] [--json]
       python -m ingest {list,show,judgements,remove,reindex,check} ..."""
EPILOG = """Files that did not change are skipped; a changed file takes the place of its older version once it is
read and stored whole. Deleting a file does not remove its briefing: remove does. A path named like a command: ./list.
Exit codes: 0 all well, 1 a file failed or the store has faults, 2 wrong use or settings, 130 interrupted."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = _parser()
    if not given:
        parser.print_help()
        return 2
    options = parser.parse_args(_with_command(given))
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character is no reason to fail.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return int(options.run(options, load_settings(options.store)))
    except YardstickError as exc:
        print(f"yardstick: {exc}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted. What was stored by then is kept; run the same command again for the rest.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output (head, less) has had enough.
        sys.stderr.close()
        return 0


def _with_command(given: list[str]) -> list[str]:
    """The arguments with their command in front: the first word if it is one, else `add`."""
    for place, word in enumerate(given):
        if word in ("-h", "--help") and place == 0:
            return given
        if word.startswith("-") or (place and given[place - 1] == "--store"):
            continue
        return [word, *given[:place], *given[place + 1 :]] if word in COMMANDS else ["add", *given]
    return ["add", *given]


def _open(settings: Settings, any_model: bool = False) -> "tuple[Store, Embedder]":
    # Chroma loads here, torch where something is embedded, so that --help waits for neither.
    from ingest.embedding import Embedder
    from ingest.store import open_store

    embedder = Embedder(settings)
    return open_store(settings, embedder, any_model), embedder


def _add(options: argparse.Namespace, settings: Settings) -> int:
    from ingest import report
    from ingest.pipeline import ingest

    started = time.perf_counter()
    store, embedder = _open(settings)
    with report.progress_shown(options.json) as on_progress:
        outcomes = ingest(options.paths, store, embedder, settings, on_progress)
    seconds = time.perf_counter() - started
    told = {"files": [asdict(outcome) for outcome in outcomes], "summary": report.summary(outcomes, seconds)}
    _print(options, told, [report.summary_line(outcomes, seconds)])
    return 1 if any(outcome.status == "failed" for outcome in outcomes) else 0


def _list(options: argparse.Namespace, settings: Settings) -> int:
    from ingest import report

    store, _ = _open(settings, any_model=True)
    entries = sorted(store.entries().values(), key=lambda entry: (-entry.published, entry.briefing_id))
    nothing = f"No briefing in {settings.store}. Read some: python -m ingest PATH..."
    _print(
        options,
        [report.entry_object(entry) for entry in entries],
        report.entry_lines(entries) if entries else [nothing],
    )
    return 0


def _show(options: argparse.Namespace, settings: Settings) -> int:
    from ingest import report

    store, _ = _open(settings, any_model=True)
    briefing = store.briefing(store.find(options.id))
    _print(options, report.briefing_object(briefing), report.briefing_lines(briefing))
    return 0


def _judgements(options: argparse.Namespace, settings: Settings) -> int:
    from ingest import judged

    chosen = _chosen(options.given, settings)
    rows = [row for briefing in chosen for row in judged.judgement_objects(briefing, options.all)]
    _print(options, rows, judged.judgement_lines(rows))
    return 0


def _chosen(given: str | None, settings: Settings) -> "list[Briefing]":
    """The briefing in a file, the stored one of this id or title, or all that are stored."""
    if given and (Path(given).is_file() or Path(given).suffix):
        from ingest.reading import read_briefing

        return [read_briefing(Path(given), settings.max_file_bytes)]
    store, _ = _open(settings, any_model=True)
    if given:
        return [store.briefing(store.find(given))]
    if not store.entries():
        raise YardstickError(f"{settings.store}: no briefing yet. Read some: python -m ingest PATH... or name a file.")
    return list(store.briefings())


def _remove(options: argparse.Namespace, settings: Settings) -> int:
    store, _ = _open(settings, any_model=True)
    with store.writing():
        found = list(dict.fromkeys(store.find(given) for given in options.ids))
        for briefing_id in found:
            store.remove(briefing_id)
    _print(options, {"removed": found}, [f"removed  {briefing_id}" for briefing_id in found])
    return 0


def _reindex(options: argparse.Namespace, settings: Settings) -> int:
    store, embedder = _open(settings, any_model=True)
    started = time.perf_counter()

    def tell(done: int, count: int) -> None:
        if not options.json and done < count:
            print(f"[{done + 1}/{count}]", end="\r" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)

    store.reindex(tell)
    count, seconds = len(store.entries()), round(time.perf_counter() - started, 1)
    told = f"{count} briefings embedded with {embedder.name} in {seconds} s."
    _print(options, {"briefings": count, "model": embedder.name, "seconds": seconds}, [told])
    return 0


def _check(options: argparse.Namespace, settings: Settings) -> int:
    from ingest.checking import check

    store, embedder = _open(settings, any_model=True)
    faults = check(store, embedder)
    count, sentences = len(store.entries()), sum(entry.sentences for entry in store.entries().values())
    told = f"{count} briefings, {sentences} sentences: {len(faults) or 'no'} faults."
    _print(options, {"briefings": count, "sentences": sentences, "faults": faults}, [*faults, told])
    return 1 if faults else 0


def _print(options: argparse.Namespace, value: Any, lines: Iterable[str]) -> None:
    """Print a result as JSON or as lines, as asked."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str) if options.json else "\n".join(lines))


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--store", type=Path, metavar="DIR", help="where the briefings are (default: YARDSTICK_STORE)")
    common.add_argument("--json", action="store_true", help="one JSON value on standard output")
    parser = argparse.ArgumentParser(
        prog="python -m ingest", usage=USAGE, description="Read briefings into the store.", epilog=EPILOG
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="python -m ingest")
    told = {
        "add": (_add, "read files, folders and globs; the word add can be left out"),
        "list": (_list, "the stored briefings, newest first"),
        "show": (_show, "one briefing as read: its structure and sentences"),
        "judgements": (_judgements, "every estimative term of a briefing, of a file, or of all briefings"),
        "remove": (_remove, "take briefings out of the store"),
        "reindex": (_reindex, "embed all briefings again, as after a change of model"),
        "check": (_check, "see whether the store is consistent"),
    }
    made = {}
    for name, (run, help_text) in told.items():
        made[name] = commands.add_parser(name, parents=[common], help=help_text, description=help_text)
        made[name].set_defaults(run=run)
    made["add"].add_argument("paths", nargs="+", type=Path, metavar="PATH")
    made["show"].add_argument("id", help="an id, the beginning of one, or part of a title")
    made["judgements"].add_argument("given", nargs="?", metavar="ID or FILE", help="as for show, or a file not stored")
    made["judgements"].add_argument(
        "--all", action="store_true", help="hedges, comparisons, chances in figures and confidence, too"
    )
    made["remove"].add_argument("ids", nargs="+", metavar="ID", help="as for show")
    return parser


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    sys.exit(main())
