"""The check with one of its rules switched off: a rule without which nothing slips through does no work."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from rag import additions, clauses, fidelity, losses, matter, support, terms, wording
from rag.wordlists import lists

_NEVER = re.compile(r"(?!)")
# Without these the check does not read words or times at all; they are its alphabet, not its rules.
_ALPHABET = ("word", "any_word", "long_word", "name", "capitalised", "figure", "verb", "published")


@dataclass(frozen=True, slots=True)
class Rule:
    """A part of the check that can be switched off: a name in a module, or an entry of a table of the word lists."""

    name: str
    home: ModuleType | dict[str, Any]
    key: str
    nothing: Any

    @property
    def now(self) -> Any:
        """What stands there at the moment."""
        return self.home[self.key] if isinstance(self.home, dict) else getattr(self.home, self.key)

    def put(self, value: Any) -> None:
        """Put something else there."""
        if isinstance(self.home, dict):
            self.home[self.key] = value
        else:
            setattr(self.home, self.key, value)


def _no_findings(*_: object) -> Iterator[Any]:
    return iter(())


def _no_text(*_: object) -> str:
    return ""


def _none(*_: object) -> None:
    return None


def _false(*_: object) -> bool:
    return False


def _true(*_: object) -> bool:
    return True


def _empty(*_: object) -> list[Any]:
    return []


def _no_rows(*_: object) -> set[int]:
    return set()


_FUNCTIONS: tuple[tuple[ModuleType, str, Callable[..., Any]], ...] = (
    *(
        (wording, name, _no_findings)
        for name in ("losses", "stacks", "numbers", "attributes", "wholes", "confidence", "_fused")
    ),
    (wording, "_swapped", _no_rows),
    (wording, "_is_part_of", _false),
    (wording, "_is_elliptical", _false),
    (wording, "_is_near", _false),
    (wording, "_is_stated", _false),
    *((terms, name, _no_findings) for name in ("condition_findings", "horizon_findings", "scope_findings")),
    *((terms, name, _false) for name in ("opposite", "loses_voice", "_is_denied_otherwise", "_other_office")),
    (terms, "substitution", _no_text),
    (terms, "_change", _none),
    *(
        (matter, name, _no_text)
        for name in (
            *("_other_name", "_other_subject", "_other_object", "_lost_head"),
            *("_wider", "_joined", "_other_place", "_unlimited", "_unrestricted"),
        )
    ),
    (matter, "_alias", _false),
    (matter, "_possessive", _false),
    (fidelity, "_other_side", _no_text),
    (fidelity, "_is_turned", _false),
    (fidelity, "_is_whole", _true),
    (fidelity, "_is_date_of_source", _false),
    (fidelity, "_is_known_count", _false),
    *((losses, name, _no_findings) for name in ("_plain", "_swallowed", "_blurred")),
    *((losses, name, _none) for name in ("_regraded", "_doubt_of")),
    (losses, "_is_certain", _false),
    (losses, "_is_confidence", _false),
    (losses, "_looks_ahead", _false),
    (additions, "_stacked", _no_findings),
    (additions, "_stacked_terms", _empty),
    (additions, "_adverbs", _empty),
    *((support, name, _no_findings) for name in ("_form", "_figures", "_turned", "_overlap")),
    (support, "_doubt", _none),
)


def rules() -> tuple[Rule, ...]:
    """Every rule that can be switched off."""
    found = lists().patterns
    functions = (Rule(f"{home.__name__}.{key}", home, key, nothing) for home, key, nothing in _FUNCTIONS)
    patterns = (Rule(f"patterns.{key}", found, key, _NEVER) for key in found if key not in _ALPHABET)
    return (*functions, *patterns)


@contextmanager
def without(rule: Rule) -> Iterator[None]:
    """The check with this rule switched off."""
    kept = rule.now
    rule.put(rule.nothing)
    forget()
    try:
        yield
    finally:
        rule.put(kept)
        forget()


def forget() -> None:
    """Clear what the check remembers of texts it has read."""
    for module in (clauses, fidelity, matter, terms, wording, losses, additions, support):
        for one in vars(module).values():
            if hasattr(one, "cache_clear") and one is not lists:
                one.cache_clear()


@dataclass
class Watch:
    """Which rules had a say in what the check did last."""

    fired: set[str] = field(default_factory=set)

    def over(self, check: Callable[[], object]) -> frozenset[str]:
        """The rules that have a say in one check."""
        forget()
        self.fired.clear()
        check()
        return frozenset(self.fired)


@contextmanager
def watched(chosen: Sequence[Rule]) -> Iterator[Watch]:
    """The check with every function and pattern noting when it finds something."""
    watch = Watch()
    with ExitStack() as stack:
        for rule in chosen:
            kept = rule.now
            rule.put(
                _NotingPattern(kept, rule.name, watch)
                if isinstance(kept, re.Pattern)
                else _noting(kept, rule.name, watch)
            )
            stack.callback(rule.put, kept)
        yield watch
    forget()


def _noting(function: Callable[..., Any], name: str, watch: Watch) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        found = function(*arguments)
        if isinstance(found, Iterable) and not isinstance(found, str | frozenset | set | list | dict):
            found = list(found)
        if found or (name.endswith("_is_whole") and not found):
            watch.fired.add(name)
        return found

    return call


@dataclass(frozen=True)
class _NotingPattern:
    """A pattern that notes when it matches."""

    pattern: re.Pattern[str]
    name: str
    watch: Watch

    def _note(self, found: Any) -> Any:
        if found:
            self.watch.fired.add(self.name)
        return found

    def search(self, *arguments: Any) -> Any:
        return self._note(self.pattern.search(*arguments))

    def match(self, *arguments: Any) -> Any:
        return self._note(self.pattern.match(*arguments))

    def fullmatch(self, *arguments: Any) -> Any:
        return self._note(self.pattern.fullmatch(*arguments))

    def findall(self, *arguments: Any) -> Any:
        return self._note(self.pattern.findall(*arguments))

    def finditer(self, *arguments: Any) -> Any:
        return iter(self._note(list(self.pattern.finditer(*arguments))))

    def split(self, *arguments: Any) -> Any:
        parts = self.pattern.split(*arguments)
        self._note(len(parts) > 1)
        return parts

    def sub(self, *arguments: Any) -> Any:
        return self.pattern.sub(*arguments)
