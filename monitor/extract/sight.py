"""A page as it shows itself: what the rules about its kind look at."""

from dataclasses import dataclass

from monitor.extract.markup import Markup

# Characters of text. A flash is one sentence, a short text a few, a stub what is left before a wall.
FLASH = 60
SHORT = 250
STUB = 700


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One page, read but not yet judged."""

    markup: Markup
    url: str
    """The address that answered."""
    text: str
    """The text taken for the article's."""
    shown: str
    """All text of the page when ``text`` is short, else empty."""
    status: int
    asks_password: bool
    guard: str
    """What of a bot check's works is in a page with next to no text, else empty."""
    link_texts: frozenset[str]
    """Texts of links that are long enough for a headline; not collected from what states that it is an article."""
