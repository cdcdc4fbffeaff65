"""Drafts: what they say is said in the briefings, what they leave out is told, and what is over is marked."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ingest.errors import YardstickError
from ingest.yardsticks import yardsticks
from rag.__main__ import main
from rag.answer import Filters
from rag.drafts.draft import Draft, Form, Line
from rag.drafts.style import load_style, shipped
from rag.drafts.summary import drivers, reasons_of
from rag.judging import check_cited
from rag.library import load_settings
from rag.service import Yardstick

pytestmark = pytest.mark.slow

AS_OF = date(2026, 10, 1)
FORMS: tuple[Form, ...] = ("summary", "judgements", "bottom_line", "digest")

LEANING = """# The Salt Pans of Mirrel

By Ada Prow | 5 January 2026

## Summary

- The pans at Mirrel flooded on 2 January because the northern dyke had not been mended since the war.
- The province is likely to close the pans before 1 March. This is unlikely to please the guild.

## Forecast

- **Short-term (Now - 3 months)**
  - The guild is highly unlikely to accept the closure.
  - A strike by the salters is likely within six weeks if wages are cut.
  - The dyke is likely to be mended within six weeks, and the carters are likely to return after 10 March.
- **Long-term (>1 year)**
  - It is not likely that the pans will be sold to Orsk before 2029.
