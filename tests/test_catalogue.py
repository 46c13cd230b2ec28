from collections import Counter

import pytest

from monitor import urls
from monitor.catalogue import KINDS, catalogue, read
from monitor.records.feeds import FeedSpec


def test_the_catalogue_is_as_wide_as_promised() -> None:
    feeds = catalogue()
    assert len(feeds) >= 80
    assert len({feed.outlet for feed in feeds}) >= 40
    assert len({feed.country for feed in feeds} - {"EU", "UN"}) >= 15


@pytest.mark.parametrize("feed", catalogue(), ids=lambda feed: feed.url)
def test_every_feed_is_described_in_full(feed: FeedSpec) -> None:
    assert urls.is_web(feed.url)
    assert urls.is_web(feed.homepage)
    assert feed.title
    assert feed.outlet
    assert feed.family
    assert len(feed.country) == 2
    assert feed.country.isupper()
    assert feed.language == "en"
    assert feed.kind in KINDS


def test_no_feed_is_listed_twice() -> None:
    counts = Counter(urls.canonical(feed.url) for feed in catalogue())
    assert [url for url, count in counts.items() if count > 1] == []


def test_the_feeds_of_one_outlet_agree_on_who_owns_it() -> None:
    owners: dict[str, set[tuple[str, str, bool]]] = {}
    for feed in catalogue():
        owners.setdefault(feed.outlet, set()).add((feed.family, feed.country, feed.state_controlled))
    assert {outlet: said for outlet, said in owners.items() if len(said) > 1} == {}


def test_a_key_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyError, match="owner"):
        read('[[feed]]\nurl = "https://a.example/rss"\nowner = "x"\n')
