"""Cyrillic and Western pages in every code page that outlets still send, told of truly, falsely or not at all."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.charset import decode, utf8
from monitor.sources.charset import decode as decode_feed
from tests.extractpages import page_of

RUSSIAN = (
    "Представители трёх правительств встретились в Женеве, чтобы подготовить второй раунд переговоров о перемирии. "
    "Делегации четыре часа обсуждали обмен пленными и вывоз зерна, сообщили двое чиновников после встречи. "
    "Дата встречи президентов не назначена, сказал журналистам представитель посредников в понедельник вечером. "
)
UKRAINIAN = (
    "Представники трьох урядів зустрілися в Женеві, щоб підготувати другий раунд переговорів про перемир'я. "
    "Делегації чотири години обговорювали обмін полоненими й вивезення зерна, повідомили двоє посадовців. "
    "Союзники пообіцяли Києву нові системи протиповітряної оборони ще до початку зими, сказав речник. "
)
ALL = ["cp1251", "koi8-r", "koi8-u", "iso-8859-5", "cp866", "mac-cyrillic", "utf-8", "utf-16"]
# Code pages that hold the Ukrainian letters.
WITH_UKRAINIAN = ["cp1251", "koi8-u", "iso-8859-5", "mac-cyrillic", "utf-8", "utf-16"]
NAMES = {"mac-cyrillic": "x-mac-cyrillic", "cp866": "ibm866", "cp1251": "windows-1251"}


def cyrillic(text: str, charset: str, stated: str = "") -> bytes:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={stated}">' if stated else ""
    page = f"<html><head>{meta}<title>Женева</title></head><body><article><p>{text}</p></article></body></html>"
    return page.encode(charset)


@pytest.mark.parametrize("charset", ALL)
@pytest.mark.parametrize("where", ["header", "page"])
def test_a_russian_page_is_read_in_the_charset_it_states(charset: str, where: str) -> None:
    name = NAMES.get(charset, charset)
    body = cyrillic(RUSSIAN, charset, name if where == "page" else "")
    page = page_of(body, content_type=f"text/html; charset={name}" if where == "header" else "text/html")
    assert page.text == RUSSIAN.strip()
    assert page.language == "ru"


@pytest.mark.parametrize("charset", WITH_UKRAINIAN)
def test_a_ukrainian_page_keeps_its_letters(charset: str) -> None:
    page = page_of(cyrillic(UKRAINIAN, charset, NAMES.get(charset, charset)))
    assert page.text == UKRAINIAN.strip()
    assert page.language == "uk"


@pytest.mark.parametrize("lie", ["iso-8859-1", "windows-1252", "us-ascii", "utf-8", "no-such-charset", ""])
@pytest.mark.parametrize("charset", ["cp1251", "koi8-r"])
def test_a_charset_that_cannot_be_true_is_not_believed_of_cyrillic_text(charset: str, lie: str) -> None:
    content_type = f"text/html; charset={lie}" if lie else "text/html"
    assert page_of(cyrillic(RUSSIAN * 2, charset), content_type=content_type).text == (RUSSIAN * 2).strip()


@pytest.mark.parametrize("stated", ["koi8-r", "windows-1251", "iso-8859-5"])
def test_another_cyrillic_charset_than_the_stated_one_is_seen_by_what_it_makes_of_the_text(stated: str) -> None:
    for charset in ("cp1251", "koi8-r", "iso-8859-5"):
        page = page_of(cyrillic(RUSSIAN * 2, charset), content_type=f"text/html; charset={stated}")
        assert page.text == (RUSSIAN * 2).strip(), (charset, stated)


@pytest.mark.parametrize("charset", ["cp1251", "koi8-r", "cp866", "iso-8859-5", "mac-cyrillic"])
def test_the_page_itself_decides_between_two_charsets_that_disagree(charset: str) -> None:
    body = cyrillic(RUSSIAN * 2, charset, NAMES.get(charset, charset))
    assert page_of(body, content_type="text/html; charset=iso-8859-1").text == (RUSSIAN * 2).strip()


def test_a_western_page_that_says_it_is_latin_1_is_read_as_the_windows_page() -> None:
    text = "“Nous irons jusqu’au bout”, a dit le ministre – il n’y a « rien » à ajouter pour 10 €."
    assert decode(f"<p>{text}</p>".encode("cp1252"), "text/html; charset=iso-8859-1") == f"<p>{text}</p>"


@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]))
def test_text_with_a_mark_or_in_utf_8_comes_back_as_it_was(text: str, charset: str) -> None:
    text = text.replace("\0", "").encode("utf-8", "replace").decode()
    text = text.removeprefix("\ufeff")
    if charset == "utf-8" and text.startswith(("\xff\xfe", "\xfe\xff")):
        return
    assert utf8(text.encode(charset), "").decode() == text


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_become_utf_8(body: bytes, content_type: str) -> None:
    assert utf8(body, content_type).decode("utf-8") == decode(body, content_type).encode("utf-8", "replace").decode()


def test_a_charset_behind_many_spaces_takes_no_time() -> None:
    begun = time.process_time()
    decode(b"\xff", "charset=" + " " * 50_000)
    decode_feed(b"\xff", "charset=" + " " * 50_000)
    assert time.process_time() - begun < 2.0
