"""Mail: the part that says more, the headers that matter, attachments named."""

from email.message import EmailMessage

import pytest
from documents import blocks, source

from ingest.errors import UnreadableFile
from ingest.formats import extract


def mail(plain: str | None, page: str | None = None) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"] = "Fwd: Zürich grain", "Ada Pell <ada@example.org>"
    message["Date"] = "Wed, 04 Mar 2026 09:00:00 +0000"
    if plain is not None:
        message.set_content(plain)
    if page is not None:
        message.add_alternative(page, subtype="html") if plain is not None else message.set_content(
            page, subtype="html"
        )
    return message


def test_headers_and_text() -> None:
    kind, found = extract(source("a.eml", bytes(mail("Rain is likely.\n\n- One\n- Two\n"))))
    assert (kind, found.title, found.authors) == ("eml", "Zürich grain", ("Ada Pell",))
    assert found.published is not None
    assert "04 Mar 2026" in found.published
    assert [block.text for block in found.blocks] == ["Rain is likely.", "One", "Two"]


def test_the_page_where_the_plain_part_says_little() -> None:
    page = "<p>Rain is likely in the north and the east of the country.</p>" * 4
    assert len(blocks("a.eml", bytes(mail("See the page.", page)))) == 4
    assert blocks("a.eml", bytes(mail("Rain is likely.", "<p>Rain is <b>likely</b>.</p>"))) == [
        ("paragraph", 0, "Rain is likely.")
    ]


def test_attachments_are_named_not_read() -> None:
    message = mail("Rain is likely.")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="report.pdf")
    found = extract(source("a.eml", bytes(message)))[1]
    assert found.warnings == ("attachment not read: report.pdf (save it and add it as a file of its own)",)


def test_a_mail_of_attachments_alone_says_so() -> None:
    message = EmailMessage()
    message["Subject"] = "Report"
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="report.pdf")
    with pytest.raises(UnreadableFile, match=r"only report\.pdf"):
        extract(source("a.eml", bytes(message)))


def test_flowed_lines_are_one_paragraph_and_the_signature_goes() -> None:
    data = b"Subject: x\nMessage-ID: <1>\nContent-Type: text/plain; format=flowed\n\nRain is \nlikely.\n-- \nAda\n"
    assert blocks("a.eml", data) == [("paragraph", 0, "Rain is likely.")]


def test_a_page_that_a_browser_saved_has_no_mail_headers() -> None:
    data = (
        b"From: <Saved by Blink>\nSnapshot-Content-Location: https://a.b/\nSubject: Grain\n"
        b"Date: Mon, 1 Jan 2024 10:00:00 -0000\n"
        b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="B"\n\n--B\nContent-Type: text/html\n'
        b"Content-Transfer-Encoding: quoted-printable\n\n<html><body><p>Z=C3=BCrich.</p></body></html>\n--B--\n"
    )
    found = extract(source("a.mhtml", data))[1]
    assert (found.published, [block.text for block in found.blocks]) == (None, ["Zürich."])


@pytest.mark.parametrize("data", [b"Subject: x\nMIME-Version: 1.0\n\n", b"From: a@b.c\nMessage-ID: <1>\n"])
def test_a_mail_without_text(data: bytes) -> None:
    with pytest.raises(UnreadableFile) as caught:
        extract(source("a.eml", data))
    assert caught.value.reason == "no_text"


def test_a_memo_is_no_mail() -> None:
    assert (
        extract(source("a.txt", "FROM: Desk\nTO: Minister\nDATE: 3 May 2026\n\nGrain is likely to run short.\n"))[0]
        == "txt"
    )
