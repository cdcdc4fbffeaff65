"""The lines of a PDF's pages in reading order, column after column, without running heads and page numbers."""

import re
from collections import defaultdict
from dataclasses import dataclass
from statistics import median

_ZONE = 0.13
_PAGE_NUMBER = re.compile(r"[-–—\s|\[(]*(page|p\.)?\s*(\d{1,4}|[ivxl]{1,6})(\s*(of|/)\s*\d{1,4})?[-–—\s|\])]*", re.I)


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of a line as drawn: its text and where it stands on its page, in points, y downwards."""

    text: str
    page: int
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool


def without_running_heads(pages: list[list[Line]]) -> list[list[Line]]:
    """The pages without page numbers and without the lines that stand at the same place on several of them."""
    seen: dict[str, set[str]] = defaultdict(set)
    extents = [(min(line.top for line in page), max(line.bottom for line in page)) for page in pages if page]
    if not extents:
        return pages
    top, bottom = min(start for start, _ in extents), max(end for _, end in extents)
    high, low = top + _ZONE * (bottom - top), bottom - _ZONE * (bottom - top)
    for page in pages:
        whole = " ".join(line.text for line in page)
        for line in page:
            if line.top < high or line.bottom > low:
                seen[_head_key(line)].add(whole)
    often = max(2, 0.2 * len(extents))

    def is_kept(line: Line, edges: list[Line]) -> bool:
        if not (line.top < high or line.bottom > low):
            return True
        numbers_the_page = line in edges and _PAGE_NUMBER.fullmatch(line.text)
        return len(seen[_head_key(line)]) < often and not numbers_the_page

    return [[line for line in page if is_kept(line, edges)] for page in pages for edges in [_edges(page)]]


def _edges(page: list[Line]) -> list[Line]:
    rows = sorted(page, key=lambda line: line.top)
    return [*rows[:2], *rows[-3:]] if len(rows) > 1 else []


def _head_key(line: Line) -> str:
    return f"{re.sub(r'[0-9ivxl]+', '#', line.text.casefold())} {round(line.top / 8)} {line.size:.0f}"


def columns(lines: list[Line]) -> list[list[Line]]:
    """The lines of a page in reading order, one list for each column of each band between full-width lines."""
    split = _white_band(lines) if lines else None
    if split is not None:
        above = [line for line in lines if line.top < split]
        return columns(above) + columns([line for line in lines if line.top >= split])
    gutter = _gutter(lines)
    if gutter is None:
        return [sorted(lines, key=lambda line: (line.top, line.x0))] if lines else []
    found: list[list[Line]] = []
    band: list[Line] = []
    wide: list[Line] = []
    large = 1.4 * median(line.size for line in lines)
    for line in sorted(lines, key=lambda line: line.top):
        # A short title over two columns reaches into one of them only.
        if line.x0 < gutter < line.x1 or (line.size > large and len(band) < 3):
            found += _both_sides(band, gutter)
            wide = [] if band else wide
            found += [] if wide else [wide]
            wide.append(line)
            band = []
        else:
            band.append(line)
    found += _both_sides(band, gutter)
    return found


def _both_sides(band: list[Line], gutter: float) -> list[list[Line]]:
    left = [line for line in band if line.x1 <= gutter]
    return columns(left) + columns([line for line in band if line.x1 > gutter])


def _white_band(lines: list[Line]) -> float | None:
    """Where the widest band of white across all the lines ends, if it is wider than two lines; else None."""
    bottom, best = float("inf"), (0.0, 0.0)
    for line in sorted(lines, key=lambda line: line.top):
        best = max(best, (line.top - bottom, line.top))
        bottom = line.bottom if bottom == float("inf") else max(bottom, line.bottom)
    return best[1] if best[0] > 2 * median(line.bottom - line.top for line in lines) else None


def _gutter(lines: list[Line]) -> float | None:
    """Where a white strip divides the lines into two columns of running text, or None."""
    if len(lines) < 10:
        return None
    found: list[tuple[int, float | None]] = []
    for place in {round(line.x0) - 1.0 for line in lines}:
        left = [line for line in lines if line.x1 <= place]
        right = [line for line in lines if line.x0 >= place]
        if len(left) < 5 or len(right) < 5 or not (_is_prose(left) and _is_prose(right)):
            continue
        crossing = len(lines) - len(left) - len(right)
        if crossing <= 0.4 * (len(left) + len(right)):
            found.append((crossing, place))
    return min(found, default=(0, None))[1]


def _is_prose(lines: list[Line]) -> bool:
    """Whether most of the text fills the width that it has, as in a column, which the cells of a table do not."""
    width = sorted(line.x1 - line.x0 for line in lines)[int(0.9 * (len(lines) - 1))]
    letters = sum(len(line.text) for line in lines)
    filling = [len(line.text) for line in lines if line.x1 - line.x0 > 0.6 * width]
    return len(filling) >= 4 and sum(filling) > 0.5 * letters and median(filling) > 20


def highest(lines: list[Line]) -> float:
    """Where the first of these lines begins."""
    return min(line.top for line in lines)


def lowest(lines: list[Line]) -> float:
    """Where the last of these lines ends."""
    return max(line.bottom for line in lines)
