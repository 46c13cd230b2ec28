"""The personal links of a mail that many get: put in when it is sent, for the edition is everybody's. Pure."""

import re
from dataclasses import replace
from html import escape

from monitor.records.telling.digests import Rendered
from monitor.text import one_line

UNSUBSCRIBE = "\ue000unsubscribe\ue001"
"""Stands for the link. No text or address from outside can hold it: ``house_style`` takes these characters out."""
_SENTENCE = re.compile(r"<!--unsubscribe-->(.*?)<!--/unsubscribe-->", re.DOTALL)
_LINE = re.compile(f"^.*{UNSUBSCRIBE}.*\n?", re.MULTILINE)


def personal(rendered: Rendered, *, unsubscribe: str) -> Rendered:
    """The mail with this link for unsubscribing; without the sentence when there is no link."""
    unsubscribe = one_line(unsubscribe)
    if not unsubscribe:
        return replace(
            rendered,
            html=_SENTENCE.sub("", rendered.html).replace(UNSUBSCRIBE, ""),
            text=_LINE.sub("", rendered.text),
        )
    return replace(
        rendered,
        html=_SENTENCE.sub(r"\1", rendered.html).replace(UNSUBSCRIBE, escape(unsubscribe)),
        text=rendered.text.replace(UNSUBSCRIBE, unsubscribe),
    )
