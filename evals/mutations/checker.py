"""The check with one of its rules switched off: a rule without which nothing slips through does no work."""

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import ModuleType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from evals.digests import REPOSITORY, check_files
from rag import clauses
from rag.supportlists import support_lists
from rag.wordlists import lists

_NEVER = re.compile(r"(?!)")
# Without these the check does not read words or times at all; they are its alphabet, not its rules.
_ALPHABET = ("word", "any_word", "long_word", "name", "capitalised", "figure", "verb", "published")
_READING = ("answer", "clauses", "messages", "stemming", "supportlists", "wordlists")
# What a rule of each type answers where there is nothing to say.
_NOTHING: dict[Any, Callable[[], Any]] = {bool: bool, str: str, Iterator: tuple, list: list, set: set}
Home = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """A part of the check that can be switched off: a function that may say nothing, or a pattern of the word lists.

    `homes` are the modules, or the table, in which it stands under this key.
    """

    name: str
    homes: tuple[Home, ...]
    key: str
    nothing: Any

    @property
    def now(self) -> Any:
        """What stands there at the moment."""
        return self.homes[0][self.key]

    def put(self, value: Any) -> None:
        """Put something else there."""
        for home in self.homes:
            home[self.key] = value


def rules() -> tuple[Rule, ...]:
    """Every rule that can be switched off."""
    modules = _modules()
    functions = (
        Rule(f"{module.__name__}.{key}", tuple(vars(one) for one in modules if vars(one).get(key) is value), key, off)
        for module in modules
        for key, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", "") == module.__name__ and (off := _silent(value))
    )
    tables = {"patterns": lists().patterns, "support": support_lists().patterns}
    patterns = (
        Rule(f"{name}.{key}", (table,), key, _NEVER)
        for name, table in tables.items()
        for key in table
        if key not in _ALPHABET
    )
    return (*functions, *patterns)


@cache
def _modules() -> tuple[ModuleType, ...]:
    """The modules of the check that judge; those that only read words are left out."""
    files = (file for file in check_files() if file.suffix == ".py" and file.parent == REPOSITORY / "rag")
    return tuple(import_module(f"rag.{file.stem}") for file in files if file.stem not in _READING)


def _silent(function: Callable[..., Any]) -> Callable[..., Any] | None:
    """What says nothing in the place of a function; None for a class, or where there is always something to say."""
    if isinstance(function, type):
        return None
    kind = get_type_hints(inspect.unwrap(function)).get("return")
    if type(None) in get_args(kind) and (isinstance(kind, UnionType) or get_origin(kind) is not None):
        return lambda *_: None
    nothing = _NOTHING.get(get_origin(kind) or kind)
    return (lambda *_: nothing()) if nothing else None


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
    for one in (one for module in (clauses, *_modules()) for one in vars(module).values()):
        if hasattr(one, "cache_clear") and one not in (lists, support_lists):
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
        told = list(found) if isinstance(found, Iterator) else found
        if told:
            watch.fired.add(name)
        return iter(told) if isinstance(found, Iterator) else told

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
