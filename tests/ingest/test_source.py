"""Files found, read within limits, and told apart by what is in them."""

import os
import sys
from pathlib import Path

import pytest

from ingest.briefing import SourceFile
from ingest.errors import UnreadableFile
from ingest.source import find_files, read_source, sniff


def test_files_folders_and_globs_each_once(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", ".hidden.md", "data.json", "sub/c.PDF", "sub/.git/d.txt", "x.pdf/e.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("text")
    found = [
        path.relative_to(tmp_path).as_posix() for path in find_files([tmp_path, tmp_path / "*.md", tmp_path / "b.txt"])
    ]
    assert found == ["a.md", "b.txt", "sub/c.PDF", "x.pdf/e.txt"]
    assert list(find_files([tmp_path / "data.json"])) == [tmp_path / "data.json"]
    assert [path.name for path in find_files([tmp_path / "**" / "*.txt"])] == ["b.txt", "e.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links and pipes as on Unix")
def test_loops_pipes_and_folders_do_not_hang(tmp_path: Path) -> None:
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    (tmp_path / "up").symlink_to(".")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "good.txt").write_text("text")
    reasons = {}
    for path in find_files([tmp_path]):
        try:
            read_source(path)
        except UnreadableFile as fault:
            reasons[path.name] = fault.reason
    assert reasons == {"loop.txt": "unreadable", "pipe.txt": "wrong_type"}
    with pytest.raises(UnreadableFile, match="is a folder"):
        read_source(tmp_path)


def test_a_missing_file_is_handed_on_and_then_refused(tmp_path: Path) -> None:
    for missing in (tmp_path / "no.txt", tmp_path / "no*.txt"):
        assert list(find_files([missing])) == [missing]
        with pytest.raises(UnreadableFile) as caught:
            read_source(missing)
        assert caught.value.reason == "missing"


def test_a_huge_file_is_not_even_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(UnreadableFile, match="above the limit"):
        read_source(tmp_path / "huge.txt", limit_bytes=10**6)


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    (tmp_path / "a.txt").chmod(0)
    with pytest.raises(UnreadableFile, match="not allowed"):
        read_source(tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("name", "data", "reason", "says"),
    [
        ("a.pdf", b"", "empty", "empty"),
        ("a.txt", b" \n\t\r\n", "empty", "empty"),
        ("a.txt", "\u00a0\u2003\n".encode(), "empty", "white space"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "unsupported", "old Word"),
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "encrypted",
            "password",
        ),
        ("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "__substg1.0_0037".encode("utf-16-le"), "unsupported", "EML"),
        ("a.docx", b"PK\x03\x04cut short", "damaged", "damaged"),
        ("a.txt", b"{\\rtf1\\ansi Hello}", "unsupported", "RTF"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n0000", "needs_ocr", "OCR"),
        ("a.txt", b"\x1f\x8b\x08\0\0\0\0", "unsupported", "Unpack"),
        ("a", b"\x7fELF\x02\x01\x01", "binary", "not a document"),
        ("a.txt", bytes(range(256)) * 20, "binary", "binary"),
        ("a.csv", b"a,b\n1,2\n", "unsupported", "data or code"),
        ("a.txt", b"VGhpcyBpcyBhIHRleHQgdGhhdCB3YXMgcGFja2Vk\nVGhpcyBpcyBhIHRleHQgdGhhdA==\n", "encoding", "base64"),
    ],
)
def test_what_is_no_briefing_is_refused_with_its_reason(name: str, data: bytes, reason: str, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says) as caught:
        sniff(SourceFile(name, data, ""))
    assert caught.value.reason == reason
    assert caught.value.advice


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.txt", b"%PDF-1.4\n", "pdf"),
        ("a.md", b"\n\n%PDF-1.4\n", "pdf"),
        ("a.txt", b"<!DOCTYPE html><p>Hello</p>", "html"),
        ("a.html", b"Only words, no tags.", "txt"),
        ("a.pdf", b"Only words, no PDF.", "txt"),
        ("a", b"# Heading\n\nText.", "markdown"),
        ("a.txt", b"A line.\n# not a heading\n", "txt"),
        ("a.txt", b"Received: from a\nSubject: x\n\nText.", "eml"),
        ("a.eml", b"Subject: x\nFrom: a@b.c\n\nText.", "eml"),
        ("a.md", b"word " * 100_000, "markdown"),
    ],
)
def test_the_format_by_content_then_by_name(name: str, data: bytes, kind: str) -> None:
    assert sniff(SourceFile(name, data, "")) == kind
