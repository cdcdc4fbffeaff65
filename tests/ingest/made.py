"""Briefings and vectors made for the tests of the store."""

from datetime import date
from hashlib import sha256

import numpy as np

from ingest.briefing import Block, Briefing, Section, Sentence
from ingest.embedding import SentenceVectors

DIMENSION = 384


def briefing(matter: str, sources: tuple[str, ...] = (), sentences: int = 3, edition: int = 0) -> Briefing:
    """A briefing about a matter; each edition has other words and so another id."""
    texts = [f"The {matter} talks are likely to resume in round {edition + place}." for place in range(sentences)]
    text, ends = " ".join(texts), np.cumsum([len(each) + 1 for each in texts])
    digest = sha256(f"{matter} {edition}".encode()).hexdigest()
    return Briefing(
        id=f"{matter}-{digest[:8]}",
        title=f"The {matter} talks",
        text=text,
        sha256=digest,
        format="txt",
        published=date(2026, 3, 1 + edition),
        sources=sources or (f"/briefings/{matter}.txt",),
        blocks=(Block("paragraph", 0, len(text)),),
        sections=(Section(("Outlook",), 0, len(text)),),
        sentences=tuple(
            Sentence(int(end) - 1 - len(each), int(end) - 1, block=0, section=0, horizon="short")
            for each, end in zip(texts, ends, strict=True)
        ),
    )


def vectors(of: Briefing) -> list[SentenceVectors]:
    """Vectors that differ with the words of each sentence."""
    return [_vectors(of.quote(sentence.start, sentence.end)) for sentence in of.sentences]


def _vectors(text: str) -> SentenceVectors:
    random = np.random.default_rng(int.from_bytes(sha256(text.encode()).digest()[:4]))
    tokens = random.normal(size=(len(text.split()), DIMENSION))
    tokens /= np.linalg.norm(tokens, axis=1, keepdims=True)
    mean = tokens.mean(axis=0)
    return SentenceVectors((mean / np.linalg.norm(mean)).astype(np.float32), np.rint(tokens * 127).astype(np.int8))
