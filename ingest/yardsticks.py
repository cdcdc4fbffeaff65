"""Probability yardsticks: what a published scale prints, and which scale a briefing uses.

The scales are the files in ingest/scales, each with its source and the day it was checked; a user's folder of such
files adds more. No function here turns a number into a term: most scales have gaps, shared edges or nested bands.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args
from unicodedata import normalize

from ingest.errors import YardstickError

Geometry = Literal["gapped", "partition", "nested", "ordinal", "threat-level", "confidence"]
State = Literal["known", "unreadable", "undeclared", "mixed"]

FOLDER = Path(__file__).with_name("scales")
# Levels of a threat and of confidence are no words for the likelihood of an event, although they look like them.
_OTHER_AXES = ("threat-level", "confidence")


@dataclass(frozen=True, slots=True)
class Band:
    """One band of a scale: its printed terms, the synonyms that the scale itself declares, and their inflections.

    `low` and `high` are per cent, both None where no range is printed; `printed` is the range or the definition as the
    source prints it.
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

    `source` is where the scale was read and `checked` the day; `geometry` is None only where the scale is `unreadable`.
    `declared_as` are the patterns by which a briefing names it. `combines_confidence` says whether a confidence level
    and a term may share a sentence, `rows_mixed` whether terms of two `rows` may; None if the scale is silent.
    """

    id: str
    title: str
    publisher: str
    version: str
    source: str
    checked: str
    language: str
    declared_as: tuple[str, ...]
    geometry: Geometry | None = None
    bands: tuple[Band, ...] = ()
    gaps: tuple[tuple[float, float], ...] = ()
    rules: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    rows_mixed: bool | None = None
    combines_confidence: bool | None = None
    confidence_name: str = ""
    confidence: tuple[str, ...] = ()
    same_bands_as: str | None = None
    unreadable: bool = False
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale of one briefing; `foreign` lists terms it uses that belong to the words of other scales only.

    `declared` is the briefing's own line. `yardstick` is set where that line names one scale whose words are known.
    """

    state: State
    yardstick: Yardstick | None = None
    declared: str | None = None
    foreign: tuple[str, ...] = ()


def load_yardstick(path: Path) -> Yardstick:
    """The scale in one TOML file; raises YardstickError that names the file, what is wrong and what to do."""
    raw = _read(path)
    _check_fields(path, raw, _SCALE, _REQUIRED)
    confidence = raw.pop("confidence", {})
    _check_fields(path, confidence, _CONFIDENCE, tuple(_CONFIDENCE) if confidence else ())
    bands = [*_bands(path, raw.pop("bands", []), raw.get("same_bands_as"))]
    scale = Yardstick(
        **{name: _frozen(value) for name, value in raw.items() if name != "checked"},
        checked=raw["checked"].isoformat(),
        bands=tuple(bands),
        confidence_name=confidence.get("name", ""),
        confidence=tuple(confidence.get("levels", ())),
    )
    if scale.same_bands_as and not scale.rows:
        scale = replace(scale, rows=_base(path, scale.same_bands_as).rows)
    _check_scale(path, scale)
    return scale


@cache
def yardsticks(folder: Path | None = None) -> Mapping[str, Yardstick]:
    """The scales by id: those shipped, and every *.toml of a user's folder; raises YardstickError for a faulty file.

    Read once a process. A user's scale takes the place of a shipped one only if its file says so: replaces = true.
    """
    if folder is None:
        return MappingProxyType({scale.id: scale for scale in map(load_yardstick, sorted(FOLDER.glob("*.toml")))})
    if not folder.is_dir():
        raise YardstickError(f"{folder}: no such folder. Set YARDSTICK_SCALES to a folder of scale files, or unset it.")
    found = dict(yardsticks())
    for path in sorted(folder.glob("*.toml")):
        scale = load_yardstick(path)
        if scale.id in found and not scale.replaces:
            raise _fault(path, f"there is already a scale '{scale.id}'", "Choose another id, or add: replaces = true")
        found[scale.id] = scale
    return MappingProxyType(found)


def gaps_of(scale: Yardstick) -> tuple[tuple[float, float], ...]:
    """The stretches, in per cent, between neighbouring bands that no band covers."""
    found, reached = [], None
    for band in scale.bands:
        if band.low is None or band.high is None:
            reached = None
            continue
        if reached is not None and band.low > reached:
            found.append((reached, band.low))
        reached = max(reached or 0.0, band.high)
    return tuple(found)