"""


def lines(draft: Draft) -> Iterator[Line]:
    for section in draft.sections:
        yield from section.lines


def texts(draft: Draft) -> list[str]:
    return [line.claim.text for line in lines(draft)]


@pytest.fixture(scope="module")
def pans(tmp_path_factory: pytest.TempPathFactory) -> Yardstick:
    """A service over one briefing, of which one sentence leans on another."""
    folder = tmp_path_factory.mktemp("pans")
    (folder / "pans.md").write_text(LEANING, encoding="utf-8")
    service = Yardstick(load_settings(folder / "store"))
    (outcome,) = service.library.add([folder / "pans.md"])
    assert outcome.status == "added"
    return service


@pytest.mark.parametrize("style", shipped())
@pytest.mark.parametrize("form", FORMS)
def test_every_line_is_the_words_of_its_citations(service: Yardstick, form: Form, style: str) -> None:
    corpus = service.retriever.corpus()
    drafts = [service.draft(form, Filters((one.id,)), style=style, as_of=AS_OF) for one in corpus.briefings]
    if form in ("digest", "judgements"):
        drafts.append(service.draft(form, style=style, as_of=AS_OF))
    found = [line for draft in drafts for line in lines(draft)]
    assert len(found) >= len(drafts)
    for line in found:
        quotes = [citation.quote for citation in line.claim.citations]
        assert line.claim.origin == "quoted"
        assert all(quote in line.claim.text for quote in quotes)
        assert len("".join(line.claim.text.split())) == len("".join("".join(quotes).split()))
        assert not check_cited(line.claim.text, line.claim.citations, corpus, yardsticks())


def test_a_summary_opens_with_the_bottom_line_and_has_a_judgement_of_each_horizon(
    service: Yardstick, ids: dict[str, str]
) -> None:
    draft = service.draft("summary", Filters((ids["spring"],)), as_of=AS_OF)
    # The short-term judgement says the bottom line again.
    assert [section.heading for section in draft.sections] == ["Bottom line", "Why", "Medium term", "Long term"]
    assert texts(draft)[0] == "Tavia is unlikely to win the concession."
    assert draft.missing == ()


def test_the_reasons_are_those_of_the_summary_not_what_happened(tmp_path: Path) -> None:
    text = "# The Tolls of Brack\n\nBy Ada Prow | 3 March 2026\n\n## Summary\n\n"
    text += "- The council of Brack raised the tolls on the river bridge on 1 March.\n"
    text += "- The carters' anger is fed by wages that have not risen since the flood.\n"
    text += "- A strike by the carters of Brack against the tolls is likely.\n"
    (tmp_path / "brack.md").write_text(text, encoding="utf-8")
    service = Yardstick(load_settings(tmp_path / "store"))
    service.library.add([tmp_path])
    corpus = service.retriever.corpus()
    (number,) = drivers(reasons_of(corpus.briefings[0], [2], corpus), [2], 15, corpus)
    assert corpus.text(number) == "The carters' anger is fed by wages that have not risen since the flood."


@pytest.mark.parametrize(
    ("forecast", "shown"),
    [
        ("A strike by the carters is likely.", False),
        ("It is likely that the carters will strike against the mayor.", False),
        ("A strike by the carters is highly likely.", True),
        ("A strike by the carters is likely if the tolls rise again.", True),
        ("It is likely that the carters will not strike.", True),
        ("It is not likely that the carters will strike.", True),
    ],
)
def test_a_judgement_is_shown_once_unless_term_condition_or_polarity_differ(
    tmp_path: Path, forecast: str, shown: bool
) -> None:
    text = "# The Tolls of Brack\n\nBy Ada Prow | 3 March 2026\n\n## Summary\n\n- A strike by the carters is likely.\n"
    (tmp_path / "brack.md").write_text(f"{text}\n## Outlook\n\n- {forecast}\n", encoding="utf-8")
    service = Yardstick(load_settings(tmp_path / "store"))
    service.library.add([tmp_path])
    draft = service.draft("summary", as_of=AS_OF)
    assert texts(draft) == ["A strike by the carters is likely.", *[forecast] * shown]
    assert draft.missing == ()


def test_no_sentence_stands_twice(service: Yardstick) -> None:
    digest = service.draft("digest", as_of=AS_OF)
    single = [line.claim.text for line in lines(digest) if len(line.claim.citations) == 1]
    paired = [c.quote for line in lines(digest) if len(line.claim.citations) > 1 for c in line.claim.citations]
    assert len(single) == len(set(single))
    assert not set(single) & set(paired)


def test_a_sentence_that_leans_on_another_is_shown_with_it(pans: Yardstick) -> None:
    draft = pans.draft("judgements", as_of=AS_OF)
    (row,) = (line for line in lines(draft) if "please the guild" in line.claim.text)
    assert (
        row.claim.text
        == "The province is likely to close the pans before 1 March. This is unlikely to please the guild."
    )
    assert [citation.quote.split()[0] for citation in row.claim.citations] == ["This", "The"]


@pytest.mark.parametrize(
    ("judgement", "term", "opens", "closes", "condition"),
    [
        ("The province is likely to close", "likely", None, date(2026, 2, 28), ""),
        ("The guild is highly unlikely", "highly unlikely", date(2026, 1, 5), date(2026, 4, 5), ""),
        ("The dyke is likely to be mended", "likely", date(2026, 1, 5), date(2026, 2, 16), ""),
        ("the carters are likely", "likely", date(2026, 1, 5), date(2026, 4, 5), ""),
        ("A strike by the salters", "likely", date(2026, 1, 5), date(2026, 4, 5), "if wages are cut"),
        ("It is not likely that the pans", "not likely", date(2027, 1, 5), date(2028, 12, 31), ""),
    ],
)
def test_a_row_has_term_condition_and_the_time_counted_from_the_day_of_the_briefing(
    pans: Yardstick, judgement: str, term: str, opens: date | None, closes: date | None, condition: str
) -> None:
    (row,) = (
        line
        for line in lines(pans.draft("judgements", as_of=AS_OF))
        if line.cell and line.cell.judgement.startswith(judgement)
    )
    assert row.cell
    assert (row.cell.term, row.cell.opens, row.cell.closes, row.cell.condition) == (term, opens, closes, condition)


@pytest.mark.parametrize(
    ("as_of", "note"),
    [(date(2026, 4, 5), ""), (date(2026, 4, 6), "window ended 5 April 2026")],
)
def test_a_window_that_is_over_is_marked_and_its_judgement_kept(pans: Yardstick, as_of: date, note: str) -> None:
    for form in ("judgements", "summary"):
        draft = pans.draft(form, as_of=as_of)  # type: ignore[arg-type]
        (line,) = (line for line in lines(draft) if line.claim.text.startswith("The guild is highly unlikely"))
        assert line.note == note


def test_a_change_names_both_terms_and_both_dates_in_order(service: Yardstick, ids: dict[str, str]) -> None:
    draft = service.draft("digest", Filters((ids["autumn"], ids["spring"])), as_of=AS_OF)
    (section,) = (section for section in draft.sections if section.heading == "What changed")
    leads = [line.lead for line in section.lines]
    assert leads == [
        "On 4 March 2026 “unlikely”, on 14 September 2026 “highly likely”:",
        "On 4 March 2026 “almost certain”, on 14 September 2026 “unlikely”:",
    ]
    for line in section.lines:
        assert {citation.briefing_id for citation in line.claim.citations} == {ids["spring"], ids["autumn"]}


def test_publishers_that_disagree_stand_side_by_side(service: Yardstick, ids: dict[str, str]) -> None:
    draft = service.draft("digest", Filters((ids["autumn"], ids["rival"])), as_of=AS_OF)
    assert [section.heading for section in draft.sections if "changed" in section.heading] == []
    (section,) = (section for section in draft.sections if section.heading == "Where they differ")
    assert [line.lead for line in section.lines] == [
        "Lantern House (14 August 2026) “highly unlikely”, Saltmarsh Observatory (14 September 2026) “highly likely”:"
    ]


def test_what_has_been_overtaken_is_not_listed_as_judged(service: Yardstick, ids: dict[str, str]) -> None:
    draft = service.draft("digest", Filters((ids["autumn"], ids["spring"])), as_of=AS_OF)
    judged = [line.claim.text for s in draft.sections if s.heading == "What is judged" for line in s.lines]
    assert not any("unlikely to win" in text for text in judged)


def test_a_judgement_overtaken_beside_one_that_stands_says_so(tmp_path: Path) -> None:
    head, weir = "By Ada Prow | {}\n\n## Summary\n\n- ", "The weir at Sall is {} to fail before winter"
    first = (
        f"# The Weir\n\n{head.format('3 March 2026')}{weir.format('unlikely')}, and the millers are likely to sue.\n"
    )
    first += f"\n## Outlook\n\n- {weir.format('unlikely')}.\n"
    second = f"# The Weir Again\n\n{head.format('9 June 2026')}{weir.format('likely')}.\n"
    for name, text in (("first.md", first), ("second.md", second)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    service = Yardstick(load_settings(tmp_path / "store"))
    service.library.add([tmp_path])
    (line,) = (line for line in lines(service.draft("digest", as_of=AS_OF)) if "millers" in line.claim.text)
    assert line.note == "“unlikely” was judged “likely” on 9 June 2026"


def test_what_somebody_else_judges_or_is_quoted_as_judging_is_not_the_briefings(tmp_path: Path) -> None:
    text = (
        '# The Ferry Ban\n\nBy Ada Prow | 3 March 2026\n\n## Outlook\n\nThe mayor said that a ban was "very likely". '
    )
    text += "“The quay will close. A ban is almost certain.” A ban is unlikely this year.\n"
    (tmp_path / "ban.md").write_text(text, encoding="utf-8")
    service = Yardstick(load_settings(tmp_path / "store"))
    service.library.add([tmp_path])
    assert texts(service.draft("judgements", as_of=AS_OF)) == ["A ban is unlikely this year."]


def test_a_briefing_that_judges_nothing_is_summed_up_by_its_central_facts(tmp_path: Path) -> None:
    text = "# The Lamp Tax at Orrow\n\nBy Ada Prow | 3 March 2026\n\n"
    text += "Orrow raised the lamp tax from two marks to three in May. "
    text += "See section 4 for the lamp tax of Orrow in earlier years. However, the lamp tax fell on shops alone. "
    text += "The lamp tax of Orrow rose, as shown below. The lamp tax of Orrow was, therefore, raised in May.\n"
    (tmp_path / "lamps.md").write_text(text, encoding="utf-8")
    service = Yardstick(load_settings(tmp_path / "store"))
    service.library.add([tmp_path])
    draft = service.draft("bottom_line", as_of=AS_OF)
    assert texts(draft) == ["Orrow raised the lamp tax from two marks to three in May."]
    assert "No judgement" in draft.notes[0]


def test_a_long_text_that_judges_in_passing_opens_with_its_central_facts(tmp_path: Path) -> None:
    text = "# The Lamp Tax at Orrow\n\nBy Ada Prow | 3 March 2026\n\n"
    text += "Orrow raised the lamp tax from two marks to three in May. "
    text += "The ferrymen are likely to strike against the lamp tax. "
    text += " ".join(f"Ward {number} has a lamp post and a pump." for number in range(20))
    (tmp_path / "lamps.md").write_text(text, encoding="utf-8")
    service = Yardstick(load_settings(tmp_path / "store"))
    service.library.add([tmp_path])
    first, second = service.draft("summary", as_of=AS_OF).sections
    assert first.heading == "Main points"
    assert first.lines[0].claim.text == "Orrow raised the lamp tax from two marks to three in May."
    assert (second.heading, len(second.lines)) == ("Further judgements", 1)
    (line,) = lines(service.draft("bottom_line", as_of=AS_OF))
    assert line == first.lines[0]


def test_what_does_not_fit_is_reported(service: Yardstick, ids: dict[str, str], tmp_path: Path) -> None:
    style = tmp_path / "short.toml"
    style.write_text(
        'name = "short"\n[forms.summary]\nwords = 12\n[[forms.summary.sections]]\n'
        'shows = "bottom_line"\nlayout = "text"\n',
        encoding="utf-8",
    )
    draft = service.draft("summary", Filters((ids["spring"],)), style=str(style), as_of=AS_OF)
    assert texts(draft) == ["Tavia is unlikely to win the concession."]
    assert [line.cell.term for line in draft.missing if line.cell] == ["realistic possibility", "almost certain"]


def test_a_topic_chooses_the_briefings_that_are_on_it(service: Yardstick, ids: dict[str, str]) -> None:
    draft = service.draft("digest", topic="the frost and the apple growers", as_of=AS_OF)
    assert [source.briefing_id for source in draft.sources] == [ids["orchard"]]
    assert draft.title == "the frost and the apple growers"


def test_a_digest_on_a_topic_leaves_out_what_is_about_something_else(service: Yardstick, ids: dict[str, str]) -> None:
    only, dockers = Filters((ids["rival"],)), "The dockers of Orsk are likely to strike for higher wages."
    assert dockers in texts(service.draft("digest", only, as_of=AS_OF))
    assert dockers not in texts(service.draft("digest", only, "Will Tavia win the ferry concession?", as_of=AS_OF))


def test_briefings_of_later_days_are_left_out_unless_named(service: Yardstick, ids: dict[str, str]) -> None:
    spring = date(2026, 3, 31)
    found = service.draft("judgements", as_of=spring)
    assert {source.briefing_id for source in found.sources} == {ids["spring"], ids["mine"]}
    assert service.draft("judgements", Filters((ids["rival"],)), as_of=spring).sources[0].briefing_id == ids["rival"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('name = "x"\n[forms.sumary]\n', "forms.sumary"),
        ('name = "x"\n', "forms"),
        ('name = "x"\n[forms.summary]\nsections = []\n', "forms.summary.sections"),
        (
            'name = "x"\n[[forms.digest.sections]]\nshows = "trends"\nlayout = "text"\n',
            "forms.digest.sections[1].shows",
        ),
        (
            'name = "x"\n[[forms.digest.sections]]\nshows = "watch"\nlayout = "prose"\n',
            "forms.digest.sections[1].layout",
        ),
        (
            'name = "x"\n[[forms.digest.sections]]\nshows = "watch"\nlayout = "table"\n',
            "a table shows judgements alone",
        ),
        ('name = "x"\n[[forms.digest.sections]]\nshows = "watch"\nlayout = "text"\nword = 3\n', "sections[1].word:"),
        ('name = "x"\n[[forms.digest.sections]]\nshows = "watch"\nlayout = "text"\nwords = 0\n', "sections[1].words"),
        ("name = ", "not TOML"),
    ],
)
def test_a_fault_in_a_style_is_named_with_file_and_field(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "house.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(YardstickError) as caught:
        load_style(str(path))
    assert str(caught.value).startswith(f"{path}: ")
    assert told in str(caught.value)


def test_the_command_prints_markdown_and_tells_what_is_missing(
    store: Path, ids: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    style = tmp_path / "short.toml"
    style.write_text(
        'name = "short"\n[forms.summary]\nwords = 12\n[[forms.summary.sections]]\nheading = "Gist"\n'
        'shows = "bottom_line"\nlayout = "bullets"\n',
        encoding="utf-8",
    )
    given = ["draft", ids["spring"], "--form", "summary", "--style", str(style), "--store", str(store)]
    assert main(given) == 0
    printed = capsys.readouterr()
    assert "## Gist" in printed.out
    assert "Tavia is unlikely to win the concession." in printed.out
    assert printed.err.count("missing: ") == 2
    assert main([*given, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["sections"][0]["lines"][0]["claim"]["text"] == "Tavia is unlikely to win the concession."
    assert told["sources"][0]["published"] == "2026-03-04"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--form", "digest"], "Name briefings"),
        (["nowhere", "--form", "digest"], "no briefing has this id or title"),
        (["--from", "2026-01-01", "--form", "summary"], "A summary is made from one briefing, and 5 pass"),
        (["--from", "2031-01-01", "--form", "digest"], "No loaded briefing passes"),
        (["--topic", "the moons of Jupiter", "--form", "digest"], "No loaded briefing is about “the moons of Jupiter”"),
        (["--from", "2026-01-01", "--form", "digest", "--style", "loud"], "No style 'loud'"),
    ],
)
def test_a_wrong_call_says_what_to_do(
    store: Path, capsys: pytest.CaptureFixture[str], given: list[str], told: str
) -> None:
    assert main(["draft", *given, "--store", str(store)]) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert printed.err.count("\n") == 1
    assert not printed.out
