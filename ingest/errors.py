"""Errors that a user can cause, each saying what is wrong, with which input, and what to do."""

from typing import Literal

Reason = Literal[
    "missing",
    "empty",
    "encrypted",
    "needs_ocr",
    "damaged",
    "wrong_type",
    "unsupported",
    "too_large",
    "binary",
    "encoding",
    "no_text",
    "unreadable",
]


class YardstickError(Exception):
    """A fault that the user can mend; the message says what, where and what to do."""


class UnreadableFile(YardstickError):
    """A file that cannot be read as a briefing.

    `reason` is one of a closed set (for --json), `name` the file as the user gave it, `what` the fault in words and
    `advice` what to do about it.
    """

    def __init__(self, name: str, reason: Reason, what: str, advice: str) -> None:
        super().__init__(f"{name}: {what}. {advice}")
        self.name = name
        self.reason = reason
        self.what = what
        self.advice = advice
