"""Pages as the heads of frames between the pool and its processes."""

from datetime import datetime

from monitor.processes.frames import Head
from monitor.records.articles import Page, PageKind
from monitor.records.feeds import Document

_DOCUMENT_FIELDS = ("key", "url", "final_url", "status", "content_type", "content_language", "content_location")
_PAGE_FIELDS = ("url", "title", "text", "published", "authors", "language", "reason")


def from_document(document: Document) -> Head:
    """The head of a request; the document's body is the frame's body."""
    return {name: getattr(document, name) for name in _DOCUMENT_FIELDS}


def document(head: Head, body: bytes) -> Document:
    """The document, as far as extraction looks at it."""
    return Document(body=body, **{name: head[name] for name in _DOCUMENT_FIELDS})


def from_page(page: Page) -> Head:
    """A page as JSON values."""
    return {name: getattr(page, name) for name in _PAGE_FIELDS} | {"kind": page.kind.value}


def page(head: Head) -> Page:
    """The page of a process's answer."""
    values = {name: head[name] for name in _PAGE_FIELDS}
    published = datetime.fromisoformat(head["published"]) if head["published"] else None
    values |= {"authors": tuple(head["authors"]), "published": published, "kind": PageKind(head["kind"])}
    return Page(**values)
