"""Mail to blocks: the body that says more, the headers as metadata, attachments named in a warning."""

import email
import re
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.errors import MessageError
from email.message import Message
from email.utils import getaddresses
from pathlib import PurePath

from ingest.briefing import SourceFile
from ingest.encoding import decode, decode_bytes
from ingest.errors import UnreadableFile
from ingest.extract import Extract
from ingest.formats.html import extract_page, parse
from ingest.formats.text import text_blocks

_READABLE = frozenset((".pdf", ".docx", ".txt", ".md", ".html", ".htm", ".eml"))
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def read_eml(source: SourceFile) -> Extract:
    """The plain part of a mail, or its HTML where that holds clearly more; the headers as title, author and date."""
    # UTF-16 and mailbox files ("From ...") are no mail to the parser before they are made so.
    wide = source.data.startswith(_WIDE) or b"\0" in source.data[:200]
    data = decode(source).text.encode("utf-8") if wide else source.data.lstrip()
    try:
        message = email.message_from_bytes(data, policy=policy.compat32)
        parts = list(_leaves(message))
    except (MessageError, RecursionError, ValueError, LookupError) as exc:
        raise UnreadableFile(source.name, "damaged", "is not a complete mail", "Save the mail again as EML") from exc
    body = _body(parts, source.name, wide)
    # A page that a browser saved as one file has the date and the name of the browser, not of the author.
    own = "Snapshot-Content-Location" not in message and "saved by" not in str(message["From"]).lower()
    headers = {name: _header(message, name) if own else "" for name in ("Subject", "From", "Date", "Organization")}
    attached = [name for part in parts if (name := _attachment(part))]
    if attached and not body.blocks:
        advice = "Save them from the mail and add them as files of their own"
        raise UnreadableFile(source.name, "no_text", f"holds no text of its own, only {', '.join(attached)}", advice)
    readable = [name for name in attached if PurePath(name).suffix.lower() in _READABLE]
    others = [name for name in attached if name not in readable]
    warnings = [f"attachment not read: {name} (save it and add it as a file of its own)" for name in readable]
    warnings += [f"attachment not read: {name}" for name in others]
    return replace(
        body,
        title=re.sub(r"^((re|fwd?|aw|wg)\s*:\s*)+", "", headers["Subject"], flags=re.I) or body.title,
        authors=tuple(name for name, _ in getaddresses([headers["From"]]) if name) or body.authors,
        published=headers["Date"] or body.published,
        publisher=headers["Organization"] or body.publisher,
        warnings=(*body.warnings, *warnings),
    )


def _leaves(message: Message) -> Iterator[Message]:
    payload = message.get_payload()
    if message.get_content_maintype() != "multipart" or not isinstance(payload, list):
        yield message
        return
    for part in payload:
        if isinstance(part, Message):
            yield from _leaves(part)


def _body(parts: list[Message], name: str, wide: bool) -> Extract:
    """The plain parts together, or the pages where they say clearly more."""
    own = [part for part in parts if not _attachment(part)]
    text = _joined([_plain(part, name, wide) for part in own if part.get_content_type() == "text/plain"])
    page = _joined([_page(part, name, wide) for part in own if part.get_content_type() == "text/html"])
    return page if not text.blocks or _length(page) > 1.5 * _length(text) + 40 else text


def _joined(parts: list[Extract]) -> Extract:
    blocks = tuple(block for part in parts for block in part.blocks)
    warnings = tuple(dict.fromkeys(text for part in parts for text in part.warnings))
    return replace(parts[0], blocks=blocks, warnings=warnings) if parts else Extract(())


def _length(extract: Extract) -> int:
    return sum(len(block.text.split()) for block in extract.blocks)


def _text(part: Message, name: str, wide: bool) -> tuple[str, tuple[str, ...]]:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    decoded = decode_bytes(data, name, None if wide else part.get_content_charset())
    return decoded.text, (decoded.warning,) if decoded.warning else ()


def _plain(part: Message, name: str, wide: bool) -> Extract:
    text, warnings = _text(part, name, wide)
    if part.get_param("format") == "flowed":
        # RFC 3676: a space before the line end says that the paragraph goes on; "-- " begins the signature.
        text = re.sub(r"(?<!\n--) \r?\n(?=[^\s>])", "" if part.get_param("delsp") == "yes" else " ", text)
    text = re.split(r"\n-- \r?\n", text, maxsplit=1)[0]
    return Extract(blocks=tuple(text_blocks(text)), warnings=warnings)


def _page(part: Message, name: str, wide: bool) -> Extract:
    text, warnings = _text(part, name, wide)
    return replace(extract_page(parse(text, name)), warnings=warnings) if text.strip() else Extract(blocks=())


def _attachment(part: Message) -> str | None:
    """The name of an attachment, or None for a part of the mail's own text."""
    if part.get_content_disposition() != "attachment" and part.get_content_maintype() in ("text", "multipart"):
        return None
    if part.get_content_maintype() == "image" and part.get_content_disposition() != "attachment":
        return None
    return part.get_filename() or f"a part without a name ({part.get_content_type()})"


def _header(message: Message, name: str) -> str:
    raw = str(message.get(name, ""))
    shown = policy.default.header_factory(name, re.sub(r"\s+", " ", raw))
    return " ".join(str(shown).split())
