"""House styles: which sections a draft has, in which order, under which headings and how long, read from TOML files."""

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ingest.errors import YardstickError
from rag.drafts.draft import Form, Layout

FOLDER = Path(__file__).with_name("styles")
Shows = Literal[
    "bottom_line",
    "drivers",
    "facts",
    "judgements",
    "judgements:short",
    "judgements:medium",
    "judgements:long",
    "judgements:none",
    "changes",
    "differences",
    "watch",
]


class Part(BaseModel):
    """One section of a form: what it shows, how, under which heading, in at most so many words (None: no limit)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shows: Shows
    layout: Layout
    heading: str = ""
    words: int | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _a_table_has_judgements(self) -> "Part":
        if self.layout == "table" and not self.shows.startswith("judgements"):
            raise ValueError("a table shows judgements alone; write text or bullets")
        return self


class Outline(BaseModel):
    """A form as a house writes it: its sections in order, about so many words in all (None: no limit)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sections: tuple[Part, ...] = Field(min_length=1)
    words: int | None = Field(default=None, gt=0)


class Style(BaseModel):
    """A house style; a form that it leaves out cannot be drafted in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    forms: dict[Form, Outline] = Field(min_length=1)

    def outline(self, form: Form) -> Outline:
        """The sections of a form; raises YardstickError where the style has none."""
        if form not in self.forms:
            raise YardstickError(f"The style '{self.name}' has no form '{form}'. It has: {', '.join(self.forms)}.")
        return self.forms[form]


def shipped() -> tuple[str, ...]:
    """The names of the styles that come with the program."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def load_style(name: str) -> Style:
    """A shipped style by name, or the one in a TOML file; raises YardstickError that names file and field."""
    path = FOLDER / f"{name}.toml" if name in shipped() else Path(name)
    if name not in shipped() and path.suffix != ".toml":
        raise YardstickError(f"No style '{name}'. There are {', '.join(shipped())}; or give a .toml file of your own.")
    try:
        return Style.model_validate(_read(path))
    except ValidationError as exc:
        fault = exc.errors()[0]
        field = _field(fault["loc"])
        raise YardstickError(f"{path}: {field}: {fault['msg']}. Compare it with {FOLDER / 'note.toml'}.") from exc


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as exc:
        raise YardstickError(f"{path}: cannot be read ({exc.strerror}). Check the path and its permissions.") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise YardstickError(f"{path}: not TOML ({exc}). Compare it with {FOLDER / 'note.toml'}.") from exc


def _field(place: tuple[int | str, ...]) -> str:
    """A field as its file shows it: "forms.summary.sections[2].words", counted from 1."""
    named = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place if part != "[key]")
    return named.lstrip(".") or "the file"
