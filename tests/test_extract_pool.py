import os
import signal
from collections.abc import Iterator
from dataclasses import replace

import pytest

from monitor.errors import ExtractError, TransientError
from monitor.extract.pages import extract
from monitor.extract.pool import PagePool
from monitor.records.articles import PageKind
from monitor.records.feeds import Document
from tests.test_sources_pool import children

pytestmark = pytest.mark.alone

STORY = "".join(f"<p>The council of Averton met for the {n}th time and spoke about the harbour.</p>" for n in range(30))
PAGE = f"<html lang='en'><head><title>Harbour</title></head><body><article>{STORY}</article></body></html>".encode()


def document(body: bytes) -> Document:
    url = "https://news.example/harbour"
    return Document(key="k", url=url, final_url=url, status=200, body=body, content_type="text/html; charset=utf-8")


@pytest.fixture(scope="module")
def pool() -> Iterator[PagePool]:
    with PagePool(deadline=30) as running:
        yield running


def test_a_page_comes_back_from_the_process_as_it_was_read(pool: PagePool) -> None:
    page = pool.extract(document(PAGE))
    assert page == extract(document(PAGE))
    assert page.kind is PageKind.ARTICLE
    assert "spoke about the harbour" in page.text


def test_what_a_status_says_goes_with_it(pool: PagePool) -> None:
    gone = replace(document(PAGE), status=404)
    assert pool.extract(gone) == extract(gone)
    assert pool.extract(gone).kind is not PageKind.ARTICLE


def test_bytes_that_are_no_page_are_an_extract_error(pool: PagePool) -> None:
    picture = document(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    with pytest.raises(ExtractError) as here:
        extract(picture)
    with pytest.raises(ExtractError) as there:
        pool.extract(picture)
    assert str(there.value) == str(here.value)


def test_a_page_that_hangs_is_given_up_and_the_next_is_read() -> None:
    with PagePool(deadline=2) as hasty:
        before = children()
        hasty.extract(document(PAGE))
        (process,) = children() - before
        os.kill(process, signal.SIGSTOP)
        with pytest.raises(ExtractError, match="not read within 2 s, it was given up"):
            hasty.extract(document(PAGE))
        assert hasty.extract(document(PAGE)).kind is PageKind.ARTICLE


def test_a_closed_pool_says_so() -> None:
    pool = PagePool()
    pool.close()
    with pytest.raises(TransientError, match="closed"):
        pool.extract(document(PAGE))
