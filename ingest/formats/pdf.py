"""PDF to lines: the characters that PDFium finds, put together by where they stand on the page."""

import ctypes
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.briefing import SourceFile
from ingest.errors import Reason, UnreadableFile
from ingest.extract import Extract
from ingest.formats.columns import Line
from ingest.formats.declared import people, title_of
from ingest.formats.layout import blocks_of_pages

# PDFium keeps global state: one thread at a time.
_PDFIUM = Lock()
_FAULTS: dict[Reason, tuple[str, str]] = {
    "damaged": ("is cut short or damaged", "Download or copy it again"),
    "encrypted": ("is protected with a password", "Save a copy without a password and add that"),
    "unsupported": (
        "is an interactive form that only Adobe Reader fills with text",
        "Print it to PDF there and add that",
    ),
    "needs_ocr": (
        "holds pictures of pages, no text",
        "Run text recognition (OCR) on it, for instance with OCRmyPDF, and add what comes out",
    ),
}
_FORM = re.compile(r"please wait.{0,200}if this message is not eventually replaced", re.I)
_BOLD_WEIGHT = 600
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f]+")


@dataclass(frozen=True, slots=True)
class _Style:
    """How the characters of one text object look; `turn` is their direction in quarters of a circle."""

    size: float
    bold: bool
    turn: int


@dataclass(frozen=True, slots=True)
class _Character:
    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    style: _Style


def read_pdf(source: SourceFile) -> Extract:
    """The blocks of a PDF with their pages, in reading order; UnreadableFile if locked, damaged or only scanned."""
    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(source.data)
        except pypdfium2.PdfiumError as exc:
            locked = getattr(exc, "err_code", None) in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
            raise _refused(source, "encrypted" if locked else "damaged") from exc
        try:
            pages, pictures, broken = _read_pages(document)
            declared = document.get_metadata_dict(skip_empty=True)
        finally:
            document.close()
    letters = [sum(char.isalnum() for line in page for char in line.text) for page in pages]
    if sum(letters) < 20 * max(len(pictures), 1) and pictures:
        raise _refused(source, "needs_ocr")
    if len(pages) < 3 and any(_FORM.search(" ".join(line.text for line in page)) for page in pages):
        raise _refused(source, "unsupported")
    blocks = blocks_of_pages(pages)
    if not pages or (broken and not any(letters)):
        raise _refused(source, "damaged")
    return Extract(
        blocks=blocks,
        title=title_of(declared.get("Title", "")),
        authors=people(declared.get("Author", "")),
        warnings=tuple(_warnings(pages, letters, pictures, broken)),
    )


def _refused(source: SourceFile, reason: Reason) -> UnreadableFile:
    return UnreadableFile(source.name, reason, *_FAULTS[reason])


def _warnings(pages: list[list[Line]], letters: list[int], pictures: list[int], broken: list[int]) -> Iterator[str]:
    scanned = [number for number in pictures if letters[number - 1] == 0]
    if scanned:
        yield f"pictures without text on page {', '.join(map(str, scanned[:20]))}: run OCR to have them read"
    if broken:
        yield f"damaged and left out: page {', '.join(map(str, broken[:20]))}"
    words = [word for page in pages for line in page for word in line.text.split()]
    if words and sum(map(_is_garbled, words)) > 0.25 * len(words):
        yield "much of the text is garbled, because a font does not say which letters it draws: run OCR on the file"


def _is_garbled(word: str) -> bool:
    """Whether a word holds characters that no font should give, or letters and signs mixed as in no language."""
    if re.search(r"[\ue000-\uf8ff\ufffd\x00-\x1f]", word):
        return True
    inner = word.strip("\"'“”‘’()[]{}.,;:!?*•–—-…/")
    signs = re.search(r"\w[\\^~|`{}<>=$#@å]\w", inner) is not None and "://" not in inner and "@" not in inner
    return signs or len(re.findall(r"[a-zà-ÿ][A-ZÀ-Þ]", inner)) > 2


def _read_pages(document: Any) -> tuple[list[list[Line]], list[int], list[int]]:
    """The lines of each page, the numbers of pages with pictures (or drawn shapes) and those of damaged pages."""
    pages: list[list[Line]] = []
    pictures: list[int] = []
    broken: list[int] = []
    for number in range(1, len(document) + 1):
        lines: list[Line] = []
        try:
            page = document[number - 1]
            text = page.get_textpage()
            width, height = page.get_mediabox()[2:]
            lines = _lines(list(_characters(text, width, height)), number)
            if not lines and pdfium.FPDFPage_CountObjects(page.raw) > 0:
                pictures.append(number)
            text.close()
            page.close()
        except pypdfium2.PdfiumError:
            broken.append(number)
        pages.append(lines)
    return pages, pictures, broken


def _characters(page: Any, width: float, height: float) -> Iterator[_Character]:
    styles: dict[int, _Style] = {}
    box, raw = pdfium.FS_RECTF(), page.raw
    fallback = _Style(10.0, False, 0)
    for place in range(pdfium.FPDFText_CountChars(raw)):
        code = pdfium.FPDFText_GetUnicode(raw, place)
        # PDFium writes a hyphen at a line end as one of two signs of its own.
        code = 0x2D if code in (2, 0xFFFE) else code
        if code in (0, 10, 13, 0xFFFF):
            continue
        shown = chr(code) if 31 < code < 0x110000 or code == 9 else "\ufffd"
        held = pdfium.FPDFText_GetTextObject(raw, place)
        key = ctypes.addressof(held.contents) if held else 0
        if key and key not in styles:
            styles[key] = _style(raw, place)
        style = styles.get(key, fallback)
        pdfium.FPDFText_GetLooseCharBox(raw, place, box)
        x0, x1, top, bottom = _turned((box.left, box.right, box.top, box.bottom), style.turn, width, height)
        yield _Character(shown, x0, x1, top, bottom, style)


