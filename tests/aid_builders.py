"""Articles for the tests of aid and reactions, with the names that the knowledge base has in them."""

import re
from datetime import UTC, datetime

from monitor.records.articles import Article
from monitor.records.findings import Tagged
from monitor.understand import entities
from monitor.understand.names import aliases, standing, words_in
from monitor.understand.prose import Prose

PUBLISHED = datetime(2025, 10, 14, 9, 0, tzinfo=UTC)
_CAPITAL = re.compile(r"[A-Z]")


def prose(title: str, text: str = "") -> Prose:
    """An article in which every known capitalised name was tagged as what it is, as the model would."""
    article = Article(id="a", title=title, text=text, published=PUBLISHED, source="Brightwater Wire", language="en")
    return Prose(article, entities.find(article.document, _tags(article.document)))


def _tags(document: str) -> list[Tagged]:
    words, tags, free = words_in(document), [], 0
    for at, (start, _) in enumerate(words):
        if at < free or not _CAPITAL.match(document, start):
            continue
        for behind in reversed(standing(document, words, at)):
            end = words[behind - 1][1]
            while document[end - 1] in ".'’":
                end -= 1
            known = aliases().get(entities.fold(document[start:end]), ())
            if known:
                tags.append(Tagged(start=start, end=end, text=document[start:end], type=known[0].type, score=0.9))
                free = behind
                break
    return tags
