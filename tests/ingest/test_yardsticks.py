"""The scales: order, gaps, shared edges, nesting, what a briefing declares, and a user's own file."""

import inspect
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import yardsticks as module
from ingest.errors import YardstickError
from ingest.yardsticks import FOLDER, Band, Confidence, Yardstick, band_of, load_yardstick, scale_of, yardsticks

SCALES = yardsticks()
EVERY = pytest.mark.parametrize("scale", SCALES.values(), ids=lambda scale: scale.id)
READABLE = [scale for scale in SCALES.values() if scale.bands]


def band_id(scale: str, term: str) -> str | None:
    band = band_of(SCALES[scale], term)
    return band.id if band else None


def gaps_of(scale: Yardstick) -> list[tuple[float, float]]:
    """The stretches, in per cent, between neighbouring bands that no band covers."""
    return [(below[1], above[0]) for below, above in pairwise(ranges(scale)) if above[0] > below[1]]


def ranges(scale: Yardstick) -> list[tuple[float, float]]:
    return [(band.low, band.high) for band in scale.bands if band.low is not None and band.high is not None]


@EVERY
def test_bands_rise(scale: Yardstick) -> None:
    for below, above in pairwise(ranges(scale)):
        assert below != above
        assert below[0] <= above[0]
        assert below[1] <= above[1]


@EVERY
def test_only_nested_bands_overlap(scale: Yardstick) -> None:
    if scale.geometry != "nested":
        assert all(below[1] <= above[0] for below, above in pairwise(ranges(scale)))


@EVERY
def test_a_scale_names_its_source_and_the_day_it_was_checked(scale: Yardstick) -> None:
    assert scale.source.startswith("http") or scale.id == "house"
    assert scale.checked == date(2026, 11, 23)
    assert (FOLDER / f"{scale.id}.toml").is_file()


@EVERY
def test_a_scale_is_known_by_its_title_and_by_no_other(scale: Yardstick) -> None:
    found = scale_of(scale.title, (), SCALES)
    if scale.id in ("arkansas-intelligence", "bisi"):
        assert found.state == "unreadable"
    else:
        assert (found.state, found.yardstick) == ("known", scale)


def test_the_words_of_every_scale_in_order() -> None:
    """Guards the order of scales without ranges, which their numbers cannot show."""
    assert {scale.id: [band.terms[0] for band in scale.bands] for scale in SCALES.values() if not ranges(scale)} == {
        "bisi": [],
        "dk-threat-level": ["INGEN", "LAV", "MIDDEL", "HØJ", "MEGET HØJ"],
        "house": [
            *("remote chance", "highly unlikely", "unlikely", "realistic possibility"),
            *("likely", "highly likely", "almost certain"),
        ],
        "nl-nctv": ["minimaal", "beperkt", "substantieel", "kritiek"],
        "nz-threat-2026": ["UNLIKELY", "POSSIBLE", "LIKELY", "HIGHLY LIKELY", "EXPECTED"],
        "se-nct": ["inget identifierat hot", "begränsat", "förhöjt", "högt", "mycket högt"],
        "uk-threat-level": ["LOW", "MODERATE", "SUBSTANTIAL", "SEVERE", "CRITICAL"],
    }


def test_the_gaps_of_phia() -> None:
    assert gaps_of(SCALES["phia"]) == [(5, 10), (20, 25), (35, 40), (50, 55), (75, 80), (90, 95)]


@EVERY
def test_a_scale_has_gaps_if_and_only_if_it_is_gapped(scale: Yardstick) -> None:
    assert bool(gaps_of(scale)) == (scale.geometry == "gapped")


def test_only_on_phia_are_0_and_100_outside_the_scale() -> None:
    ends = {
        scale.id
        for scale in READABLE
        for band in scale.bands
        if (band.low == 0 and not band.low_inclusive) or (band.high == 100 and not band.high_inclusive)
    }
    assert ends == {"phia"}
    bands = SCALES["phia"].bands
    assert (bands[0].low, bands[0].low_inclusive) == (0, False)
    assert (bands[-1].high, bands[-1].high_inclusive) == (100, False)


@EVERY
def test_an_edge_is_open_where_it_is_printed_with_a_sign(scale: Yardstick) -> None:
    for band in scale.bands:
        if band.low is not None:
            assert band.printed
            assert band.low_inclusive == (not re.search(r"^>|greater than", band.printed))
            assert band.high_inclusive == ("<" not in band.printed)


def test_the_shared_edges_of_icd_203() -> None:
    bands = SCALES["icd203"].bands
    assert [below.high for below, above in pairwise(bands) if below.high == above.low] == [5, 20, 45, 55, 80, 95]
    assert all(band.low_inclusive and band.high_inclusive for band in bands)
    assert (bands[0].low, bands[-1].high) == (1, 99)


