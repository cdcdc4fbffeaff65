"""Bytes to text: byte-order marks, declared and guessed encodings, and an honest refusal of what is no text."""

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from ingest.briefing import SourceFile
from ingest.errors import UnreadableFile

# Longest first, or the mark of UTF-32 would be read as that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_SAMPLE = 200_000
_ADVICE = "Save it as UTF-8 text and add it again"


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and a warning where the encoding had to be guessed or some bytes could not be read."""

    text: str
    warning: str | None = None


def decode(source: SourceFile, declared: str | None = None) -> Decoded:
    """The text of a file that has no format of its own; `declared` is the charset that the file names itself.

    UnreadableFile with reason `binary` for what is no text, `encoding` for text that no known encoding fits.
    """
    return decode_bytes(source.data, source.name, declared)


def decode_bytes(data: bytes, name: str, declared: str | None = None) -> Decoded:
    """Like `decode`, for a part of a file called `name`."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(data.decode(encoding, errors="replace"), name)
    if wide := _wide(data):
        return _checked(data.decode(wide, errors="replace"), name)
    # Japanese mail switches its alphabet with signs that UTF-8 has too.
    for encoding in (declared or "ascii",) if b"\x1b$" in data else ("utf-8", declared or "ascii"):
        if (text := _strict(data, encoding)) is not None:
            return _checked(text, name)
    return _guessed(data, name)


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except (ValueError, LookupError):
        return None
    return None if re.search(r"[\x80-\x9f]{2}", text) else text


def _wide(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, told by which of them makes letters of the zero bytes."""
    sample = data[:4096]
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be") if b"\0" in sample else ():
        text = sample.decode(encoding, errors="replace")
        if sum("\0" < char < "\x7f" for char in text) > 0.4 * len(text):
            return encoding
    return None


def _guessed(data: bytes, name: str) -> Decoded:
    if b"\0" in data and len(_CONTROL.findall(data[:_SAMPLE].decode("latin-1"))) > 0.02 * min(len(data), _SAMPLE):
        raise _binary(name)
    # Damaged UTF-8 stays UTF-8: one broken byte must not turn every accent of a long text into two wrong letters.
    text = data.decode("utf-8", errors="replace")
    accented = len(re.findall(r"[^\x00-\x7f\ufffd]", text))
    if text.count("\ufffd") * 10 < accented:
        return _checked(text, name, "some characters are damaged and were replaced")
    encoding = _likeliest(data[:_SAMPLE])
    return _checked(data.decode(encoding, errors="replace"), name, f"the encoding is not declared; read as {encoding}")


def _likeliest(sample: bytes) -> str:
    """The guess of charset-normalizer, but Windows' western alphabet wherever that does as well as its neighbours."""
    matches = from_bytes(sample)
    best = matches.best()
    if best is None:
        return "cp1252"
    western = next((match for match in matches if match.encoding == "cp1252"), best)
    as_good = western.chaos <= best.chaos + 0.01 and western.coherence >= best.coherence - 0.02
    return western.encoding if as_good else best.encoding


def _checked(text: str, name: str, warning: str | None = None) -> Decoded:
    sample = text[:_SAMPLE]
    if len(_CONTROL.findall(sample)) > 0.02 * len(sample) + 4:
        raise _binary(name)
    lost = sample.count("\ufffd")
    if lost > 0.1 * len(sample) + 2:
        raise UnreadableFile(name, "encoding", "is text in an encoding that cannot be told", _ADVICE)
    if lost:
        warning = "some characters are damaged and were replaced"
    return Decoded(_CONTROL.sub("", text.lstrip("\ufeff")), warning)


def _binary(name: str) -> UnreadableFile:
    return UnreadableFile(
        name, "binary", "is binary data, not a text", "Add a text, Markdown, HTML, PDF, DOCX or EML file"
    )
