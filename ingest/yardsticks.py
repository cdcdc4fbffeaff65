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
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal
from unicodedata import normalize

from annotated_types import Ge, Le, MinLen

from ingest.errors import YardstickError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Geometry = Literal["gapped", "partition", "nested", "ordinal", "threat-level", "confidence"]
State = Literal["known", "unreadable", "undeclared", "mixed"]


class _Exactly:
    """Tells pydantic to convert nothing: true is no number."""

    def __get_pydantic_core_schema__(self, kind: Any, handler: Any) -> Any:
        return handler(kind) | {"strict": True}


# What pydantic holds the fields of a file to; pydantic itself is heavy, and loaded with the first file.
Text = Annotated[str, MinLen(1)]
PerCent = Annotated[float, _Exactly(), Ge(0), Le(100)]
_STRICT: Final = {"extra": "forbid"}

FOLDER = Path(__file__).with_name("scales")
# Levels of a threat and of confidence are no words for the likelihood of an event, although they look like them.
_OTHER_AXES = ("threat-level", "confidence")


@dataclass(frozen=True, slots=True)
class Band:
    """One band of a scale: its printed terms, the synonyms that the scale itself declares, and their inflections.

    `low` and `high` are per cent, both None where no range is printed; `printed` is the range or the definition as the
    source prints it.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    id: Text
    terms: Annotated[tuple[Text, ...], MinLen(1)]
    synonyms: tuple[Text, ...] = ()
    inflections: tuple[Text, ...] = ()
    low: PerCent | None = None
    high: PerCent | None = None
    low_inclusive: bool = True
    high_inclusive: bool = True
    printed: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """Every form that means this band."""
        return (*self.terms, *self.synonyms, *self.inflections)


@dataclass(frozen=True, slots=True)
class _Added:
    """What a file adds to a band that it takes over."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    id: Text
    synonyms: tuple[Text, ...] = ()
    inflections: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Confidence:
    """The levels in which a scale's publisher grades the evidence, and what it calls them together."""

    name: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Yardstick:
    """A published scale, its bands from the lowest probability up.

    `source` is where the scale was read and `checked` the day; `geometry` is None only where the scale is `unreadable`.
    `declared_as` are the patterns by which a briefing names it. `combines_confidence` says whether a confidence level
    and a term may share a sentence, `rows_mixed` whether terms of two `rows` may; None if the scale is silent.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    id: Text
    title: Text
    publisher: Text
    version: Text
    source: Text
    checked: date
    language: Text
    declared_as: tuple[Text, ...]
    geometry: Geometry | None = None
    bands: tuple[Band, ...] = ()
    rules: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    rows_mixed: bool | None = None
    combines_confidence: bool | None = None
    confidence: Confidence | None = None
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
    from pydantic import ValidationError

    try:
        scale: Yardstick = _fields_of(Yardstick).validate_python(_with_bands(path, _read(path)))
    except ValidationError as exc:
        fault = exc.errors()[0]
        raise _fault(path, f"{' '.join(map(str, fault['loc']))}: {fault['msg']}") from exc
    if found := next(_faults(scale), None):
        raise _fault(path, found)
    return scale


@cache
def _fields_of(kind: Any) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


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
            raise _fault(path, f"there is already a scale '{scale.id}', which only 'replaces = true' replaces")
        found[scale.id] = scale
    return MappingProxyType(found)


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


def _fault(path: Path, what: str) -> YardstickError:
    return YardstickError(f"{path}: {what}. Correct the file; docs/yardsticks.md has an example.")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as exc:
        raise YardstickError(f"{path}: cannot be read ({exc.strerror}). Check the path and its permissions.") from exc
    except ValueError as exc:
        raise _fault(path, f"not TOML ({exc})") from exc


def _with_bands(path: Path, raw: dict[str, Any]) -> dict[str, Any]:
    """The fields of a file; one that takes over another scale's bands with those, and the words that it adds."""
    if (name := raw.get("same_bands_as")) is None:
        return raw
    places = [folder / f"{name}.toml" for folder in (path.parent, FOLDER) if re.fullmatch(r"[\w.-]+", str(name))]
    own = next((place for place in places if place.is_file() and "same_bands_as" not in _read(place)), None)
    if own is None:
        raise _fault(path, f"no scale '{name}' with bands of its own")
    added = {band.id: band for band in _fields_of(list[_Added]).validate_python(raw.get("bands", []))}
    base = load_yardstick(own)
    if unknown := added.keys() - {band.id for band in base.bands}:
        raise _fault(path, f"'{name}' has no band '{unknown.pop()}'")
    bands = [
        replace(band, synonyms=band.synonyms + more.synonyms, inflections=band.inflections + more.inflections)
        for band in base.bands
        for more in [added.get(band.id, _Added(band.id))]
    ]
    return {"rows": base.rows} | raw | {"bands": bands}


def _faults(scale: Yardstick) -> Iterator[str]:
    """What is wrong with a scale whose fields are well formed."""
    for pattern in scale.declared_as:
        try:
            if re.search(pattern, ""):
                yield f"'declared_as': '{pattern}' fits every line"
        except re.error as exc:
            yield f"'declared_as': '{pattern}' is no regular expression ({exc})"
    if scale.unreadable == bool(scale.bands) or scale.unreadable == bool(scale.geometry):
        yield "a scale has 'geometry' and [[bands]], or it says 'unreadable = true' and has neither"
    words = [(_plain(word), band.id) for band in scale.bands for word in band.words]
    meaning = dict(words)
    yield from (
        f"'{word}' stands in two bands, {band} and {meaning[word]}" for word, band in words if meaning[word] != band
    )
    if len({band.id for band in scale.bands}) < len(scale.bands):
        yield "two bands have the same 'id'"
    yield from _range_faults(scale)


def _range_faults(scale: Yardstick) -> Iterator[str]:
    for band in scale.bands:
        if (band.low is None) != (band.high is None):
            yield f"band '{band.id}' has one end only (0 and 100 are ends, too)"
    ranges = [(band.low, band.high, band.id) for band in scale.bands if band.low is not None and band.high is not None]
    yield from (f"band '{name}' runs from {low:g} down to {high:g}" for low, high, name in ranges if low > high)
    for (low_before, high_before, _), (low, high, name) in pairwise(ranges):
        if low < low_before or high < high_before:
            yield f"band '{name}' is out of order: the lowest probability comes first"
        if scale.geometry != "nested" and low < high_before:
            yield f"band '{name}' overlaps the one below, as only those of geometry 'nested' may"
