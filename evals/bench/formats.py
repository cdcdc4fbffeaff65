"""Do all formats read alike? One briefing in six formats, and real reports that exist as Markdown and as PDF."""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from email.message import EmailMessage
from pathlib import Path

from ingest.briefing import Briefing
from ingest.reading import read_briefing

SHARED = Path(__file__).parents[3] / "shared"
_PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} | The Briefing Room</title></head>
<body><header><a href="/">The Briefing Room</a><nav><ul><li><a href="/r">Regions</a></li></ul></nav></header>
<div class="cookie-banner">We use cookies to improve this site. <button>Accept</button></div>
<main><article>{body}</article><div class="share"><a href="#">Share this on every network</a></div></main>
<aside><h3>Related</h3><ul><li><a href="/1">A quite different matter is likely to come up</a></li></ul></aside>
<section class="newsletter"><p>Subscribe to our newsletter and never miss a briefing.</p></section>
<footer><p>Copyright The Briefing Room. All rights reserved.</p></footer></body></html>"""


def sentences(briefing: Briefing) -> list[str]:
    """The sentences of a briefing, quotation marks, dashes and white space made alike."""
    return [normalised(briefing.quote(sentence.start, sentence.end)) for sentence in briefing.sentences]


def normalised(text: str) -> str:
    """A text as it compares across formats: type-setting differs, words do not."""
    text = re.sub(r"[“”„‟]", '"', re.sub(r"[‘’ʼ]", "'", text))
    return " ".join(re.sub(r"[‐‑–—]", "-", text).split())


def overlap(expected: Iterable[str], found: Iterable[str]) -> tuple[int, int]:
    """How many of the expected sentences are found, each at most as often as it is there, and how many there are."""
    wanted, there = Counter(expected), Counter(found)
    return (wanted & there).total(), wanted.total()


def in_other_formats(source: Path, folder: Path) -> dict[str, Path]:
    """The Markdown file `source` as plain text, HTML page, DOCX, PDF and mail, written to `folder`."""
    files = {kind: folder / f"{source.stem}.{kind}" for kind in ("txt", "html", "docx", "pdf", "eml")}
    plain = _pandoc(source, "plain")
    files["txt"].write_text(plain, encoding="utf-8")
    title = source.read_text(encoding="utf-8").split("\n", 1)[0].lstrip("# ")
    page = _PAGE.format(title=title, body=_pandoc(source, "html"))
    files["html"].write_text(page, encoding="utf-8")
    _pandoc(source, "docx", files["docx"])
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(files["docx"])]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = title, "desk@example.org", "readers@example.org"
    mail["Date"] = "Mon, 05 Oct 2026 09:00:00 +0000"
    mail.set_content(plain)
    mail.add_alternative(f"<html><body>{_pandoc(source, 'html')}</body></html>", subtype="html")
    files["eml"].write_bytes(bytes(mail))
    return files


def _pandoc(source: Path, to: str, output: Path | None = None) -> str:
    # Without "smart" the quotation marks stay as they were written.
    command = ["pandoc", "--from", "markdown-smart", "--to", to if to == "docx" else f"{to}-smart", str(source)]
    if to == "html":
        command[4] = "html"
    command += ["--output", str(output)] if output else []
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def exercise_parity(folder: Path) -> dict[str, tuple[int, int, list[str]]]:
    """For each format: sentences found, sentences in the Markdown, and a few that are missing or too many."""
    counts: dict[str, tuple[int, int, list[str]]] = {}
    for source in sorted((SHARED / "briefings").glob("?/*.md")):
        expected = sentences(read_briefing(source))
        for kind, file in in_other_formats(source, folder).items():
            found = sentences(read_briefing(file))
            hits, _ = overlap(expected, found)
            before = counts.get(kind, (0, 0, []))
            missing = [f"- {text}" for text in (Counter(expected) - Counter(found)).elements()]
            extra = [f"+ {text}" for text in (Counter(found) - Counter(expected)).elements()]
            counts[kind] = (before[0] + hits, before[1] + max(len(expected), len(found)), before[2] + missing + extra)
    return counts


def report_parity() -> dict[str, tuple[int, int, list[str]]]:
    """For each report that exists as Markdown and PDF: sentences of the Markdown's body found in the PDF."""
    counts: dict[str, tuple[int, int, list[str]]] = {}
    for pdf in sorted((SHARED / "real/crs/pdf").glob("*/*.pdf")):
        number, version = re.match(r"(\w+?)[.v](\d+)", pdf.stem).groups()  # type: ignore[union-attr]
        markdown = next(iter((SHARED / "real/crs/markdown").glob(f"*/{number}v{version}-*.md")), None)
        if markdown is None:
            continue
        expected = sentences(read_briefing(markdown))
        found = " ".join(sentences(read_briefing(pdf)))
        text = _letters(found)
        missing = [f"- {sentence}" for sentence in expected if _letters(sentence) not in text]
        counts[number] = (len(expected) - len(missing), len(expected), missing)
    return counts


def _letters(text: str) -> str:
    """Letters and figures alone: the scraped Markdown lacks the spaces around its links and the th of 119th."""
    return re.sub(r"\W+", "", re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text)).casefold()


def main() -> int:
    """Prints both tables; exit code 0 if the bars are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="show up to N differences of each row")
    options = parser.parse_args()
    if not SHARED.is_dir():
        print(f"skipped: the exercise briefings and reports are not in {SHARED}")
        return 0
    if not (shutil.which("pandoc") and shutil.which("soffice")):
        print("skipped: pandoc and LibreOffice make the other formats and are not installed")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        exercise = exercise_parity(Path(folder))
    reports = report_parity()
    if options.json:
        rows = {"exercise": exercise, "reports": reports}
        print(json.dumps({name: {kind: row[:2] for kind, row in table.items()} for name, table in rows.items()}))
    else:
        _print("Exercise briefings: sentences as in the Markdown", exercise, options.show)
        _print("Reports as Markdown and PDF: sentences of the Markdown found in the PDF", reports, options.show)
    met = _share(exercise) >= 0.99 and _share(reports) >= 0.95
    return 0 if met else 1


def _share(counts: dict[str, tuple[int, int, list[str]]]) -> float:
    return sum(row[0] for row in counts.values()) / max(sum(row[1] for row in counts.values()), 1)


def _print(title: str, counts: dict[str, tuple[int, int, list[str]]], show: int) -> None:
    print(title)
    for name, (hits, total, differences) in counts.items():
        print(f"  {name:8} {hits:5} of {total:5}  {hits / max(total, 1):7.2%}")
        for difference in differences[:show]:
            print(f"      {difference[:160]}")
    print(f"  together {_share(counts):.2%}")


if __name__ == "__main__":
    sys.exit(main())