def _style(raw: Any, place: int) -> _Style:
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(raw, place, name, 128, flags)
    font = name.value.decode("utf-8", "replace").lower()
    weight = pdfium.FPDFText_GetFontWeight(raw, place)
    bold = weight >= _BOLD_WEIGHT or flags.value & 0x40000 or re.search(r"bold|black|heavy|demi", font) is not None
    angle = pdfium.FPDFText_GetCharAngle(raw, place)
    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(raw, place, box)
    turn = round(angle / 1.5707963) % 4
    tall = abs(box.top - box.bottom) if turn % 2 == 0 else abs(box.right - box.left)
    size = pdfium.FPDFText_GetFontSize(raw, place)
    # A font of size 1 scaled by a matrix: only the box says how large it is drawn.
    return _Style(size if size > 2.5 and size < 1.6 * max(tall, 1) else tall * 0.85, bool(bold), turn)


def _turned(
    box: tuple[float, float, float, float], turn: int, width: float, height: float
) -> tuple[float, float, float, float]:
    """A box (left, right, top, bottom; y upwards) as (x0, x1, top, bottom), y downwards, with its text level."""
    left, right, top, bottom = box
    if turn == 1:
        return bottom, top, left, right
    if turn == 2:
        return width - right, width - left, bottom, top
    if turn == 3:
        return height - top, height - bottom, width - right, width - left
    return left, right, height - top, height - bottom


def _lines(characters: list[_Character], page: int) -> list[Line]:
    """The characters of one page as pieces of lines; text that stands across the rest (stamps) is left out."""
    turns = Counter(character.style.turn for character in characters if not character.text.isspace())
    by_turn: dict[int, list[_Character]] = defaultdict(list)
    for character in characters:
        by_turn[character.style.turn].append(character)
    lines: list[Line] = []
    for turn, count in turns.most_common():
        if count > 0.2 * turns.total():
            lines += [line for piece in _pieces(by_turn[turn]) if (line := _line(piece, page))]
    return lines


def _pieces(characters: list[_Character]) -> Iterator[list[_Character]]:
    piece: list[_Character] = []
    for character in characters:
        if piece and not _continues(piece, character):
            yield piece
            piece = []
        if piece or not character.text.isspace():
            piece.append(character)
    if piece:
        yield piece


def _continues(piece: list[_Character], character: _Character) -> bool:
    last = piece[-1]
    size = max(last.style.size, character.style.size)
    overlap = min(last.bottom, character.bottom) - max(last.top, character.top)
    if overlap < 0.3 * min(last.bottom - last.top, character.bottom - character.top) and not character.text.isspace():
        return False
    return -0.8 * size - (last.x1 - last.x0) < character.x0 - last.x1 < size


def _line(piece: list[_Character], page: int) -> Line | None:
    sizes = Counter[float]()
    for character in piece:
        sizes[round(character.style.size, 1)] += not character.text.isspace()
    size = sizes.most_common(1)[0][0]
    kept = [char for place, char in enumerate(piece) if not _is_note_mark(piece, place, size)]
    text = _SPACES.sub(" ", "".join(_spaced(kept))).strip()
    if not text:
        return None
    solid = [char for char in kept if not char.text.isspace()]
    body = [char for char in solid if abs(char.style.size - size) < 1] or solid
    return Line(
        text=text,
        page=page,
        x0=min(char.x0 for char in solid),
        x1=max(char.x1 for char in solid),
        top=min(char.top for char in body),
        bottom=max(char.bottom for char in body),
        size=size,
        bold=sum(char.style.bold for char in solid) > 0.8 * len(solid),
    )


def _spaced(characters: list[_Character]) -> Iterator[str]:
    before: _Character | None = None
    for character in characters:
        if before is not None and not before.text.isspace() and character.x0 - before.x1 > 0.22 * character.style.size:
            yield " "
        yield character.text
        before = character


def _is_note_mark(piece: list[_Character], place: int, size: float) -> bool:
    """A raised small figure, sign or single letter after a word is a footnote's mark, not part of the word."""
    character = piece[place]
    if not _is_small(character, size) or not re.match(r"[\d*†‡§,a-z]", character.text):
        return False
    around = piece[max(0, place - 1) : place + 2]
    if character.text.isalpha() and sum(char.text.isalpha() and _is_small(char, size) for char in around) > 1:
        return False
    main = next((char for char in reversed(piece[:place]) if not _is_small(char, size)), None)
    raised = main is not None and character.top + character.bottom < main.top + main.bottom
    before = "".join(char.text for char in piece[:place] if not _is_small(char, size)).rstrip()
    return raised and bool(re.search(r"[^\W\d_]{3}$|[.,;:!?”\"'’)\]]$|\d{4}$", before))


def _is_small(character: _Character, size: float) -> bool:
    return character.style.size < 0.78 * size
