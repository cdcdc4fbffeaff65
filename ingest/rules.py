"""The words and patterns that the readers go by, each set in a TOML file of this package with its source."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def rules(name: str) -> dict[str, Any]:
    """The tables of one file, read once a process."""
    return tomllib.loads(files("ingest").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@cache
def pattern(name: str, *keys: str) -> re.Pattern[str]:
    """One pattern of a file, or a list of alternatives as one; case matters only where the pattern itself says so."""
    found: Any = rules(name)
    for key in keys:
        found = found[key]
    return re.compile(found if isinstance(found, str) else "|".join(f"(?:{one})" for one in found), re.I)
