"""HTML to blocks: a saved web page without its navigation, and the walk that Markdown, DOCX and mail share."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from lxml import etree
from lxml.html import HTMLParser

from ingest.briefing import SourceFile
from ingest.encoding import decode
from ingest.errors import UnreadableFile
from ingest.extract import Extract, ExtractBlock
from ingest.formats.walk import blocks_of
from ingest.rules import rules

_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]+)", re.I)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_LINK_HOLDERS = ("ul", "ol", "div", "section", "table", "p")


def read_html(source: SourceFile) -> Extract:
    """The article of a saved web page, without navigation, adverts and invitations, and what its head declares."""
    found = _CHARSET.search(source.data[:8192])
    decoded = decode(source, found.group(1).decode("ascii") if found else None)
    extract = extract_page(parse(decoded.text, source.name))
    return replace(extract, warnings=(decoded.warning,) if decoded.warning else ())


def parse(text: str, name: str) -> Any:
    """The element tree of an HTML text; external things are never fetched."""
    parser = HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.ParserError as exc:
        raise UnreadableFile(name, "damaged", "cannot be read as HTML", "Save the page again") from exc
    if root is None:
        raise UnreadableFile(name, "no_text", "holds no text", "Save the page again, as a complete web page")
    if any("depth" in entry.message for entry in parser.error_log):
        raise UnreadableFile(name, "damaged", "nests its elements too deeply", "Save the page as text and add that")
    return root


def extract_page(root: Any) -> Extract:
    """The blocks of a page's main text with the metadata of its head."""
    declared = _declared(root)
    main = _main_text(root)
    blocks = blocks_of(main)
    if main.tag != "body" and not any(block.level == 1 and block.kind != "bullet" for block in blocks):
        outside = [heading for heading in root.iter("h1") if _words(heading)]
        blocks = [ExtractBlock("title", _words(outside[0]), level=1), *blocks] if outside else blocks
    names = rules("formats/html")["declared"]
    return Extract(
        blocks=tuple(blocks),
        title=_first(declared, names["title"]),
        authors=tuple(dict.fromkeys(_all(declared, names["authors"]))),
        published=_first(declared, names["published"]),
        publisher=_first(declared, names["publisher"]),
    )


def _main_text(root: Any) -> Any:
    body = root.find("body") if root.tag == "html" else root
    body = root if body is None else body
    _remove_furniture(body)
    total = len(_words(body))
    for xpath in (".//article", ".//main | .//*[@role='main'] | .//*[@itemprop='articleBody']"):
        found = max(body.xpath(xpath), key=lambda element: len(_words(element)), default=None)
        if found is not None and len(_words(found)) > 0.4 * total:
            return found
    return body


def _remove_furniture(body: Any) -> None:
    total = max(len(_words(body)), 1)
    for element in list(body.iter(*rules("formats/html")["elements"])):
        element.drop_tree()
    only_heading = len(list(body.iter("h1"))) == 1
    for element in list(body.iter(etree.Element)):
        if element is body or element.tag in ("article", "main") or element.getparent() is None:
            continue
        if _is_furniture(element, only_heading) and (len(_words(element)) < 0.4 * total or _is_hidden(element)):
            element.drop_tree()
    for element in list(body.iter(*_LINK_HOLDERS)):
        if element is not body and _is_link_list(element) and len(_words(element)) < 0.4 * total:
            above = element.getprevious()
            if above is not None and re.fullmatch("h[2-6]", above.tag):
                above.drop_tree()
            element.drop_tree()


def _is_furniture(element: Any, only_heading: bool) -> bool:
    if _is_hidden(element) or element.get("role", "").lower() in rules("formats/html")["roles"]:
        return True
    if element.tag in ("header", "footer"):
        inside = next(element.iterancestors("article", "main"), None) is not None
        titled = element.find(".//h1") is not None
        return not inside and not (titled and only_heading)
    named = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", f"{element.get('class', '')} {element.get('id', '')}").lower()
    return (
        not set(re.split(r"[\s_-]+", named)).isdisjoint(rules("formats/html")["classes"])
        and element.find(".//h1") is None
    )


def _is_hidden(element: Any) -> bool:
    hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    return hidden or bool(_HIDDEN.search(element.get("style", "")))


def _is_link_list(element: Any) -> bool:
    links = [_words(link) for link in element.iter("a") if link.get("href")]
    if len(links) < 3 or any(len(link) > 200 for link in links):
        return False
    return sum(map(len, links)) > 0.75 * len(_words(element))


def _words(element: Any) -> str:
    return " ".join(element.text_content().split())


def _declared(root: Any) -> list[tuple[str, str]]:
    """What the page declares about itself, as (name, value) pairs, the most explicit first."""
    pairs = [
        pair
        for script in root.iter("script")
        if "ld+json" in script.get("type", "")
        for pair in _linked_data(script.text or "")
    ]
    for meta in root.iter("meta"):
        name = meta.get("name") or meta.get("property") or meta.get("itemprop") or ""
        pairs.append((name.lower().replace("dcterms.", "dc."), meta.get("content") or ""))
    pairs += [("author", _words(link)) for link in root.iter("a") if "author" in (link.get("rel") or "").split()]
    pairs += [("time", moment.get("datetime") or _words(moment)) for moment in root.iter("time")]
    pairs += [("title", _words(title)) for title in root.iter("title")]
    return [(name, value.strip()) for name, value in pairs if value.strip()]


def _linked_data(text: str) -> Iterator[tuple[str, str]]:
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return
    graph = data.get("@graph", [data]) if isinstance(data, dict) else data
    for node in graph if isinstance(graph, list) else []:
        if not isinstance(node, dict) or not ("headline" in node or "datePublished" in node):
            continue
        for name in ("headline", "datePublished", "author", "publisher"):
            values = node.get(name) if isinstance(node.get(name), list) else [node.get(name)]
            for value in values or []:
                value = value.get("name") if isinstance(value, dict) else value
                if isinstance(value, str):
                    yield name.lower(), value


def _all(declared: list[tuple[str, str]], names: Sequence[str]) -> list[str]:
    return [value for name, value in declared if name in names and not value.startswith(("http:", "https:"))]


def _first(declared: list[tuple[str, str]], names: Sequence[str]) -> str | None:
    return next((value for name in names for value in _all(declared, [name])), None)
