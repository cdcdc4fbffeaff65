"""Commands, run in this process: one of its own would take seconds to load the embedding model.

That they also start as they are written is shown by tests/test_offline.py.
"""

import contextlib
import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Ran:
    """What a command ended with, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def ran(main: Callable[[Sequence[str]], int], *arguments: str, typed: str = "") -> Ran:
    """What `main` does with these arguments, and with what is typed into it."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.setattr(sys, "stdin", io.StringIO(typed))
        try:
            code = main(arguments)
        except SystemExit as end:
            code = int(str(end.code))
    return Ran(code, out.getvalue(), err.getvalue())
