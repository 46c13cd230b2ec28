"""Pages of invented outlets for the tests of the extract room; every word is our own."""

import json

from monitor.extract.pages import extract
from monitor.records.articles import Page
from monitor.records.feeds import Document

URL = "https://news.example/world/2026/08/17/envoys-meet"
BODY = (
    "Envoys of the three governments met in Geneva on Monday to prepare a second round of talks about a ceasefire.",
    "The delegations spoke for four hours about prisoners, grain and the line of contact, two officials said later.",
    "A spokesman told reporters that no date had been set for a meeting of the presidents, and that none was near.",
    "Allies of Kyiv asked for air defence missiles before the winter, and two of them promised an answer within days.",
    "Moscow said that deliveries of longer range weapons would change nothing at the table and cost more lives.",
    "The mediators will fly to both capitals this week to carry a list of open questions, a diplomat said on Monday.",
)
NEWS = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Envoys meet in Geneva"}


def html(body: str, *, title: str = "Envoys meet in Geneva", head: str = "", ld: object = None) -> bytes:
    """A whole page around ``body``."""
    stated = f'<script type="application/ld+json">{json.dumps(ld)}</script>' if ld else ""
    return f"<!doctype html><html><head><title>{title}</title>{head}{stated}</head><body>{body}</body></html>".encode()


def page_of(body: bytes, *, url: str = URL, content_type: str = "", status: int = 200) -> Page:
    """What the page is read as."""
    return extract(Document(key="k", url=url, final_url=url, status=status, body=body, content_type=content_type))