def test_the_rules_on_confidence_and_on_rows() -> None:
    assert (SCALES["icd203"].combines_confidence, SCALES["icd203"].rows_mixed) == (False, False)
    assert SCALES["ipcc-ar6"].combines_confidence is True
    assert SCALES["phia"].combines_confidence is None
    assert SCALES["phia"].confidence == Confidence("Analytical Confidence Rating (AnCR)", ("low", "moderate", "high"))
    assert {term for row in SCALES["icd203"].rows for term in row} == {
        term for band in SCALES["icd203"].bands for term in band.terms
    }


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        ("very_likely", "likely"),
        ("extremely_likely", "very_likely"),
        ("virtually_certain", "extremely_likely"),
        ("likely", "more_likely_than_not"),
        ("very_unlikely", "unlikely"),
        ("extremely_unlikely", "very_unlikely"),
        ("exceptionally_unlikely", "extremely_unlikely"),
    ],
)
def test_the_nesting_of_ipcc(inner: str, outer: str) -> None:
    found = {band.id: band for band in SCALES["ipcc-ar6"].bands}
    low, high = found[inner].low, found[inner].high
    around = found[outer].low, found[outer].high
    assert None not in (low, high, *around)
    assert around[0] <= low <= high <= around[1]  # type: ignore[operator]
    assert around != (low, high)


@pytest.mark.parametrize("name", ["fbi", "ms-isac"])
def test_a_scale_that_takes_over_bands_has_the_same_ranges(name: str) -> None:
    assert ranges(SCALES[name]) == ranges(SCALES["icd203"])
    assert [band.terms for band in SCALES[name].bands] == [band.terms for band in SCALES["icd203"].bands]
    assert SCALES[name].combines_confidence is None


def test_what_could_not_be_verified_is_left_out() -> None:
    assert not {"nic-2007", "who-rra-2012", "nato-ajp-2.1", "ca-cse", "uk-di-legacy"} & set(SCALES)
    assert not any(band.synonyms for band in SCALES["kent-1964"].bands)
    assert ranges(SCALES["no-pst-e"]) == [(40, 60)]


def test_no_function_turns_a_number_into_a_term() -> None:
    public = [
        function
        for name, function in vars(module).items()
        if inspect.isfunction(inspect.unwrap(function)) and function.__module__ == module.__name__ and name[0] != "_"
    ]
    assert {function.__name__ for function in public} == {*("load_yardstick", "yardsticks", "band_of", "scale_of")}
    for function in public:
        for parameter in inspect.signature(function).parameters.values():
            assert not re.search(r"\b(?:int|float|complex|Any|object|Decimal|Fraction)\b", str(parameter.annotation))


def test_no_text_that_is_a_number_is_a_term() -> None:
    for scale in READABLE:
        for number in range(101):
            assert band_of(scale, f"{number}") is None
            assert band_of(scale, f"{number}%") is None


@given(scale=st.sampled_from(READABLE), data=st.data())
def test_a_term_is_found_in_its_band_however_it_is_spelt(scale: Yardstick, data: st.DataObject) -> None:
    band = data.draw(st.sampled_from(scale.bands))
    word = data.draw(st.sampled_from(band.words))
    spaces = st.sampled_from([" ", "  ", "-", "\u00a0", "\u2011", "\u2010", "\n", " - ", "\u202f", ""])
    spelt = "".join(
        data.draw(spaces) if char == " " else char.upper() if data.draw(st.booleans()) else char for char in word
    )
    place = data.draw(st.integers(0, len(spelt)))
    assert band_of(scale, spelt[:place] + data.draw(st.sampled_from(["", "\u00ad"])) + spelt[place:]) == band


@pytest.mark.parametrize(
    ("scale", "term", "band"),
    [
        ("phia", "probably", "likely"),
        ("phia", "Remote Chances", "remote_chance"),
        ("phia", "realistic\nPossibility", "realistic_possibility"),
        ("phia", "very likely", None),
        ("phia", "not likely", None),
        ("phia", "may", None),
        ("icd203", "almost-certainly", "almost_certain"),
        ("icd203", "im\u00adprob\u00adably", "unlikely"),
        ("icd203", "highly likely", None),
        ("ms-isac", "highly likely", "very_likely"),
        ("ms-isac", "break-even chance", "roughly_even"),
        ("dk-fe-ddis", "mulig", "muligt"),
        ("dk-threat-level", "meget ho\u0308j", None),
        ("kent-fr-cisc-2007", "tre\u0300s peu probable", "presque_aucune_chance"),
        ("kent-fr-cisc-2007", "peu probable", "probablement_pas"),
        ("house", "probable", None),
        ("bisi", "likely", None),
    ],
)
def test_the_band_of_a_term(scale: str, term: str, band: str | None) -> None:
    assert band_id(scale, term) == band


