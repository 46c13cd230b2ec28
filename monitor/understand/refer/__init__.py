"""Who a name, a pronoun or a description stands for. Pure.

One walk through the document in the order of reading. Whoever is named gains salience, subjects most, and loses it from
sentence to sentence (after Lappin and Leass 1994); a pronoun means the most salient person of its gender. A description
means whom the text introduced by those words, else who holds the office on the day of publication.
"""

from monitor.understand.refer.phrase import DESCRIPTION, NAME, PRONOUN
from monitor.understand.refer.referents import Reference, Referents
from monitor.understand.refer.roles import APPOSITION, OBJECT, OBLIQUE, POSSESSIVE, SUBJECT

__all__ = [
    "APPOSITION",
    "DESCRIPTION",
    "NAME",
    "OBJECT",
    "OBLIQUE",
    "POSSESSIVE",
    "PRONOUN",
    "SUBJECT",
    "Reference",
    "Referents",
]
