"""Feeds made up for measuring: thirty entries each, RSS and Atom, about 43 KB, the same ones in every run.

A feed has versions: each has one new entry at the top and has lost the one at the bottom.
"""

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache

ENTRIES = 30
EVERY = timedelta(minutes=7)
"""Between the dates of two entries; the feeds of a version all end at the same time."""
_ATOM_EACH = 3
_WORDS = (
    "river council market bridge harbour minister report school village season budget train station farmer teacher "
    "museum garden winter summer storm factory company worker union harvest road forest mountain island ferry ticket "
    "doctor hospital nurse patient engine signal cable satellite battery bridge lighthouse library archive painter "
    "writer singer theatre stage audience player coach league stadium referee runner cyclist record medal trophy "
    "said told asked opened closed began ended moved grew fell rose built planned signed agreed refused repaired "
    "measured counted found lost carried promised delayed reached crossed painted planted visited welcomed described "
    "quietly early late again slowly nearly almost together alone yesterday today tomorrow before after during under "
    "new old small large long short green red northern southern local public private open careful ordinary heavy "
    "because although while when where which that this these those with without between along across beside over"
).split()
_NAMES = ("A. Miller", "B. Okafor", "C. Lindqvist", "D. Rahman", "E. Petrova", "F. Castillo", "G. Tanaka")


def document(number: int, version: int, newest: datetime) -> bytes:
    """The body of feed ``number`` in that version; the top entry of version 0 is dated ``newest``."""
    atom = number % _ATOM_EACH == 0
    made = _atom_entry if atom else _rss_item
    parts = [made(number, version - place, newest + (version - place) * EVERY) for place in range(ENTRIES)]
    head, foot = _atom_frame(number, newest) if atom else _rss_frame(number)
    return (head + "\n".join(parts) + foot).encode()


def _sentence(dice: random.Random, least: int = 8, most: int = 18) -> str:
    return " ".join(dice.choices(_WORDS, k=dice.randint(least, most))).capitalize() + "."


def _paragraph(dice: random.Random) -> str:
    address = f"https://example.com/{dice.randrange(10**6)}?utm_source=feed&amp;part=2"
    told = " ".join(_sentence(dice) for _ in range(dice.randint(1, 4)))
    return (
        f'<p>{_sentence(dice)} <a href="{address}">{dice.choice(_WORDS)}</a> <strong>{told[:9]}</strong>{told[9:]}</p>'
    )


@lru_cache(maxsize=200_000)
def _words_of(number: int, place: int) -> tuple[str, str, str, str]:
    """Title, summary, content and author of one entry; ``place`` counts upwards with the time."""
    dice = random.Random(number * 100_003 + place)
    # Feeds differ: some give a line, some the whole text.
    paragraphs = dice.randint(0, 1) if number % 4 == 0 else dice.randint(1, 4)
    picture = f'<figure><img src="https://img.example.com/{dice.randrange(10**7)}.jpg" width="640" alt="x"/></figure>'
    content = "\n".join(_paragraph(dice) for _ in range(paragraphs)) + (picture if dice.random() < 0.3 else "")
    return _sentence(dice, 5, 10)[:-1], f"<p>{_sentence(dice)}</p>", content, dice.choice(_NAMES)


def _escaped(markup: str) -> str:
    return markup.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _rss_item(number: int, place: int, at: datetime) -> str:
    title, summary, content, author = _words_of(number, place)
    return (
        f"<item><title>{title}</title><link>https://site{number}.example.com/{number}/story-{place + 100}.html</link>"
        f'<guid isPermaLink="false">site{number}-{place + 100}</guid><pubDate>{format_datetime(at)}</pubDate>'
        f"<dc:creator><![CDATA[{author}]]></dc:creator><category>News</category>"
        f"<description>{_escaped(summary)}</description><content:encoded><![CDATA[{content}]]></content:encoded>"
        f'<media:thumbnail url="https://img.example.com/{place + 100}.jpg" width="240" height="135"/></item>'
    )


def _atom_entry(number: int, place: int, at: datetime) -> str:
    title, summary, content, author = _words_of(number, place)
    return (
        f'<entry><title type="html">{title}</title>'
        f'<link rel="alternate" type="text/html" href="https://site{number}.example.com/{place + 100}.html"/>'
        f"<id>tag:site{number}.example.com,2026:{place + 100}</id><updated>{at.isoformat()}</updated>"
        f'<published>{at.isoformat()}</published><author><name>{author}</name></author><category term="News"/>'
        f'<summary type="html">{_escaped(summary)}</summary><content type="html">{_escaped(content)}</content></entry>'
    )


def _rss_frame(number: int) -> tuple[str, str]:
    home = f"https://site{number}.example.com/"
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" '
        f'xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Site {number}</title><link>{home}</link>'
        f'<atom:link href="{home}feed" rel="self" type="application/rss+xml"/><description>News of site {number}'
        "</description><language>en</language>\n"
    )
    return head, "\n</channel></rss>\n"


def _atom_frame(number: int, newest: datetime) -> tuple[str, str]:
    home = f"https://site{number}.example.com/"
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
        f'<title>Site {number}</title><link href="{home}"/><link rel="self" href="{home}atom.xml"/>'
        f"<updated>{newest.astimezone(UTC).isoformat()}</updated><id>{home}</id>\n"
    )
    return head, "\n</feed>\n"
