"""The scales: order, gaps, shared edges, nesting, what a briefing declares, and a user's own file."""

import inspect
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import yardsticks as module
from ingest.errors import YardstickError
from ingest.yardsticks import FOLDER, band_of, gaps_of, load_yardstick, scale_of, yardsticks

SCALES = yardsticks()
RANGED = [scale for scale in SCALES.values() if scale.bands and all(band.low is not None for band in scale.bands)]


@pytest.mark.parametrize("scale", RANGED, ids=lambda scale: scale.id)
def test_bands_rise(scale: module.Yardstick) -> None:
    middles = [(band.low or 0) + (band.high or 0) for band in scale.bands]
    assert middles == sorted(middles)


def test_the_gaps_of_phia() -> None:
    wanted = ((5, 10), (20, 25), (35, 40), (50, 55), (75, 80), (90, 95))
    assert gaps_of(SCALES["phia"]) == wanted
    assert SCALES["phia"].gaps == wanted


def test_neither_end_of_phia_is_a_probability() -> None:
    bands = SCALES["phia"].bands
    assert (bands[0].low, bands[0].low_inclusive, bands[-1].high, bands[-1].high_inclusive) == (0, False, 100, False)


def test_the_shared_edges_of_icd_203() -> None:
    bands = SCALES["icd203"].bands
    edges = [left.high for left, right in zip(bands, bands[1:], strict=False) if left.high == right.low]
    assert edges == [5, 20, 45, 55, 80, 95]
    assert SCALES["icd203"].combines_confidence is False


def test_the_nesting_of_ipcc() -> None:
    bands = {band.id: band for band in SCALES["ipcc-ar6"].bands}
    for inner, outer in (
        ("very_likely", "likely"),
        ("extremely_likely", "very_likely"),
        ("virtually_certain", "extremely_likely"),
        ("very_unlikely", "unlikely"),
        ("extremely_unlikely", "very_unlikely"),
        ("exceptionally_unlikely", "extremely_unlikely"),
    ):
        low, high = bands[inner].low, bands[inner].high
        around = bands[outer]
        assert low is not None
        assert high is not None
        assert around.low is not None
        assert around.high is not None
        assert around.low <= low
        assert high <= around.high


def test_every_scale_names_its_source_and_the_day_it_was_checked() -> None:
    for scale in SCALES.values():
        assert scale.source
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", scale.checked)


def test_no_function_turns_a_number_into_a_term() -> None:
    for _, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__ == module.__name__ and not function.__name__.startswith("_"):
            hints = [str(hint) for name, hint in function.__annotations__.items() if name != "return"]
            assert not any("float" in hint or "int" in hint.split("[")[0] for hint in hints)


@given(scale=st.sampled_from(RANGED), data=st.data())
def test_a_term_is_found_in_its_band_however_it_is_spelt(scale: module.Yardstick, data: st.DataObject) -> None:
    band = data.draw(st.sampled_from(scale.bands))
    word = data.draw(st.sampled_from(band.words))
    for spelt in (word.upper(), word.replace(" ", "-"), word.replace(" ", "\u00a0"), word[:2] + "\u00ad" + word[2:]):
        assert band_of(scale, spelt) == band


def test_inflections_and_declared_synonyms() -> None:
    assert getattr(band_of(SCALES["phia"], "probably"), "id", None) == "likely"
    assert getattr(band_of(SCALES["icd203"], "almost certainly"), "id", None) == "almost_certain"
    assert band_of(SCALES["phia"], "very likely") is None
    assert getattr(band_of(SCALES["ms-isac"], "highly likely"), "id", None) == "very_likely"


@pytest.mark.parametrize(
    ("declared", "terms", "state", "known"),
    [
        ("Probability scale: PHIA yardstick", ["likely"], "known", "phia"),
        ("ICD 203", ["very likely", "probable"], "known", "icd203"),
        ("House scale", ["remote chance"], "known", "house"),
        ("BISI Probability Scale", ["highly likely"], "unreadable", None),
        ("the yardstick of the Osk Institute", ["likely"], "unreadable", None),
        (None, ["likely"], "undeclared", None),
        ("PHIA yardstick", ["likely", "very likely"], "mixed", "phia"),
        ("PHIA yardstick and ICD 203", ["likely"], "mixed", None),
    ],
)
def test_the_scale_of_a_briefing(declared: str | None, terms: list[str], state: str, known: str | None) -> None:
    scale = scale_of(declared, terms, SCALES)
    assert (scale.state, scale.yardstick.id if scale.yardstick else None) == (state, known)


def test_a_foreign_term_is_named() -> None:
    assert scale_of("PHIA", ["likely", "very likely"], SCALES).foreign == ("very likely",)


OWN = """
id = "osk"
title = "Scale of the Osk Institute"
publisher = "Osk Institute"
version = "2026"
geometry = "partition"
source = "https://osk.example/scale"
checked = 2026-11-23
language = "en"
declared_as = ['\\bOsk\\b']

[[bands]]
id = "unlikely"
terms = ["unlikely"]
low = 0
high = 50
printed = "under 50"

[[bands]]
id = "likely"
terms = ["likely"]
low = 50
high = 100
printed = "over 50"
"""


def test_a_user_adds_a_scale(tmp_path: Path) -> None:
    (tmp_path / "osk.toml").write_text(OWN)
    scales = yardsticks(tmp_path)
    assert set(scales) == {*SCALES, "osk"}
    assert scale_of("Scale: Osk", ["likely"], scales).state == "known"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('title = "Scale of the Osk Institute"', "", "'title' is missing"),
        ('version = "2026"', 'version = "2026"\ncolour = "red"', "unknown field 'colour'"),
        ('geometry = "partition"', 'geometry = "round"', "unknown geometry 'round'"),
        ("low = 0\nhigh = 50", "low = 50\nhigh = 0", "runs from 50 down to 0"),
        ('terms = ["likely"]', 'terms = ["likely", "Un-likely"]', "stands in two bands"),
        ("low = 0\nhigh = 50", "low = 80\nhigh = 100", "out of order"),
        ('language = "en"', 'language = "en"\ngaps = [[10, 20]]', "gaps are not those"),
        ('id = "osk"', "id = ", "not TOML"),
        ('id = "osk"', 'id = "phia"', "already a scale 'phia'"),
    ],
)
def test_a_faulty_scale_is_refused_with_what_is_wrong(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = tmp_path / "osk.toml"
    path.write_text(OWN.replace(old, new, 1))
    with pytest.raises(YardstickError, match=re.escape(told)) as caught:
        yardsticks(tmp_path)
    assert str(path) in str(caught.value)


def test_the_example_in_the_documentation_loads(repository: Path, tmp_path: Path) -> None:
    text = (repository / "docs" / "wording.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", text, re.S)
    assert example
    path = tmp_path / "own.toml"
    path.write_text(example[1])
    assert load_yardstick(path).bands


def test_an_image_has_words_and_no_ranges() -> None:
    assert load_yardstick(FOLDER / "bisi.toml").bands == ()
