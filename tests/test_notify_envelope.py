"""Mails as they are sent: nothing from outside breaks out of its place, and the same mail has the same bytes."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ConfigError
from monitor.notify import envelope
from monitor.records.telling.digests import Picture
from monitor.records.telling.messages import Mail
from tests.mail_server import SENDER, mail

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3
VOLUME = Picture(name="volume", alt="Volume", png=PNG)
LADDER = Picture(name="ladder", alt="Ladder", png=PNG[::-1])
LINK = "https://monitor.example/unsubscribe/7." + "x" * 120


def read(letter: Mail, sender: str = SENDER) -> EmailMessage:
    """The message as a receiver parses it; without any defect."""
    data = envelope.letter(letter, sender=sender).data
    parsed = message_from_bytes(data, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert [defect for part in parsed.walk() for defect in part.defects] == []
    return parsed


def content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    text: str = part.get_content()
    return text.replace("\r\n", "\n")


def digest() -> Mail:
    html = '<p>Met — зустрілись</p><img src="cid:volume" alt=""><p>They said "cid:volume" and (cid:ladders)</p>'
    return mail(html=html, pictures=(VOLUME, LADDER), unsubscribe=LINK)


def test_text_stands_before_html_and_pictures_beside_it() -> None:
    message = read(digest())
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    assert content(message, "plain") == digest().text
    assert content(read(mail()), "plain") == mail().text
    assert read(mail()).get_content_type() == "text/plain"


def test_pictures_are_shown_by_content_id_and_those_not_shown_stay_behind() -> None:
    message = read(digest())
    (picture,) = (part for part in message.walk() if part.get_content_type() == "image/png")
    assert picture["Content-ID"] == "<volume.digest.1@monitor.example>"
    assert picture["Content-Disposition"].content_disposition == "inline"
    assert isinstance(picture, EmailMessage)
    assert picture.get_content() == PNG
    html = content(message, "html")
    assert 'src="cid:volume.digest.1@monitor.example"' in html
    assert "(cid:ladders)" in html


def test_programs_are_told_what_it_is() -> None:
    message = read(digest())
    assert message["List-Unsubscribe"] == f"<{LINK}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<digest.monitor.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Monitor-Kind"] == "digest"
    assert message["Message-ID"] == "<digest.1@monitor.example>"
    assert message["Date"].datetime == mail().date
    assert (message["From"], message["To"]) == (SENDER, "1@reader.example")


def test_a_long_link_stays_on_one_line_where_programs_look_for_it() -> None:
    assert f"List-Unsubscribe: <{LINK}>\r\n".encode() in envelope.letter(digest(), sender=SENDER).data


def test_one_click_is_offered_over_a_safe_connection_only() -> None:
    message = read(mail(unsubscribe="http://monitor.example/u/1"))
    assert message["List-Unsubscribe"] == "<http://monitor.example/u/1>"
    assert "List-Unsubscribe-Post" not in message
    assert not [name for name in read(mail()) if name.startswith("List-")]


def test_the_same_mail_has_the_same_bytes_and_other_mails_other_boundaries() -> None:
    first, again = (envelope.letter(digest(), sender=SENDER).data for _ in range(2))
    assert first == again
    other = envelope.letter(replace(digest(), message_id="<digest.2@monitor.example>"), sender=SENDER).data
    boundary = read(digest()).get_boundary()
    assert boundary is not None
    assert boundary.encode() not in other


def test_a_text_that_holds_the_boundary_ends_no_part() -> None:
    inner = f"--{read(digest()).get_boundary()}--\nContent-Type: text/html\n\n<script>"
    message = read(replace(digest(), text=inner))
    assert content(message, "plain") == inner
    assert len(list(message.walk())) == 5


@pytest.mark.parametrize(
    "text", ["Привіт, світе. " * 40, "x" * 5000, "", ".", "\n.\n", "From me\n", "a\rb\r\nc\n", "\x00\x1b"]
)
def test_bodies_arrive_as_they_were(text: str) -> None:
    data = envelope.letter(mail(text=text), sender=SENDER).data
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert data.count(b"\n") == data.count(b"\r") == data.count(b"\r\n")
    assert content(read(mail(text=text)), "plain") == text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.text(max_size=300))
@settings(max_examples=50)
def test_no_subject_becomes_another_header(text: str) -> None:
    hostile = f"{text}\r\nBcc: all@reader.example\r\n\r\n<html>"
    message = read(mail(subject=hostile))
    assert set(message) == set(read(mail()))
    assert " ".join(message["Subject"].split()) == " ".join(envelope.subject(hostile).split())


@pytest.mark.parametrize(
    "text",
    [
        "=?utf-8?b?DQpCY2M6IGFsbEByZWFkZXIuZXhhbXBsZQ==?=",
        "=?utf-8?q?=0D=0ABcc:_x?= news",
        "\u2066=?us-ascii?q?a?=",
        "\ud800",
    ],
)
def test_encoded_words_from_outside_are_not_undone(text: str) -> None:
    message = read(mail(subject=text))
    assert set(message) == set(read(mail()))
    assert message["Subject"] == envelope.subject(text)
    assert "=?" not in message["Subject"]


def test_a_subject_is_never_empty_or_endless() -> None:
    assert read(mail(subject=" \r\n "))["Subject"] == "(no subject)"
    assert len(read(mail(subject="word " * 1000))["Subject"]) <= 200


@pytest.mark.parametrize(
    "sender", ["Монітор, переговорів; <monitor@monitor.example>", '"a" =?utf-8?q?x?= <m@monitor.example>']
)
def test_a_senders_name_stays_a_name(sender: str) -> None:
    parsed = read(mail(), sender)["From"].addresses
    assert len(parsed) == 1
    assert parsed[0].domain == "monitor.example"


def test_an_address_beyond_ascii_asks_for_a_server_that_knows_it() -> None:
    letter = envelope.letter(mail(to="редакція@новини.укр"), sender=SENDER)
    assert letter.needs_utf8
    assert "To: редакція@xn--b1amarcd.xn--j1amh\r\n".encode() in letter.data
    assert envelope.letter(mail(), sender=SENDER).data.isascii()


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "a@b.example, c@d.example"},
        {"message_id": "<a@b>\r\nBcc: x@y.example"},
        {"message_id": "a@b"},
        {"unsubscribe": "https://a.example/>\r\nBcc: x"},
        {"unsubscribe": "javascript:alert(1)"},
    ],
)
def test_what_cannot_be_a_header_is_an_error_of_its_own(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        envelope.letter(replace(mail(), **wrong), sender=SENDER)  # type: ignore[arg-type]


def test_an_odd_kind_or_picture_name_stays_out() -> None:
    odd = replace(digest(), kind="x\r\nBcc: y", pictures=(replace(VOLUME, name='volume"\r\nX: y'),))
    message = read(odd)
    assert message["X-Monitor-Kind"] == "other"
    assert [part.get_content_type() for part in message.walk()][-1] == "text/html"
