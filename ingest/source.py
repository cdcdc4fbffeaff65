"""Files as they lie on disk: found, read within a size limit, and told apart by what is in them."""

import io
import os
import re
import stat
import zipfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from ingest.briefing import Format, SourceFile
from ingest.encoding import decode
from ingest.errors import UnreadableFile
from ingest.rules import rules

DEFAULT_LIMIT = 64 * 1024 * 1024

_SAVE_AS = "Open it in the program that made it, save it as DOCX or PDF and add that"
_MARKDOWN_NAMES = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mdx"})
_HTML_NAMES = frozenset({".html", ".htm", ".xhtml", ".shtml"})
_MAIL_NAMES = frozenset({".eml", ".mht", ".mhtml"})

_HTML_START = re.compile(
    r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|article|main|meta|title)\b", re.I | re.S
)
_HTML_TAG = re.compile(r"</?(p|div|h[1-6]|br|ul|ol|li|table|span|blockquote|section)\b[^>]*>", re.I)
_MAIL_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*:[ \t]?\S?|[ \t]+\S|From \S+ ")
_MAIL_PROOF = re.compile(r"^(MIME-Version|Message-ID|Received|Return-Path|Content-Type|Delivered-To):", re.I | re.M)
_MARKDOWN_HEADING = re.compile(r"(?:\A|\n[ \t]*\n)#{1,6} +\S")
_BASE64 = re.compile(r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=\D*\d)(?:[A-Za-z0-9+/]{24,}\s*)+[A-Za-z0-9+/\s]*={0,2}")


def find_files(paths: Iterable[Path | str]) -> Iterator[Path]:
    """The files that `paths` name, each once: files themselves, folders with all below them, and globs.

    In folders hidden files and files that are never briefings (data, code, pictures) are passed over. A path that does
    not exist is handed on, so that `read_source` can say so and the others still come.
    """
    seen: set[str] = set()
    for given in paths:
        for path in _matches(Path(given)):
            for found in _below(path):
                key = os.path.realpath(found)
                if key not in seen:
                    seen.add(key)
                    yield found


def _matches(path: Path) -> list[Path]:
    if os.path.lexists(path) or not any(sign in str(path) for sign in "*?["):
        return [path]
    found = sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
    asked = {part for part in path.parts if _is_hidden(part)}
    return [match for match in found if all(part in asked or not _is_hidden(part) for part in match.parts)] or [path]


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$"))


def _below(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    passed_over = rules("source")["data"] + rules("source")["passed_over"]
    for folder, subfolders, names in os.walk(path):
        subfolders[:] = sorted(name for name in subfolders if not _is_hidden(name))
        for name in sorted(names):
            if not _is_hidden(name) and Path(name).suffix.lower() not in passed_over:
                yield Path(folder, name)


def read_source(path: Path | str, limit_bytes: int = DEFAULT_LIMIT) -> SourceFile:
    """The bytes of a file; UnreadableFile if it is missing, a folder, unreadable, empty or above `limit_bytes`."""
    name, path = str(path), Path(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableFile(name, "wrong_type", "is a folder", "Name the files in it, or the folder when adding")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableFile(name, "wrong_type", "is a device or a pipe, not a file", "Name a file")
        if status.st_size > limit_bytes:
            what = f"is {status.st_size / 1e6:.1f} MB, above the limit of {limit_bytes / 1e6:.1f} MB"
            raise UnreadableFile(name, "too_large", what, "Split it, or raise the limit (YARDSTICK_MAX_FILE_MB)")
        data = path.read_bytes()
    except FileNotFoundError as exc:
        raise UnreadableFile(name, "missing", "no such file", "Check the spelling and the folder") from exc
    except PermissionError as exc:
        raise UnreadableFile(name, "unreadable", "you are not allowed to read it", "Change its permissions") from exc
    except (OSError, ValueError) as exc:
        raise UnreadableFile(name, "unreadable", f"cannot be opened ({exc})", "Check the path and the disk") from exc
    return SourceFile(name=name, data=data, sha256=sha256(data).hexdigest())


def sniff(source: SourceFile) -> Format:
    """Which format a file is in, by its content first and by its name where the content leaves it open.

    Raises UnreadableFile for everything that is no briefing in a format that is read.
    """
    data = source.data
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise UnreadableFile(source.name, "empty", "is empty", "Check that it was saved or downloaded completely")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _sniff_zip(source)
    for known in rules("source")["signature"]:
        begins = re.match(known["starts"].encode(), data[:64], re.S)
        if begins and known.get("holds", "").encode("utf-16-le") in data:
            raise UnreadableFile(source.name, known["reason"], known["what"], known["advice"])
    return _sniff_text(source)


def _sniff_zip(source: SourceFile) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            members = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as exc:
        advice = "Download or copy it again; Word may be able to repair it"
        raise UnreadableFile(source.name, "damaged", "is cut short or damaged", advice) from exc
    for known in rules("source")["archive"]:
        if any(member.startswith(known["member"]) for member in members):
            raise UnreadableFile(source.name, "unsupported", known["what"], _SAVE_AS)
    if any(member.startswith("word/") for member in members) or "[Content_Types].xml" in members:
        return "docx"
    raise UnreadableFile(source.name, "unsupported", "is a ZIP archive, not a document", "Unpack it and add the files")


def _sniff_text(source: SourceFile) -> Format:
    text, suffix = decode(source).text, Path(source.name).suffix.lower()
    if not text.strip():
        raise UnreadableFile(
            source.name, "empty", "holds nothing but white space", "Check that it was saved completely"
        )
    if _BASE64.fullmatch(text.strip()):
        advice = "Decode it (for instance with `base64 -d`) and add what comes out"
        raise UnreadableFile(source.name, "encoding", "is text packed as base64, not readable as it is", advice)
    if _is_mail(text, suffix):
        return "eml"
    if _is_html(text, suffix):
        return "html"
    if suffix in _MARKDOWN_NAMES:
        return "markdown"
    if suffix in rules("source")["data"]:
        advice = "Add a text, Markdown, HTML, PDF, DOCX or EML file"
        raise UnreadableFile(source.name, "unsupported", f"is data or code ({suffix}), not a briefing", advice)
    return "markdown" if (suffix != ".txt" and _MARKDOWN_HEADING.search(text)) or _is_markdown(text) else "txt"


def _is_mail(text: str, suffix: str) -> bool:
    head = re.split(r"\r?\n[ \t]*\r?\n", text.lstrip(), maxsplit=1)[0]
    lines = head.splitlines()
    if not all(_MAIL_HEADER.match(line) for line in lines):
        return False
    return bool(_MAIL_PROOF.search(head)) or (suffix in _MAIL_NAMES and bool(re.match(r"[A-Za-z-]+:|From ", head)))


def _is_html(text: str, suffix: str) -> bool:
    if _HTML_START.match(text):
        return True
    tags = len(_HTML_TAG.findall(text[:200_000]))
    return tags > 0 if suffix in _HTML_NAMES else tags >= 4 and text.lstrip().startswith("<")


def _is_markdown(text: str) -> bool:
    headings = len(_MARKDOWN_HEADING.findall(text))
    return headings >= 2 or (headings == 1 and bool(re.match(r"\s*#{1,2} +\S", text)))
