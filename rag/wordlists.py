"""The word lists and patterns of the wording check, read from wording.toml."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ingest.speakers import titles


@dataclass(frozen=True, slots=True)
class Lists:
    """What wording.toml holds; see there. `opposites` has every pair both ways."""

    stop: frozenset[str]
    frame: frozenset[str]
    no_names: frozenset[str]
    numbers: dict[str, int]
    ordinals: dict[str, int]
    synonyms: tuple[tuple[str, ...], ...]
    irregular: dict[str, str]
    bodies: dict[str, frozenset[str]]
    negative_connectives: frozenset[str]
    opposites: tuple[tuple[str, str], ...]
    limits: dict[str, tuple[str, ...]]
    wholes: dict[str, tuple[str, ...]]
    sets: dict[str, frozenset[str]]
    level_names: dict[str, str]
    same_term: dict[str, str]
    terms: dict[str, tuple[str, ...]]
    named_times: dict[str, str]
    same_times: dict[str, str]
    time_hints: tuple[str, ...]
    patterns: dict[str, re.Pattern[str]]


@cache
def lists() -> Lists:
    """The lists, read once."""
    raw = tomllib.loads(files("rag").joinpath("wording.toml").read_text(encoding="utf-8"))
    pairs = [pair.split() for pair in raw["opposites"]]
    return Lists(
        stop=frozenset(raw["stop"].split()),
        frame=frozenset(raw["frame"].split()),
        no_names=frozenset([*raw["stop"].split(), *raw["frame"].split(), *raw["days"].split(), *titles()]),
        numbers=raw["numbers"],
        ordinals=raw["ordinals"],
        synonyms=tuple(tuple(group.split()) for group in raw["synonyms"]["groups"]),
        irregular=raw["irregular"],
        bodies={kind: frozenset(words) for kind, words in raw["bodies"].items()},
        negative_connectives=frozenset(raw["negative_connectives"]),
        opposites=tuple((one, other) for one, other in pairs) + tuple((other, one) for one, other in pairs),
        limits={limit: tuple(words) for limit, words in raw["limits"].items()},
        wholes={whole: tuple(words) for whole, words in raw["wholes"].items()},
        sets={name: frozenset(words) for name, words in raw["sets"].items()},
        level_names=raw["level_names"],
        same_term=raw["same_term"],
        terms={term: tuple(words) for term, words in raw["times"]["terms"].items()},
        named_times=raw["times"]["named"],
        same_times=raw["times"]["same"],
        time_hints=tuple(raw["times"]["hints"]),
        patterns={name: re.compile(pattern, re.I) for name, pattern in raw["patterns"].items()}
        | {name: re.compile(pattern) for name, pattern in raw["cased"].items()},
    )
