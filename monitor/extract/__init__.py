"""Page or feed entry in, article text out. Pure and synchronous: nothing here opens a file or a connection.

``extract`` reads a fetched page, ``from_feed`` an entry's own text, ``language_of`` tells what a text is written in.
"""

from monitor.extract.feedtext import from_feed
from monitor.extract.language import language_of
from monitor.extract.pages import extract

__all__ = ["extract", "from_feed", "language_of"]
