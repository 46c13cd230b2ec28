"""The article's text by trafilatura, for the pages that ``dense`` is not sure of."""

import itertools
import logging

import trafilatura
from lxml import etree, html
from trafilatura.meta import reset_caches

from monitor.errors import ExtractError

_PAGES_PER_RESET = 500
_pages_read = itertools.count(1)
# It reports as warnings what is a value here.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def find(tree: html.HtmlElement, where: str) -> str:
    """The text, or empty when there is none; raises ExtractError, which names ``where``, when the library fails."""
    try:
        found = trafilatura.bare_extraction(tree, fast=True, include_comments=False)
    except (etree.LxmlError, AttributeError, LookupError, RecursionError) as error:
        raise ExtractError(
            f"{where}: taking the article out failed ({type(error).__name__}: {error}). Report the page; "
            "the feed's own text is used."
        ) from error
    finally:
        if next(_pages_read) % _PAGES_PER_RESET == 0:
            reset_caches()
    return found.text or "" if found is not None else ""
