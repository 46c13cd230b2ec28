"""Subjects that nobody names: "Trump and Putin agreed that advisers would meet" is no meeting of the two. Pure."""

import re
from collections.abc import Sequence

from monitor.understand.events.actors import Actor

_GROUP = (
    r"(?:advis[eo]rs|ministers|delegations|teams|negotiators|officials|envoys|diplomats|aides|experts|"
    r"representatives|lawmakers|commanders)"
)
_AUXILIARY = (
    r"(?:will|would|are|were|to|have|had|could|may|might|should|then|also|later|again|not|be|both|expected|due|set|"
    r"going|scheduled)"
)
_UNNAMED = re.compile(rf"\b{_GROUP}(?: {_AUXILIARY}){{0,4}} $", re.IGNORECASE)
_REACH = 60


def is_unnamed(document: str, before: Sequence[Actor], floor: int, start: int) -> bool:
    """True when a group that is none of the actors ``before`` is the subject right before ``start``."""
    found = _UNNAMED.search(document, max(floor, start - _REACH), start)
    return found is not None and not any(actor.end > found.start() for actor in before)
