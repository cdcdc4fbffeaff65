"""Serve the chat: python app.py."""

import argparse
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import YardstickError
from ingest.settings import Settings, load_settings

if TYPE_CHECKING:
    from rag.library import Library


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; 2 when that cannot be done."""
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings(options.store)
        _check_free(options.host, options.port)
        _serve(settings, options)
    except YardstickError as exc:
        print(f"yardstick: {exc}", file=sys.stderr)
        return 2
    return 0


def _serve(settings: Settings, options: argparse.Namespace) -> None:
    # What Gradio keeps of an upload until it is read lies in a folder that goes with this process.
    with tempfile.TemporaryDirectory(prefix="yardstick-uploads-") as uploads:
        os.environ["GRADIO_TEMP_DIR"] = uploads
        # Gradio reads its settings when it is imported, which is slow besides: --help and mistakes do not wait for it.
        from rag.service import Yardstick
        from ui.feedback import Feedback
        from ui.page import HEAD, THEME, build_page

        service = Yardstick(settings)
        # Opened before anyone is let in: a store that cannot be used ends this with a word on why.
        library = service.library
        if options.samples and not library.briefings():
            _read_samples(library, options.samples)
        page = build_page(service, Feedback(settings.store / "feedback.jsonl"))
        page.launch(
            server_name=options.host,
            server_port=options.port,
            prevent_thread_lock=True,
            quiet=True,
            footer_links=[],
            theme=THEME,
            head=HEAD,
            # A file a little over our own limit is refused by us, by name and with advice.
            max_file_size=2 * settings.max_file_bytes,
        )
        print(f"Yardstick is at {page.local_url} (Ctrl-C ends it)", flush=True)
        # The page is up; whoever asks before the model is loaded sees that it is loading.
        threading.Thread(target=service.warm, name="warm", daemon=True).start()
        page.block_thread()


def _read_samples(library: "Library", folder: Path) -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Reading the sample briefings"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as bar:
        task = bar.add_task("", total=None)
        outcomes = library.add(
            [folder], lambda done: bar.update(task, total=done.passages or None, completed=done.passages_done)
        )
    for outcome in outcomes:
        if outcome.status == "failed":
            print(f"yardstick: {outcome.message}", file=sys.stderr)


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the server itself will bind: a port that is only waiting out its last connections counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as exc:
            raise YardstickError(
                f"Cannot serve on {host}, port {port}: {exc.strerror or exc}. Choose another port: --port {port + 1}"
            ) from exc


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python app.py", description="Serve the chat over the loaded briefings.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to serve on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=7860, help="the port to serve on (default: %(default)s)")
    parser.add_argument(
        "--store",
        type=Path,
        metavar="DIR",
        help="where the briefings are kept (default: YARDSTICK_STORE, or ~/.yardstick)",
    )
    parser.add_argument(
        "--samples",
        type=Path,
        metavar="DIR",
        help="read the briefings of this folder first, if the store is still empty; make app gives samples/",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
