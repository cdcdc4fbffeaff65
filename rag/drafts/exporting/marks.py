"""The handling marks of the sources, which a draft made from them has to carry."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path


def highest_first(marks: Iterable[str]) -> tuple[str, ...]:
    """The marks, each once, the most restrictive first; as they come where one of them is not known."""
    distinct = tuple(dict.fromkeys(mark for mark in marks if mark))
    known = {mark: rank for mark in distinct if (rank := _rank(mark)) is not None}
    return tuple(sorted(distinct, key=known.__getitem__)) if len(known) == len(distinct) else distinct


def _rank(mark: str) -> int | None:
    return next((rank for rank, pattern in enumerate(_ranks()) if pattern.search(mark)), None)


@cache
def _ranks() -> tuple[re.Pattern[str], ...]:
    data = tomllib.loads(Path(__file__).with_name("handling.toml").read_text(encoding="utf-8"))
    return tuple(re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.I) for pattern in data["ranks"])