@pytest.mark.parametrize(
    ("declared", "terms", "state", "known", "foreign"),
    [
        ("Probability scale: PHIA yardstick", ["likely"], "known", "phia", ()),
        ("Probability scale: Probability Yardstick", ["probably"], "known", "phia", ()),
        ("ICD\u2011203", ["very likely", "probable"], "known", "icd203", ()),
        ("Intelligence Community Directive 203", [], "known", "icd203", ()),
        ("IPCC likelihood scale", ["more likely than not"], "known", "ipcc-ar6", ()),
        ("IPCC AR4, Working Group II", ["very likely"], "known", "ipcc-ar4-wg2", ()),
        ("EFSA", ["extremely unlikely"], "known", "efsa-2018", ()),
        ("Words of Estimative Probability (MS-ISAC)", ["highly likely"], "known", "ms-isac", ()),
        ("FBI expressions, as in ICD 203", ["remote"], "known", "fbi", ()),
        ("House scale", ["remote chance"], "known", "house", ()),
        ("PHIA yardstick", ["likely", "may", "quite likely"], "known", "phia", ()),
        ("BISI Probability Scale", ["highly likely"], "unreadable", None, ()),
        ("the yardstick of the Osk Institute", ["likely"], "unreadable", None, ()),
        ("Osk Institute Probability Yardstick", ["likely"], "unreadable", None, ()),
        ("IPCC AR4", ["likely"], "unreadable", None, ()),
        ("Kent County Police scale", ["likely"], "unreadable", None, ()),
        (None, ["likely", "very likely"], "undeclared", None, ()),
        ("  ", ["likely"], "undeclared", None, ()),
        ("PHIA yardstick", ["likely", "very likely", "Very-Likely"], "mixed", "phia", ("very likely", "Very-Likely")),
        ("ICD 203", ["highly likely"], "mixed", "icd203", ("highly likely",)),
        ("House scale", ["likely", "almost no chance"], "mixed", "house", ("almost no chance",)),
        ("PHIA yardstick and ICD 203", ["likely"], "mixed", None, ()),
    ],
)
def test_the_scale_of_a_briefing(
    declared: str | None, terms: list[str], state: str, known: str | None, foreign: tuple[str, ...]
) -> None:
    scale = scale_of(declared, terms, SCALES)
    assert (scale.state, scale.yardstick.id if scale.yardstick else None) == (state, known)
    assert scale.foreign == foreign
    assert scale.declared == (declared if declared and declared.strip() else None)


def test_the_shipped_scales_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        SCALES["own"] = SCALES["phia"]  # type: ignore[index]


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
    assert "osk" not in yardsticks()
    found = scale_of("Scale: Osk", ["likely"], scales)
    assert (found.state, found.yardstick) == ("known", scales["osk"])


def test_a_user_replaces_a_scale(tmp_path: Path) -> None:
    (tmp_path / "phia.toml").write_text(OWN.replace('id = "osk"', 'id = "phia"\nreplaces = true', 1))
    assert yardsticks(tmp_path)["phia"].title == "Scale of the Osk Institute"
    assert yardsticks()["phia"] == SCALES["phia"]


@pytest.mark.parametrize("base", ["icd203", "osk"])
def test_a_user_takes_over_the_bands_of_a_scale(tmp_path: Path, base: str) -> None:
    (tmp_path / "osk.toml").write_text(OWN)
    own = OWN.partition("[[bands]]")[0].replace('id = "osk"', f'id = "dra"\nsame_bands_as = "{base}"')
    (tmp_path / "dra.toml").write_text(own + '[[bands]]\nid = "unlikely"\nsynonyms = ["doubtful"]\n')
    found = band_of(load_yardstick(tmp_path / "dra.toml"), "Doubtful")
    assert isinstance(found, Band)
    assert "unlikely" in found.terms


@pytest.mark.parametrize("base", ["dra", "osk", "fbi", "../scales/icd203"])
def test_bands_are_taken_over_only_from_a_scale_with_bands_of_its_own(tmp_path: Path, base: str) -> None:
    path = tmp_path / "osk.toml"
    path.write_text(OWN.partition("[[bands]]")[0] + f'same_bands_as = "{base}"')
    with pytest.raises(YardstickError, match=f"no scale '{base}' with bands of its own"):
        load_yardstick(path)