def band_of(scale: Yardstick, term: str) -> Band | None:
    """The band that a term means on a scale: its printed terms, declared synonyms and inflections, no others."""
    wanted = _plain(term)
    return next((band for band in scale.bands if wanted in map(_plain, band.words)), None)


def scale_of(declared: str | None, terms: Collection[str], known: Mapping[str, Yardstick]) -> Scale:
    """Which scale a briefing uses, from the line that names it, if any, and the terms it uses."""
    if not declared or not declared.strip():
        return Scale("undeclared")
    named = _named(declared, known)
    if len(named) > 1:
        return Scale("mixed", declared=declared)
    if not named or not named[0].bands:
        return Scale("unreadable", declared=declared)
    scale = named[0]
    alike = (one for one in known.values() if one.language == scale.language and one.geometry not in _OTHER_AXES)
    others = _vocabulary(alike) - _vocabulary([scale])
    foreign = tuple(term for term in dict.fromkeys(terms) if _plain(term) in others)
    return Scale("mixed" if foreign else "known", scale, declared, foreign)


def _named(declared: str, known: Mapping[str, Yardstick]) -> list[Yardstick]:
    line = " ".join(re.sub("[\u00ad\u200b]", "", re.sub("[\u2010-\u2013]", "-", normalize("NFKC", declared))).split())
    found = [scale for scale in known.values() if any(re.search(name, line, re.I) for name in scale.declared_as)]
    # Who adopts another's scale often names it too: one scale, and the adopter's words count.
    adopted = {scale.same_bands_as for scale in found}
    return [scale for scale in found if scale.id not in adopted]


def _vocabulary(scales: Iterable[Yardstick]) -> frozenset[str]:
    return frozenset(_plain(word) for scale in scales for band in scale.bands for word in band.words)


@lru_cache(maxsize=4096)
def _plain(term: str) -> str:
    """A term without what never tells two apart: case, hyphens of any kind, spaces."""
    return re.sub("[\\s\u00ad\u200b\u2010-\u2013-]+", "", normalize("NFKC", term)).casefold()


def _fault(path: Path, what: str, advice: str) -> YardstickError:
    return YardstickError(f"{path}: {what}. {advice}")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as exc:
        raise _fault(path, f"cannot be read ({exc.strerror})", "Check the path and its permissions.") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise _fault(path, f"not TOML ({exc})", "Compare it with the example in docs/yardsticks.md.") from exc


_REQUIRED = ("id", "title", "publisher", "version", "source", "checked", "language", "declared_as")
# What each field of a file holds: a type, or a list of such.
_SCALE: Mapping[str, Any] = {
    **dict.fromkeys(("id", "title", "publisher", "version", "source", "language", "geometry", "same_bands_as"), str),
    **dict.fromkeys(("unreadable", "replaces", "combines_confidence", "rows_mixed"), bool),
    **{"checked": date, "declared_as": [str], "rules": [str], "rows": [[str]], "gaps": [[float]]},
    **{"confidence": dict, "bands": [dict]},
}
_CONFIDENCE: Mapping[str, Any] = {"name": str, "levels": [str]}
_ADDED: Mapping[str, Any] = {"id": str, "synonyms": [str], "inflections": [str]}
_BAND: Mapping[str, Any] = {
    **{**_ADDED, "terms": [str], "printed": str},
    **{"low": float, "high": float, "low_inclusive": bool, "high_inclusive": bool},
}
_TOLD = {str: "text", bool: "true or false", float: "a number from 0 to 100", date: "a date", dict: "a table"}


def _fits(value: Any, shape: Any) -> bool:
    if isinstance(shape, list):
        return isinstance(value, list) and all(_fits(one, shape[0]) for one in value)
    if shape is float:
        return type(value) in (int, float) and 0 <= value <= 100
    return type(value) is shape and value != ""


def _told(shape: Any) -> str:
    return f"a list, each {_told(shape[0])}" if isinstance(shape, list) else _TOLD[shape]


