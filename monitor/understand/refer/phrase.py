"""A phrase that stands for somebody: a name with its title, a pronoun, or a description."""

from dataclasses import dataclass

from monitor.understand.offices import Described
from monitor.understand.prose import Mention
from monitor.understand.refer.words import Word

NAME, PRONOUN, DESCRIPTION = "name", "pronoun", "description"


@dataclass(slots=True, kw_only=True)
class Phrase:
    """``start:end`` is all of the phrase, title included; ``head`` is the word that counts."""

    start: int
    end: int
    kind: str
    first: int
    """The number of its first word."""
    after: int
    """The number of the first word behind it."""
    head: Word
    mention: Mention | None = None
    described: Described | None = None
    noun: str = ""
    definite: bool = True
    plural: bool = False
    body: bool = False
    """A ministry, a campaign, a newspaper: it speaks, but is nobody."""
    gender: str | None = None
    untagged: str = ""
    """A name behind the noun that was not tagged as one."""
    inner: bool = False
    """It lies within another phrase: the possessor or the country in a description."""

    @property
    def names_person(self) -> bool:
        """It is the name of a person."""
        return self.mention is not None and self.mention.entity.type == "person"
