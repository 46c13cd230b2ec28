"""What links in a document are relative to, where elements inside it have an ``xml:base`` of their own.

feedparser lets such a base leak: it stays in force after its element when nothing around has one. Its links are what
the store knows, so the leak is kept.
"""

import re
from typing import Any

from lxml import etree

from monitor.sources import fixes, names
from monitor.sources.raw import Declined

MAY_BE = re.compile(r"base\s*=")


def inner(root: Any) -> dict[Any, str]:
    """The base in force at each element; empty when only the root has one, or none."""
    if not any(_own(element) for element in root.iterdescendants()):
        return {}
    found: dict[Any, str] = {}
    stack: list[str] = []
    base = ""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            base = _joined(base, _own(element))
            stack.append(base)
            found[element] = base
        else:
            stack.pop()
            base = (stack[-1] if stack else "") or base
    return found


def _own(element: Any) -> str:
    if not element.attrib:
        return ""
    attributes = names.attributes(element)
    return attributes.get("xml:base", attributes.get("base", ""))


def _joined(base: str, own: str) -> str:
    if not own:
        return base
    joined = fixes.resolved(base, own)
    if not joined.startswith(("http://", "https://")):
        # feedparser has rules about other schemes.
        raise Declined
    return joined