def test_words_are_added_only_to_bands_that_there_are(tmp_path: Path) -> None:
    path = tmp_path / "osk.toml"
    path.write_text(OWN.partition("[[bands]]")[0] + 'same_bands_as = "phia"\n[[bands]]\nid = "doubtful"\n')
    with pytest.raises(YardstickError, match="'phia' has no band 'doubtful'"):
        load_yardstick(path)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('id = "osk"', "id = ", "not TOML"),
        ('title = "Scale of the Osk Institute"', "", "title: Field required"),
        ('geometry = "partition"', "", "'geometry' and [[bands]]"),
        ('id = "likely"', "", "bands 1 id: Field required"),
        ('terms = ["likely"]', "", "bands 1 terms: Field required"),
        ('version = "2026"', 'version = "2026"\ncolour = "red"', "colour: Unexpected keyword argument"),
        ("low = 50", "low = 50\nmiddle = 75", "bands 1 middle: Unexpected keyword argument"),
        ('version = "2026"', "version = 2026", "version: Input should be a valid string"),
        ("checked = 2026-11-23", 'checked = "yesterday"', "checked: Input should be a valid date"),
        ('terms = ["likely"]', 'terms = "likely"', "bands 1 terms: Input should be a valid tuple"),
        ('terms = ["likely"]', "terms = []", "bands 1 terms: Tuple should have at least 1 item"),
        ("high = 100", "high = 101", "bands 1 high: Input should be less than or equal to 100"),
        ("high = 100", "high = true", "bands 1 high: Input should be a valid number"),
        ("high = 100", "", "band 'likely' has one end only"),
        ("['\\bOsk\\b']", "['[Osk']", "'[Osk' is no regular expression"),
        ("['\\bOsk\\b']", "['.*']", "'.*' fits every line"),
        ('geometry = "partition"', 'geometry = "round"', "geometry: Input should be 'gapped', 'partition'"),
        ('geometry = "partition"', "unreadable = true", "'unreadable = true' and has neither"),
        ("low = 0\nhigh = 50", "low = 50\nhigh = 0", "runs from 50 down to 0"),
        ("low = 0\nhigh = 50", "low = 80\nhigh = 100", "band 'likely' is out of order"),
        ("low = 50", "low = 40", "band 'likely' overlaps the one below"),
        ('id = "likely"', 'id = "unlikely"', "two bands have the same 'id'"),
        ('terms = ["likely"]', 'terms = ["likely", "Un-likely"]', "'unlikely' stands in two bands"),
        ('terms = ["likely"]', 'terms = ["likely"]\nsynonyms = ["unlikely"]', "'unlikely' stands in two bands"),
        ('id = "osk"', 'id = "osk"\nsame_bands_as = "phia"', "0 terms: Unexpected keyword argument"),
        ('id = "osk"', 'id = "phia"', "already a scale 'phia'"),
    ],
)
def test_a_faulty_scale_is_refused_with_what_is_wrong(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = tmp_path / "osk.toml"
    assert old in OWN
    path.write_text(OWN.replace(old, new, 1))
    with pytest.raises(YardstickError, match=re.escape(told)) as caught:
        yardsticks(tmp_path)
    assert str(caught.value).startswith(f"{path}: ")
    # What is wrong, and then what to do.
    assert str(caught.value).rstrip().count(". ") >= 1


def test_bands_may_only_be_missing_from_a_scale_that_says_so(tmp_path: Path) -> None:
    path = tmp_path / "osk.toml"
    path.write_text(OWN.partition("[[bands]]")[0])
    with pytest.raises(YardstickError, match=r"'geometry' and \[\[bands\]\]"):
        load_yardstick(path)
    path.write_text(OWN.partition("[[bands]]")[0].replace('geometry = "partition"', "unreadable = true"))
    assert load_yardstick(path).unreadable


def test_a_file_or_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(YardstickError, match="no such folder"):
        yardsticks(tmp_path / "none")
    with pytest.raises(YardstickError, match="cannot be read"):
        load_yardstick(tmp_path / "none.toml")


@pytest.mark.parametrize("page", ["yardsticks.md", "wording.md"])
def test_the_example_in_the_documentation_loads(repository: Path, tmp_path: Path, page: str) -> None:
    text = (repository / "docs" / page).read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", text, re.S)
    assert example
    (tmp_path / "own.toml").write_text(example[1], encoding="utf-8")
    assert len(yardsticks(tmp_path)) == len(SCALES) + 1


@EVERY
def test_the_documentation_lists_every_scale(repository: Path, scale: Yardstick) -> None:
    text = (repository / "docs" / "yardsticks.md").read_text(encoding="utf-8")
    assert f"| `{scale.id}` | {scale.title} | {scale.geometry or 'unreadable'} | {scale.source} |" in text
