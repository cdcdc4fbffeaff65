"""The words and patterns that the readers go by, each set in a TOML file of this package with its source."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def rules(name: str) -> dict[str, Any]:
    """The tables of one file, read once a process."""
    return tomllib.loads(files("ingest").joinpath(f"{name}.toml").read_text(encoding="utf-8"))
