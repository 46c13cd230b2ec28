"""One place where aid is named, and what it is at its most general."""

from dataclasses import dataclass

STRIKE, DEFENCE, PACKAGE, JETS = "long-range missiles", "air defence", "military aid package", "fighter jets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """``name`` is the usual English name with its kind; ``family`` is one of the four above."""

    start: int
    end: int
    name: str
    family: str
    named: bool = True
    """The place names a system, not only a kind of arms."""
    loose: bool = False
    """Only words such as "the missiles": what they stand for was guessed."""
