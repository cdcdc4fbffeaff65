"""The quote composer: answers with the sentences that answer, word for word, each with its citation."""

import re
from collections.abc import Sequence

from ingest.briefing import Briefing
from rag.answer import Citation, Claim, Evidence
from rag.corpus import Corpus
from rag.question import content_words, leans_on_previous, rules
from rag.stemming import stem

QUOTES = 3
# Beyond the first quotes only a sentence of another briefing on the same matter is added, so that readers see both.
SIDE_BY_SIDE = 2
# Two sentences that share this much of the shorter one's words say the same; measured on pairs of summary and forecast.
DUPLICATE = 0.8
SAME_MATTER = 0.6
# Sentences that score this far below the best are not worth a reader's time.
MARGIN = 4.0


def compose(evidence: Sequence[Evidence], corpus: Corpus) -> tuple[Claim, ...]:
    """The best sentences as claims, most relevant first; sentences of several briefings on one matter stand together,
    newest first.
    """
    chosen: list[Evidence] = []
    for candidate in evidence:
        if len(chosen) >= QUOTES or candidate.score < evidence[0].score - MARGIN:
            break
        if not any(_repeats(candidate, other, corpus) for other in chosen):
            chosen.append(candidate)
    others = [item for item in evidence if item not in chosen and not any(_repeats(item, c, corpus) for c in chosen)]
    counterparts = [item for item in others if any(_same_matter(item, other, corpus) for other in chosen)]
    groups: list[list[Evidence]] = []
    for item in [*chosen, *counterparts[:SIDE_BY_SIDE]]:
        group = next((g for g in groups if any(_same_matter(item, member, corpus) for member in g)), None)
        if group is None:
            groups.append([item])
        else:
            group.append(item)
    ordered = [item for group in groups for item in sorted(group, key=lambda e: _age(e, corpus))]
    return tuple(claim_of(item.number, corpus) for item in ordered)


def bottom_line(briefing: Briefing, corpus: Corpus) -> tuple[Claim, ...]:
    """The judgements of a briefing's summary, or of its key judgements, last first; else its opening sentences."""
    first = int(corpus.first[corpus.place[briefing.id]])
    numbers = range(first, first + len(briefing.sentences))
    summary = [n for n in numbers if _is_summary(corpus, n)] or list(numbers)[:QUOTES]
    judging = [n for n in summary if rules()["kinds"]["judgement"]["shows"].search(corpus.text(n))]
    rest = [n for n in summary if n not in judging]
    return tuple(claim_of(number, corpus) for number in [*reversed(judging), *rest][:QUOTES])


def claim_of(number: int, corpus: Corpus) -> Claim:
    """One sentence as a claim that cites it; a sentence that leans on the one before it is shown with that one."""
    citation = cite(number, corpus)
    briefing, sentence = corpus.briefing_of(number), corpus.sentence(number)
    first = number - int(corpus.first[corpus.place[briefing.id]]) == 0
    if first or not leans_on_previous(citation.quote):
        return Claim(citation.quote, (citation,))
    if corpus.sentence(number - 1).block != sentence.block:
        return Claim(citation.quote, (citation,))
    before = cite(number - 1, corpus)
    return Claim(f"{before.quote} {citation.quote}", (citation, before))


def cite(number: int, corpus: Corpus) -> Citation:
    """The citation of one sentence."""
    briefing, sentence = corpus.briefing_of(number), corpus.sentence(number)
    return Citation(
        briefing_id=briefing.id,
        title=briefing.title,
        published=briefing.published,
        section=" > ".join(corpus.path(number)),
        horizon=sentence.horizon,
        page=sentence.page,
        start=sentence.start,
        end=sentence.end,
        quote=briefing.text[sentence.start : sentence.end],
    )


def nearest(evidence: Sequence[Evidence], corpus: Corpus, limit: int = 3) -> tuple[Citation, ...]:
    """The closest sentence and the closest judgements, for a reader whose question the briefings do not answer."""
    judging = [item for item in evidence[1:] if _judges(item, corpus)]
    return tuple(cite(item.number, corpus) for item in [*evidence[:1], *judging][:limit])


def _judges(item: Evidence, corpus: Corpus) -> bool:
    return corpus.sentence(item.number).horizon != "none" or bool(_estimates(item.text))


def _repeats(one: Evidence, other: Evidence, corpus: Corpus) -> bool:
    """Whether two sentences say the same with the same estimative words; then one of them is enough."""
    same_briefing = one.briefing_id == other.briefing_id
    return (same_briefing or one.text == other.text) and (
        _overlap(one, other, corpus) >= DUPLICATE and _estimates(one.text) == _estimates(other.text)
    )


def _same_matter(one: Evidence, other: Evidence, corpus: Corpus) -> bool:
    return one.briefing_id != other.briefing_id and _overlap(one, other, corpus) >= SAME_MATTER


def _overlap(one: Evidence, other: Evidence, corpus: Corpus) -> float:
    """The shared words of two sentences, by rarity, as a share of the lighter one."""
    weights = [{word: corpus.rarity(word) for word in set(stem(content_words(item.text)))} for item in (one, other)]
    shared = sum(weights[0][word] for word in weights[0].keys() & weights[1].keys())
    return shared / (min(sum(weight.values()) for weight in weights) or 1.0)


def _estimates(text: str) -> frozenset[str]:
    """The estimative words of a sentence: two sentences that differ in them are never duplicates."""
    return frozenset(match.group().lower() for match in rules()["kinds"]["judgement"]["shows"].finditer(text))


def _is_summary(corpus: Corpus, number: int) -> bool:
    path = corpus.path(number)
    return bool(path) and bool(re.search(rules()["bottom_line"]["sections"], path[-1]))


def _age(item: Evidence, corpus: Corpus) -> int:
    published = corpus.briefing_of(item.number).published
    return -published.toordinal() if published else 0