def _check_fields(
    path: Path, raw: Mapping[str, Any], known: Mapping[str, Any], required: Collection[str], where: str = ""
) -> None:
    if missing := [name for name in required if name not in raw]:
        raise _fault(path, f"{where}'{missing[0]}' is missing", "Add it; docs/yardsticks.md has an example.")
    for name, value in raw.items():
        if name not in known:
            raise _fault(path, f"{where}unknown field '{name}'", f"Known ones: {', '.join(known)}.")
        if not _fits(value, known[name]):
            raise _fault(path, f"{where}'{name}' has to be {_told(known[name])}", "Correct it.")


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _bands(path: Path, raw: list[dict[str, Any]], same_as: str | None) -> Iterator[Band]:
    """The bands of a file: its own, or another scale's with the words that this one adds."""
    fields, required = (_ADDED, ("id",)) if same_as else (_BAND, ("id", "terms"))
    for number, one in enumerate(raw, start=1):
        _check_fields(path, one, fields, required, f"band {one.get('id', number)}: ")
    if not same_as:
        yield from (Band(**{name: _frozen(value) for name, value in one.items()}) for one in raw)
        return
    added = {one["id"]: one for one in raw}
    base = _base(path, same_as).bands
    if unknown := set(added) - {band.id for band in base}:
        raise _fault(path, f"'{same_as}' has no band '{min(unknown)}'", f"It has {', '.join(one.id for one in base)}.")
    for band in base:
        own = added.get(band.id, {})
        yield replace(
            band,
            synonyms=(*band.synonyms, *own.get("synonyms", ())),
            inflections=(*band.inflections, *own.get("inflections", ())),
        )


def _base(path: Path, name: str) -> Yardstick:
    """The scale whose bands a file takes over: NAME.toml beside it, or a shipped one."""
    places = (path.parent, FOLDER) if re.fullmatch(r"[\w.-]+", name) else ()
    for found in (folder / f"{name}.toml" for folder in places):
        if found.is_file() and "same_bands_as" not in _read(found):
            return load_yardstick(found)
    raise _fault(path, f"no scale '{name}' with bands of its own", "Name one in 'same_bands_as', or list the bands.")


def _check_scale(path: Path, scale: Yardstick) -> None:
    _check_names(path, scale.declared_as)
    if scale.unreadable:
        if scale.bands or scale.geometry:
            raise _fault(path, "an unreadable scale has no bands and no geometry", "Leave them out, or 'unreadable'.")
        return
    if scale.geometry not in get_args(Geometry):
        what = f"unknown geometry '{scale.geometry}'" if scale.geometry else "'geometry' is missing"
        raise _fault(path, what, f"Use one of {', '.join(get_args(Geometry))}.")
    if not scale.bands:
        raise _fault(path, "it has no [[bands]]", "Add them, or say: unreadable = true")
    _check_words(path, scale)
    _check_ranges(path, scale)
    if scale.gaps != (found := gaps_of(scale)):
        told = ", ".join(f"[{low:g}, {high:g}]" for low, high in found)
        raise _fault(path, f"the gaps between its bands are [{told}]", "Say so in 'gaps', or correct the ranges.")


def _check_names(path: Path, patterns: Collection[str]) -> None:
    for pattern in patterns:
        try:
            if re.search(pattern, ""):
                raise _fault(path, f"'declared_as': '{pattern}' fits every line", "Write the name of the scale.")
        except re.error as exc:
            raise _fault(path, f"'declared_as': '{pattern}' is no regular expression ({exc})", "Correct it.") from exc


def _check_words(path: Path, scale: Yardstick) -> None:
    seen: dict[str, int] = {}
    for place, band in enumerate(scale.bands):
        if band.id in {other.id for other in scale.bands[:place]} or not band.terms:
            raise _fault(
                path, f"band '{band.id}' stands twice, or has no terms", "Give each an id and terms of its own."
            )
        for word in band.words:
            if (other := seen.setdefault(_plain(word), place)) != place:
                told = f"'{word}' stands in two bands, {scale.bands[other].id} and {band.id}"
                raise _fault(path, told, "Keep it in one of them.")


def _check_ranges(path: Path, scale: Yardstick) -> None:
    before = (0.0, 0.0)
    for band in scale.bands:
        if (band.low is None) != (band.high is None):
            raise _fault(path, f"band '{band.id}' has one end only", "Give low and high (0 and 100 at the ends).")
        if band.low is None or band.high is None:
            continue
        if band.low > band.high:
            raise _fault(path, f"band '{band.id}' runs from {band.low:g} down to {band.high:g}", "Swap low and high.")
        if band.low < before[0] or band.high < before[1]:
            raise _fault(path, f"band '{band.id}' is out of order", "List the lowest probability first.")
        if scale.geometry != "nested" and band.low < before[1]:
            raise _fault(path, f"band '{band.id}' overlaps the one below", "Correct it, or the geometry: nested.")
        before = (band.low, band.high)
