from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import urls

addresses = st.one_of(
    st.text(max_size=60),
    st.builds(
        "{}://{}{}{}{}".format,
        st.sampled_from(["http", "https", "HTTP", "ftp", ""]),
        st.sampled_from(
            ["example.com", "www.Example.com:80", "m.news.example", "bücher.example", "[::1]", "a..b", "1.2.3.4"]
        )
        | st.text(max_size=15),
        st.text(max_size=20),
        st.sampled_from(["/", "/a/index.html", "/a/amp/", "/a.amp.html", "//a//b", "/a%2fb%7e", "/ü%", ""])
        | st.text(max_size=15),
        st.sampled_from(["", "?utm_source=x&id=1", "?ref=rss", "?a=b&&c", "#part", "?q=%zz"]) | st.text(max_size=15),
    ),
)


@given(addresses)
def test_the_canonical_form_of_a_canonical_form_is_itself(url: str) -> None:
    once = urls.canonical(url)
    assert urls.canonical(once) == once


@given(addresses)
def test_the_canonical_form_of_a_web_address_is_a_web_address_on_https(url: str) -> None:
    if urls.is_web(url):
        assert urls.is_web(urls.canonical(url))
        assert urlsplit(urls.canonical(url)).scheme == "https"


@given(addresses, addresses)
def test_no_base_and_link_break_joining(base: str, link: str) -> None:
    urls.absolute(base, link)
    found = urls.web_link(base, link)
    assert not urls.is_web(base) or not found or urls.is_web(found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://Example.com/a", "https://example.com/a"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("https://example.com/a#part", "https://example.com/a"),
        ("https://example.com/a?utm_source=rss&utm_medium=feed", "https://example.com/a"),
        ("https://www.bbc.co.uk/news/1?at_medium=RSS&at_campaign=KARANGA", "https://www.bbc.co.uk/news/1"),
        ("https://example.com/a?fbclid=1&id=7", "https://example.com/a?id=7"),
        ("https://example.com/a?ref=rss", "https://example.com/a"),
        ("https://example.com/world/index.html", "https://example.com/world/"),
        ("https://example.com/world/", "https://example.com/world"),
        ("https://m.example.com/a", "https://www.example.com/a"),
        ("https://amp.example.com/a", "https://example.com/a"),
        ("https://example.com/a/amp/", "https://example.com/a"),
        ("https://example.com/a.amp.html", "https://example.com/a.html"),
        ("https://example.com/%7Eme", "https://example.com/~me"),
        ("https://example.com/caf%c3%a9", "https://example.com/café"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("  https://example.com/a\n", "https://example.com/a"),
        ("https://example.com\u3002/a", "https://example.com/a"),
        ("https://exam\udcffple.com/\ud800a?b=\udc00c", "https://example.com/a?b=c"),
    ],
)
def test_two_addresses_of_one_page_compare_equal(one: str, other: str) -> None:
    assert urls.canonical(one) == urls.canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/a?id=1", "https://example.com/a?id=2"),
        ("https://example.com/a?page=2", "https://example.com/a"),
        ("https://example.com/a?ref=20", "https://example.com/a"),
        ("https://example.com/A", "https://example.com/a"),
        ("https://example.com:8080/a", "https://example.com/a"),
        ("https://example.com/amp", "https://example.com/"),
        ("https://news.example.com/a", "https://example.com/a"),
        ("https://example.com/a%2Fb", "https://example.com/a/b"),
        ("https://m.co/a", "https://co/a"),
        ("https://example.com/swamp", "https://example.com/sw"),
    ],
)
def test_addresses_of_different_pages_stay_apart(one: str, other: str) -> None:
    assert urls.canonical(one) != urls.canonical(other)


def test_the_order_of_parameters_is_kept() -> None:
    assert urls.canonical("https://example.com/?b=1&utm_id=3&a=2") == "https://example.com/?b=1&a=2"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://News.Example.com:8080/a", "news.example.com"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://example.com./a", "example.com"),
        ("mailto:someone@example.com", ""),
        ("https://", ""),
        ("https://example.com:port/", ""),
    ],
)
def test_the_host_is_lower_case_ascii_and_empty_for_what_is_no_web_address(url: str, expected: str) -> None:
    assert urls.host(url) == expected


@pytest.mark.parametrize(
    ("base", "link", "expected"),
    [
        ("https://example.com/feeds/rss", "/a1", "https://example.com/a1"),
        ("https://example.com/feeds/rss", "a1", "https://example.com/feeds/a1"),
        ("https://example.com/", "//cdn.example/a", "https://cdn.example/a"),
        ("https://example.com/", "javascript:alert(1)", ""),
        ("https://example.com/", "urn:uuid:1", ""),
        ("https://example.com/", "", ""),
        ("feeds/local.xml", "/a1", "/a1"),
        ("feeds/local.xml", "https://example.com/a", "https://example.com/a"),
        ("feeds/local.xml", "mailto:a@example.com", ""),
    ],
)
def test_a_link_becomes_a_web_address_or_nothing(base: str, link: str, expected: str) -> None:
    assert urls.web_link(base, link) == expected
