"""What a file declares about itself, kept only where it can be true: programs and accounts are no authors."""

import re

_NO_PERSON = re.compile(
    r"\b(microsoft|office|user|admin|administrator|docx|libreoffice|unknown|pandoc|author|owner|default)\b", re.I
)
_NO_TITLE = re.compile(r"\.\w{2,4}$|^(microsoft word|untitled|powerpoint|document\s?\d*$|\(?anonymous\)?$)", re.I)


def people(declared: str) -> tuple[str, ...]:
    """The persons in a declared author line: two words or more each, no account and no program."""
    names = [" ".join(name.split()) for name in re.split(r"[;\n]", declared)]
    if len(names) == 1 and names[0].count(",") and all(" " in part.strip() for part in names[0].split(",")):
        names = [part.strip() for part in names[0].split(",")]
    return tuple(name for name in names if " " in name and not _NO_PERSON.search(name))


def title_of(declared: str) -> str | None:
    """A declared title, unless it is one word, or the name of a file or a program."""
    title = " ".join(declared.split())
    return None if " " not in title or _NO_TITLE.search(title) else title
