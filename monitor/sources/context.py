"""What every part of a well-formed document needs to know of the document around it."""

from dataclasses import dataclass, field
from typing import Any

from monitor.sources import names
from monitor.sources.raw import Declined


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What an entry takes from the document around it."""

    base: str
    language: str
    is_atom: bool
    names: dict[str, str] = field(default_factory=dict)
    """Cache: lxml's tag -> our name."""
    handlers: dict[str, Any] = field(default_factory=dict)
    """Cache: lxml's tag -> what reads it in an entry."""
    bases: dict[Any, str] = field(default_factory=dict)
    """The base of each element, where not all have the same."""

    def base_of(self, element: Any) -> str:
        """What a link in ``element`` is relative to; empty when the document does not say."""
        return self.bases[element] if self.bases else self.base


def name_of(element: Any, context: Context) -> str:
    """The element's name, looked up once for each tag in a document."""
    tag = element.tag
    found = context.names.get(tag)
    if found is None:
        found = context.names[tag] = names.name(element)
        if not found.isascii():
            # The XML of feedparser's parser knows fewer letters in names; there the feed is broken.
            raise Declined
    return found


def language_of(attributes: dict[str, str], inherited: str) -> str:
    """The language inside an element with ``attributes``."""
    return attributes.get("xml:lang", attributes.get("lang", inherited))


def text_of(element: Any) -> str:
    """The stripped text of an element that holds nothing else."""
    if len(element):
        raise Declined
    return (element.text or "").strip()


def is_mixed(element: Any) -> bool:
    """Whether there are words between the elements inside ``element``."""
    between = [element.text, *(child.tail for child in element)]
    return any(words and not words.isspace() for words in between)


def attributes_of(element: Any) -> dict[str, str]:
    """The element's attributes, as ``names.attributes``."""
    return names.attributes(element) if element.attrib else {}
