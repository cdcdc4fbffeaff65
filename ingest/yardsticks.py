"""Probability yardsticks: what a published scale prints, and which scale a briefing uses.

The scales are the files in ingest/scales, each with its source and the day it was checked; a user's folder of such files
adds more. No function here turns a number into a term: most scales have gaps, shared edges or nested bands.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from ingest.errors import YardstickError

Geometry = Literal["gapped", "partition", "nested", "ordinal", "threat-level", "unreadable"]
State = Literal["known", "unreadable", "undeclared", "mixed"]

FOLDER = Path(__file__).with_name("scales")
_REQUIRED = ("id", "title", "publisher", "version", "geometry", "source", "checked", "language", "declared_as")
_OPTIONAL = ("gaps", "rules", "combines_confidence", "rows", "confidence", "bands", "replaces")
_BAND = ("id", "terms", "synonyms", "inflections", "low", "high", "low_inclusive", "high_inclusive", "printed")


@dataclass(frozen=True, slots=True)
class Band:
    """One band of a scale: its printed terms, the synonyms that the scale itself declares, and their inflections.

    `low` and `high` are per cent, None where none is printed; `printed` is the range as the source prints it.
    """

    id: str
    terms: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    inflections: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    low_inclusive: bool = True
    high_inclusive: bool = True
    printed: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """Every form that means this band."""
        return (*self.terms, *self.synonyms, *self.inflections)


@dataclass(frozen=True, slots=True)
class Yardstick:
    """A published scale, its bands from the lowest probability up; `gaps` are per cent that no band covers.

    `combines_confidence` says whether a confidence level and a term may share a sentence, None if the scale is silent.
    """

    id: str
    title: str
    publisher: str
    version: str
    geometry: Geometry
    source: str
    checked: str
    language: str
    declared_as: tuple[str, ...]
    bands: tuple[Band, ...] = ()
    gaps: tuple[tuple[float, float], ...] = ()
    rules: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    combines_confidence: bool | None = None
    confidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale of one briefing; `foreign` lists terms it uses that belong to the printed words of another scale only."""

    state: State
    declared: str | None = None
    yardstick: Yardstick | None = None
    foreign: tuple[str, ...] = ()


