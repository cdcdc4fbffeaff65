"""Follow-up questions: read against the turns before them, and suggested after an answer; no model involved."""

import re
from collections.abc import Sequence

from ingest.briefing import Briefing
from rag.answer import Answer
from rag.question import content_words, read_question, rules

_NAME = re.compile(r"(?:\bthe )?(?:[A-Z][\w’'-]*)(?:\s+(?:of |the )?[A-Z][\w’'-]*)*")


def resolve(question: str, history: Sequence[Answer]) -> str:
    """The question as it would be asked alone: "What about Serbia?" after "Will Kosovo join the UN?" becomes
    "Will Serbia join the UN?". A question that stands alone comes back unchanged.
    """
    if not history or not continues(question):
        return question
    previous = history[-1].read_as
    horizon = rules()["follow_up"]["horizon"].search(question)
    if horizon and not read_question(_without(question, horizon.group())).words:
        return _with_horizon(previous, horizon.group())
    swap = rules()["follow_up"]["swap"].match(question)
    if swap and not read_question(question).bottom_line:
        return _swap_subject(previous, question[swap.end() :].strip(" ?.!"))
    lead = rules()["follow_up"]["lead"].match(question)
    own = question[lead.end() :] if lead else question
    if not read_question(own).words:
        asked = own.strip(" ?.!").capitalize()
        return f"{asked}: {previous}" if asked and not previous.startswith(f"{asked}: ") else previous
    return f"{own.strip().rstrip('?.! ')} ({_topic(previous)})?"


def continues(question: str) -> bool:
    """Whether a question leans on the turns before it."""
    read = read_question(question)
    follow_up = rules()["follow_up"]
    if follow_up["starts"].match(question):
        return True
    if read.names or not re.search(r"\w", question):
        return False
    subject = content_words(rules()["bottom_line"]["asks"].sub("", question))
    return len(subject) <= 1 or bool(follow_up["pronouns"].search(follow_up["expletive"].sub("", question)))


def _without(text: str, part: str) -> str:
    lead = rules()["follow_up"]["lead"].match(text)
    return re.sub(
        r"\b(?:in|over|for|on) (?:the )?$", "", text[lead.end() if lead else 0 :].replace(part, "").strip(" ?.!,")
    )


def _with_horizon(question: str, horizon: str) -> str:
    bare = rules()["follow_up"]["horizon"].sub("", question)
    bare = re.sub(r"^(?:in|over) the\s*,\s*|,?\s*\b(?:in|over) the\s*(?=[?.!]|$)", "", bare.rstrip("?.! "), flags=re.I)
    bare = bare.rstrip(" ,")
    term = horizon if re.match(r"(?:later|further|beyond|after|in|next)\b", horizon, re.I) else f"in the {horizon}"
    return f"{bare}, {term}?"


def _swap_subject(previous: str, subject: str) -> str:
    """The previous question about another subject: its first name (after the opening word) is replaced."""
    opening = re.match(r"\W*\w+\W*", previous)
    start = opening.end() if opening else 0
    name = _NAME.search(previous, start)
    if name is None:
        return f"{previous.rstrip('?.! ')} ({subject})?"
    possessive = "’s" if name.group().endswith("’s") else "'s" if name.group().endswith("'s") else ""
    return previous[: name.start()] + subject + possessive + previous[name.end() :]


def _topic(previous: str) -> str:
    """What the turns before were about: the last question and, if that leant on another, the one all began with."""
    question, bracket, topic = previous.strip().rstrip("?.! ").removesuffix(")").partition(" (")
    return f"{question}; {topic.rpartition('; ')[2]}" if bracket else question


def suggest(answer: Answer, briefings: Sequence[Briefing]) -> tuple[str, ...]:
    """Up to three questions that the briefings behind an answer can take further."""
    asked = read_question(answer.read_as)
    cited = {citation.horizon for claim in answer.claims for citation in claim.citations}
    offered = {sentence.horizon for briefing in briefings for sentence in briefing.sentences}
    later = [
        f"And in the {term} term?"
        for term in ("short", "medium", "long")
        if term in offered - cited and term != asked.horizon
    ]
    why = ["Why?"] if answer.claims and "reason" not in asked.kinds else []
    gist = [f"What is the bottom line of “{briefing.title}”?" for briefing in briefings if not asked.bottom_line]
    gist += [f"What is the bottom line of “{item.title}”?" for item in answer.nearest[:1]]
    return tuple(dict.fromkeys([*later[:1], *why, *gist]))[:3]
