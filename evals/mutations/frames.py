"""A judgement taken apart, so that it can be put together again in another way that still reads as English."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from ingest.briefing import Estimate
from ingest.estimative import estimates

Form = Literal["to", "that", "of", "plain", "will", "other"]

_NOUN = re.compile(r"\b(?:possibility|chances?|odds)$")
_NO_ARTICLE = re.compile(r"^(?:almost no|no|even odds|roughly even odds)\b")
_IT_IS = re.compile(r"(?:^|(?<=\s))it is (?P<not>not )?$", re.I)
_THERE_IS = re.compile(r"(?:^|(?<=\s))there is (?:now |only )?(?:an? )?$", re.I)
_BE = re.compile(r"\s(?P<be>is|are|was|were) (?P<not>not )?(?:now |an? )?$")
_PLAIN_END = re.compile(
    r"(?=[.,;]|$)| (?=(?:unless|if|while|before|until|by|in|within|and|but|so long|provided|although|this|without)\b)"
)
# Words before a name that are no part of it.
_NO_NAME = re.compile("The|An?|It|In|On|If|At|By|Without|Unless|Of|From|Only|Some|Most|Half|Our")
# A second verdict on the same subject: "is likely to win and unlikely to stay".
_GOES_ON = re.compile(
    r",? (?:and|but|or) (?:not )?(?:\w+ )?(?:un)?likely\b|,? (?:and|but|or) (?:almost|nearly) certain\b"
)
_SUBJECT_OPENS = re.compile(r"(?:that|and|but|while|whereas|although)\s+")
_NO_SUBJECT = re.compile(r"[,;:\"“”]|\b(?:which|who|we|calls?|says?|said|told)\b", re.I)


@dataclass(frozen=True, slots=True)
class Frame:
    """One judgement of a claim: `start` and `end` span what is put together anew, conditions in front stay outside.

    `subject` and `body` are who will do what ("to", "will", and "that" where it looks ahead); `subject` alone is an
    event ("of", "plain"), `body` alone a statement that cannot be cut ("that"). "other" can only be changed in place.
    """

    form: Form
    start: int
    end: int
    estimate: Estimate
    subject: str = ""
    body: str = ""
    be: str = ""
    opens: bool = False

    @property
    def term(self) -> str:
        """The term as a dictionary has it."""
        return self.estimate.canonical

    @property
    def denied(self) -> bool:
        """Whether the term itself is denied: "not likely"."""
        return self.estimate.negated

    def is_whole(self, claim: str) -> bool:
        """Whether the claim is nothing but this judgement."""
        return self.form != "other" and self.start == 0 and claim[self.end :] == "."

    @property
    def content(self) -> str:
        """What is judged, as a statement about the future (or as it stands)."""
        if not self.subject:
            return self.body
        return f"{self.subject} will {self.body}" if self.body else f"{self.subject} will occur"

    @property
    def opposite(self) -> str:
        """The same, denied; "" where that cannot be said simply."""
        if not self.subject:
            return ""
        if not self.body and (event := re.match(r"an? ", self.subject, re.I)):
            return f"there will be no {self.subject[event.end() :]}"
        return f"{self.subject} will not {self.body or 'occur'}"

    def judged(self, term: str, denied: bool = False) -> str:
        """The judgement by this term, in the form that it had where the term fits it."""
        no = "not " if denied else ""
        if _NOUN.search(term):
            article = "" if _NO_ARTICLE.match(term) else "a "
            link = "that " + self.content if self.body else f"of {self.subject}"
            return f"there is {article}{term} {link}"
        if self.form == "to" and term not in ("probable", "improbable", "highly probable", "highly improbable"):
            return f"{self.subject} {self.be} {no}{term} to {self.body}"
        if self.body:
            return f"it is {no}{term} that {self.content}"
        return f"{self.subject} {self.be or 'is'} {no}{term}"

    def put(self, claim: str, text: str) -> str:
        """The claim with this text in place of the judgement."""
        return f"{claim[: self.start]}{with_capital(text) if self.opens else text}{claim[self.end :]}"

    def swapped(self, claim: str, term: str) -> str:
        """The claim with another term for this judgement; "" where no English sentence comes of it."""
        if self.form != "other":
            return self.put(claim, self.judged(term, self.denied))
        if _NOUN.search(term) or _NOUN.search(self.term) or claim[self.estimate.end - 2 : self.estimate.end] == "ly":
            return ""
        return f"{claim[: self.estimate.start]}{term}{claim[self.estimate.end :]}"


def with_capital(text: str) -> str:
    """The text as a sentence opens."""
    return text[:1].upper() + text[1:]


def without_capital(text: str, names: frozenset[str] = frozenset()) -> str:
    """The text as it goes on within a sentence: its first word keeps its capital only where it is a name."""
    first = re.match(r"(?P<word>[\w-]+)(?P<name> [A-Z])?", text)
    if first is None or first["word"] in names or (first["name"] and not _NO_NAME.fullmatch(first["word"])):
        return text
    return text[:1].lower() + text[1:]


def frames_of(claim: str, names: frozenset[str]) -> tuple[Frame, ...]:
    """The judgements of a claim in order."""
    return tuple(_frame(claim, one, names) for one in estimates(claim) if one.kind == "term")


def _frame(claim: str, one: Estimate, names: frozenset[str]) -> Frame:
    for read in (_that, _there, _will, _be):
        if (found := read(claim, one)) and not one.quoted:
            opens = found.start == 0
            subject = without_capital(found.subject, names) if opens else found.subject
            return Frame(found.form, found.start, found.end, one, subject, found.body, found.be, opens)
    return Frame("other", one.start, one.end, one)


def _that(claim: str, one: Estimate) -> Frame | None:
    left = _IT_IS.search(claim, 0, one.start)
    if left is None or not claim.startswith(" that ", one.end):
        return None
    return _cut(claim, one, left.start(), one.end + 6, "that")


def _there(claim: str, one: Estimate) -> Frame | None:
    left = _THERE_IS.search(claim, 0, one.start)
    if left is None:
        return None
    if claim.startswith(" of ", one.end):
        subject = claim[one.end + 4 : one.proposition[1]]
        return Frame("of", left.start(), one.proposition[1], one, subject) if subject else None
    return _cut(claim, one, left.start(), one.end + 6, "that") if claim.startswith(" that ", one.end) else None


def _cut(claim: str, one: Estimate, start: int, opens: int, form: Form) -> Frame | None:
    """A "that" clause as subject and verb, where it looks ahead."""
    end = one.proposition[1]
    content = claim[opens:end]
    if not content or end <= opens:
        return None
    subject, will, body = content.partition(" will ")
    if will and not body.startswith("not ") and "," not in subject and not re.search(r"\bthat\b|\bwho\b", subject):
        return Frame(form, start, end, one, subject, body)
    return Frame(form, start, end, one, "", content)


def _will(claim: str, one: Estimate) -> Frame | None:
    start, end = one.proposition
    subject = claim[start : one.start].removesuffix(" will ")
    body = claim[one.end + 1 : end]
    if not claim[: one.start].endswith(" will ") or not _is_subject(subject) or body.startswith("not ") or not body:
        return None
    return Frame("will", start, end, one, subject, body)


def _be(claim: str, one: Estimate) -> Frame | None:
    left = _BE.search(claim, 0, one.start)
    if left is None:
        return None
    start = one.proposition[0]
    if opens := _SUBJECT_OPENS.match(claim, start):
        start = opens.end()
    subject = claim[start : left.start()]
    if not _is_subject(subject):
        return None
    if _GOES_ON.match(claim, one.proposition[1]):
        return None
    if claim.startswith(" to ", one.end):
        body = claim[one.end + 4 : one.proposition[1]]
        return Frame("to", start, one.proposition[1], one, subject, body, left["be"]) if body else None
    if _PLAIN_END.match(claim, one.end):
        return Frame("plain", start, one.end, one, subject, "", left["be"])
    return None


def _is_subject(text: str) -> bool:
    return bool(text.strip()) and len(text) < 90 and not _NO_SUBJECT.search(text) and text[-1:].strip() != ""


def pairs_of(frames: tuple[Frame, ...]) -> Iterator[tuple[Frame, Frame]]:
    """Neighbouring judgements of a claim that can both be put together anew and say different things."""
    for one, other in pairwise(frames):
        stands = all(part.estimate.voice == "author" and not part.estimate.superseded for part in (one, other))
        if "other" not in (one.form, other.form) and one.end <= other.start and stands:
            yield one, other