def load_yardstick(path: Path) -> Yardstick:
    """The scale in one TOML file; raises YardstickError that names the file, what is wrong and what to do."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise YardstickError(f"{path}: cannot be read ({exc.strerror}). Check the path and its permissions.") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise YardstickError(f"{path}: not TOML ({exc}). Compare it with a file in ingest/scales.") from exc
    _check_fields(path, raw, _REQUIRED, _OPTIONAL)
    if raw["geometry"] not in get_args(Geometry):
        raise _fault(path, f"unknown geometry '{raw['geometry']}'", f"Use one of {', '.join(get_args(Geometry))}.")
    scale = Yardstick(
        bands=tuple(_band(path, band) for band in raw.get("bands", ())),
        gaps=tuple((float(low), float(high)) for low, high in raw.get("gaps", ())),
        rules=tuple(raw.get("rules", ())),
        rows=tuple(tuple(row) for row in raw.get("rows", ())),
        combines_confidence=raw.get("combines_confidence"),
        confidence=tuple(raw.get("confidence", {}).get("levels", ())),
        declared_as=tuple(raw["declared_as"]),
        checked=str(raw["checked"]),
        **{name: raw[name] for name in ("id", "title", "publisher", "version", "geometry", "source", "language")},
    )
    _check_bands(path, scale)
    return scale


def _fault(path: Path, what: str, advice: str) -> YardstickError:
    return YardstickError(f"{path}: {what}. {advice}")


def _check_fields(path: Path, raw: Mapping[str, Any], required: Collection[str], optional: Collection[str]) -> None:
    if missing := [name for name in required if name not in raw]:
        raise _fault(path, f"'{missing[0]}' is missing", "Add it; ingest/scales has examples.")
    if unknown := [name for name in raw if name not in (*required, *optional)]:
        raise _fault(path, f"unknown field '{unknown[0]}'", f"Known ones: {', '.join((*required, *optional))}.")


def _band(path: Path, raw: Mapping[str, Any]) -> Band:
    _check_fields(path, raw, ("id", "terms"), _BAND[2:])
    lists: dict[str, Any] = {name: tuple(raw.get(name, ())) for name in ("terms", "synonyms", "inflections")}
    plain: dict[str, Any] = {name: raw[name] for name in raw if name not in lists}
    band = Band(**lists, **plain)
    if band.low is not None and band.high is not None and band.low > band.high:
        raise _fault(path, f"band '{band.id}' runs from {band.low:g} down to {band.high:g}", "Swap low and high.")
    return band


def _check_bands(path: Path, scale: Yardstick) -> None:
    seen: dict[str, str] = {}
    for band in scale.bands:
        for word in band.words:
            if (other := seen.setdefault(_plain(word), band.id)) != band.id:
                raise _fault(path, f"'{word}' stands in two bands, {other} and {band.id}", "Keep it in one of them.")
    ranges = [(band.low, band.high) for band in scale.bands if band.low is not None and band.high is not None]
    middles = [low + high for low, high in ranges]
    if middles != sorted(middles):
        raise _fault(path, "the bands are out of order", "List them from the lowest probability up.")
    if scale.gaps and scale.gaps != gaps_of(scale):
        raise _fault(path, f"the gaps are not those between the bands, {gaps_of(scale)}", "Correct gaps or ranges.")


def gaps_of(scale: Yardstick) -> tuple[tuple[float, float], ...]:
    """The stretches, in per cent, between bands that do not touch."""
    ranges = [(band.low, band.high) for band in scale.bands if band.low is not None and band.high is not None]
    return tuple((high, low) for (_, high), (low, _) in zip(ranges, ranges[1:], strict=False) if low > high)


@cache
def yardsticks(folder: Path | None = None) -> Mapping[str, Yardstick]:
    """The scales by id: those shipped, and every *.toml of a user's folder; raises YardstickError for a faulty file."""
    found = {scale.id: scale for path in sorted(FOLDER.glob("*.toml")) for scale in (load_yardstick(path),)}
    if folder is None:
        return found
    if not folder.is_dir():
        raise YardstickError(f"{folder}: no such folder. Set YARDSTICK_SCALES to a folder of scale files, or unset it.")
    for path in sorted(folder.glob("*.toml")):
        scale = load_yardstick(path)
        if scale.id in found and not tomllib.loads(path.read_text(encoding="utf-8")).get("replaces"):
            raise _fault(path, f"there is already a scale '{scale.id}'", "Choose another id, or add: replaces = true")
        found[scale.id] = scale
    return found


def band_of(scale: Yardstick, term: str) -> Band | None:
    """The band that a term means on a scale: its printed terms, declared synonyms and inflections, no others."""
    wanted = _plain(term)
    return next((band for band in scale.bands if wanted in map(_plain, band.words)), None)


def scale_of(declared: str | None, terms: Collection[str], known: Mapping[str, Yardstick]) -> Scale:
    """Which scale a briefing uses, from the line that names it and the terms it uses."""
    if not declared:
        return Scale("undeclared")
    found = [scale for scale in known.values() if any(re.search(name, declared, re.I) for name in scale.declared_as)]
    if len(found) > 1:
        return Scale("mixed", declared, None, tuple(scale.id for scale in found))
    if not found or not found[0].bands:
        return Scale("unreadable", declared)
    scale = found[0]
    others = [
        other for other in known.values() if other.language == scale.language and other.geometry != "threat-level"
    ]
    foreign = [
        term
        for term in dict.fromkeys(terms)
        if band_of(scale, term) is None and any(band_of(other, term) for other in others)
    ]
    return Scale("mixed" if foreign else "known", declared, scale, tuple(foreign))


def _plain(term: str) -> str:
    return re.sub(r"[\s\u00a0\u00ad\u2010\u2011-]+", "", term).lower()
