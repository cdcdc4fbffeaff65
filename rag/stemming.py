"""The stems of English words."""

from collections.abc import Sequence

import Stemmer

_stemmer = Stemmer.Stemmer("english")


def stem(words: Sequence[str]) -> list[str]:
    """Porter2 stems, so that "sanctions" matches "sanctioned"."""
    return [str(word) for word in _stemmer.stemWords(list(words))]
