"""The command line: `python -m rag ask`, `chat`, `draft` and `check`."""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from ingest.errors import YardstickError
from ingest.lexicon import bands
from ingest.settings import load_settings
from rag.answer import Answer, Filters
from rag.drafts.draft import Form
from rag.output import answer_object, plain_text

if TYPE_CHECKING:
    from rag.service import Yardstick

_DRAFT = "A first draft in the briefings' own sentences, each cited. What is missing of it is told on standard error."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did what was asked, 1 when a check found something, 2 when it could not."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except YardstickError as exc:
        print(f"yardstick: {exc}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of our output (head, less) has had enough.
        sys.stderr.close()
        return 0


def _ask(options: argparse.Namespace) -> int:
    if bool(options.question) == bool(options.batch):
        raise YardstickError(
            'Give a question in quotes, or --batch FILE with a question a line: python -m rag ask "..."'
        )
    service = _service(options.store)
    filters = _filters(options, service)
    questions = _read_questions(options.batch) if options.batch else [" ".join(options.question)]
    for question in questions:
        _show(service.ask(question, filters, model=options.model), options.json, bool(options.batch))
    return 0


def _chat(options: argparse.Namespace) -> int:
    service = _service(options.store)
    filters = _filters(options, service)
    history: list[Answer] = []
    print("Ask the briefings. An empty line or Ctrl-D ends the conversation.")
    for question in _typed():
        answer = service.ask(question, filters, history, options.model)
        history.append(answer)
        if answer.read_as != answer.question:
            print(f"(read as: {answer.read_as})")
        _show(answer, options.json, batch=False)
    return 0


def _draft(options: argparse.Namespace) -> int:
    from rag.drafts.exporting import export, markdown

    if not (options.ids or options.topic or options.published_from or options.published_to):
        raise YardstickError("Name briefings, a --topic, or dates with --from and --to: python -m rag draft ID")
    given = Filters(tuple(options.ids), published_from=options.published_from, published_to=options.published_to)
    service = _service(options.store)
    draft = service.draft(options.form, given, options.topic, options.style, options.as_of, options.model)
    if options.output:
        export(draft, options.output)
    if options.json:
        print(json.dumps(asdict(draft), default=date.isoformat, ensure_ascii=False, indent=2))
    elif not options.output:
        print(markdown(draft))
    for text in dict.fromkeys(line.claim.text for line in draft.missing):
        print(f"missing: “{text}”", file=sys.stderr)
    return 0


def _check(options: argparse.Namespace) -> int:
    from rag import linting

    if bool(options.draft) == bool(options.pairs):
        raise YardstickError("Give a draft to check, or --pairs FILE.jsonl: python -m rag check DRAFT.md --against ID")
    if options.pairs:
        for line in linting.checked_pairs(options.pairs, load_settings(options.store).scales):
            print(json.dumps(line, ensure_ascii=False), flush=True)
        return 0
    service = _service(options.store)
    checked = linting.check_draft(options.draft, service, tuple(options.against))
    if options.json:
        print(json.dumps([linting.checked_object(one) for one in checked], ensure_ascii=False, indent=2))
    else:
        print("\n".join(linting.lines(options.draft, checked)))
    return 1 if any(one.sentence.findings for one in checked) else 0


def _typed() -> Iterable[str]:
    while True:
        try:
            line = input("\n> ").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            return
        except UnicodeDecodeError as exc:
            raise YardstickError(
                "What was typed is not UTF-8 text. Set the terminal, or convert the file, to UTF-8."
            ) from exc
        if not line:
            return
        yield line


def _show(answer: Answer, as_json: bool, batch: bool) -> None:
    if as_json:
        print(json.dumps(answer_object(answer), ensure_ascii=False, indent=None if batch else 2), flush=True)
    else:
        print(("\n# " + answer.question + "\n" if batch else "") + plain_text(answer), flush=True)


def _service(store: Path | None) -> "Yardstick":
    # Torch and Chroma load here, so that --help does not wait for them.
    from rag.service import Yardstick

    service = Yardstick(load_settings(store))
    if not service.library.briefings():
        raise YardstickError("No briefing is loaded. Read some first: python -m ingest PATH...")
    return service


def _filters(options: argparse.Namespace, service: "Yardstick") -> Filters:
    briefings = service.library.briefings()
    known = {briefing.id for briefing in briefings}
    for name in options.briefing:
        if name not in known:
            raise YardstickError(f"--briefing {name}: no briefing has this id. List them: python -m ingest list")
    publishers = {briefing.publisher for briefing in briefings}
    for name in options.publisher:
        if name not in publishers:
            listed = ", ".join(sorted(publisher for publisher in publishers if publisher)) or "none is named"
            raise YardstickError(f"--publisher {name}: no loaded briefing has this publisher ({listed}).")
    return Filters(
        briefing_ids=tuple(options.briefing),
        publishers=tuple(options.publisher),
        horizons=tuple(options.horizon),
        bands=tuple(options.band),
        published_from=options.published_from,
        published_to=options.published_to,
        as_of=options.as_of,
    )


def _read_questions(path: Path) -> list[str]:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except OSError as exc:
        raise YardstickError(
            f"--batch {path}: cannot read it ({exc.strerror}). Give a text file, a question a line."
        ) from exc
    except UnicodeDecodeError as exc:
        raise YardstickError(f"--batch {path}: not UTF-8 text. Save it as UTF-8, a question a line.") from exc
    return [line.strip() for line in text.splitlines() if line.strip()]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError(f"'{text}' is not a date; write it as 2025-11-10") from exc


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rag", description="Ask the loaded briefings.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    ask = commands.add_parser("ask", help="answer one question, or a file of them", description="Answer questions.")
    ask.add_argument("question", nargs="*", help="the question")
    ask.add_argument("--batch", type=Path, metavar="FILE", help="a question a line; - for standard input")
    ask.set_defaults(run=_ask)
    chat = commands.add_parser("chat", help="ask question after question", description="A conversation.")
    chat.set_defaults(run=_chat)
    for command in (ask, chat):
        _add_common(command)
    _add_draft(commands.add_parser("draft", help="draft a summary, a table or a digest", description=_DRAFT))
    check = commands.add_parser(
        "check",
        help="check the wording of a draft, or of claims against their sources",
        description="Check that a text keeps the probability wording of the briefings it draws on.",
        epilog="Exit codes: 0 nothing found, 1 findings in a draft, 2 wrong use.",
    )
    check.add_argument("draft", nargs="?", type=Path, metavar="DRAFT", help="a text in any format that ingest reads")
    check.add_argument("--against", nargs="+", default=[], metavar="ID", help="only these briefings (default: all)")
    check.add_argument(
        "--pairs", type=Path, metavar="FILE", help='claims, a JSON object a line: {"source": [...], "claim": "..."}'
    )
    check.add_argument("--json", action="store_true", help="one JSON array of the checked sentences")
    check.add_argument("--store", type=Path, metavar="DIR", help="where the briefings are (default: YARDSTICK_STORE)")
    check.set_defaults(run=_check)
    return parser


def _add_draft(command: argparse.ArgumentParser) -> None:
    command.add_argument("ids", nargs="*", metavar="ID", help="these briefings, by id or a part of the title")
    command.add_argument("--topic", default="", metavar="TEXT", help="the briefings that are on this topic or question")
    command.add_argument("--from", dest="published_from", type=_day, metavar="DATE", help="published on or after")
    command.add_argument("--to", dest="published_to", type=_day, metavar="DATE", help="published on or before")
    command.add_argument("--form", required=True, choices=get_args(Form), help="what to draft")
    command.add_argument("--style", default="note", metavar="NAME", help="note, brief, or a TOML file of your own")
    command.add_argument("--as-of", type=_day, metavar="DATE", help="mark windows that ended before (default: today)")
    _add_model(command)
    command.add_argument("-o", dest="output", type=Path, metavar="FILE", help="write to this file, by its ending")
    command.add_argument("--json", action="store_true", help="one JSON object")
    command.add_argument("--store", type=Path, metavar="DIR", help="where the briefings are (default: YARDSTICK_STORE)")
    command.set_defaults(run=_draft)


def _add_model(command: argparse.ArgumentParser) -> None:
    told = "let this chat model write, every claim checked"
    command.add_argument("--model", default="", metavar="PROVIDER:NAME", help=told)


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="one JSON object an answer")
    command.add_argument("--store", type=Path, metavar="DIR", help="where the briefings are (default: YARDSTICK_STORE)")
    _add_model(command)
    command.add_argument("--briefing", action="append", default=[], metavar="ID", help="only this briefing; repeatable")
    command.add_argument("--publisher", action="append", default=[], help="only this publisher; repeatable")
    command.add_argument("--horizon", action="append", default=[], choices=("short", "medium", "long"))
    command.add_argument(
        "--band", action="append", default=[], choices=bands(), metavar="BAND", help="only judgements of this band"
    )
    command.add_argument("--from", dest="published_from", type=_day, metavar="DATE", help="published on or after")
    command.add_argument("--to", dest="published_to", type=_day, metavar="DATE", help="published on or before")
    command.add_argument("--as-of", type=_day, metavar="DATE", help="answer as of this date: nothing published later")


if __name__ == "__main__":
    sys.exit(main())
