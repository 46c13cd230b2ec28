"""Words that tell time, each with its kind: the alphabet that ``grammar`` is written in. Pure.

A text becomes one letter per word or mark. Grammar over so short a string costs little, and no hostile text can make it
slow: every pattern reads a bounded number of letters.
"""

import re

LETTERS = {
    "weekday": "W", "month": "M", "unit": "U", "weekend": "K", "season": "S", "part": "P", "deictic": "T",
    "holiday": "V", "number": "n", "count": "c", "one": "a", "few": "f", "ordinal": "O", "year": "Y", "decade": "J",
    "half": "l",
    "last": "L", "next": "X", "this": "H", "same": "j", "recent": "k", "early": "e", "later": "r", "bound": "B",
    "ago": "G", "now": "z", "iso": "I", "numeric": "D", "clock": "C", "zone": "Z",
    "on": "o", "in": "i", "at": "@", "by": "b", "since": "s", "until": "u", "within": "w", "over": "v", "from": "F",
    "between": "m", "and": "A", "or": "R", "to": "t", "before": "y", "after": "Q", "the": "h", "of": "q",
    "possessive": "x", "dash": "-", "comma": ",", "open": "<", "close": ">", "line": "|", "about": "~",
    "quarter": "4",
}  # fmt: skip
"""Kinds by the name that grammar calls them, and the letter that stands for each."""
OTHER = "."

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
SEASONS = ("spring", "summer", "autumn", "winter")
_SHORT_DAYS = ("mon", "tue", "tues", "wed", "weds", "thu", "thur", "thurs", "fri", "sat", "sun")
_SHORT_MONTHS = ("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec")
_UNITS = ("minute", "hour", "day", "week", "fortnight", "month", "year", "decade")
_COUNTS = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth",
)  # fmt: skip

MONTH_OF = {name: number for number, name in enumerate(MONTHS, 1)}
MONTH_OF |= {short: MONTH_OF[full] for short in _SHORT_MONTHS for full in MONTHS if full.startswith(short)}
WEEKDAY_OF = {name: number for number, name in enumerate(WEEKDAYS)}
WEEKDAY_OF |= {short: WEEKDAY_OF[full] for short in _SHORT_DAYS for full in WEEKDAYS if full.startswith(short[:3])}
SEASON_OF = {name: number for number, name in enumerate(SEASONS)} | {"fall": 2}
COUNT_OF = {name: number for number, name in enumerate(_COUNTS, 2)}
COUNT_OF |= {name: 10 * number for number, name in enumerate(_TENS, 2)}
ORDINAL_OF = {name: number for number, name in enumerate(_ORDINALS, 1)}
UNIT_OF = {form: unit for unit in _UNITS for form in (unit, f"{unit}s")}

# Words that are months or weekdays only with a capital: they may, a march, the sun sat.
_CAPITAL = frozenset({"may", "march", "august", *_SHORT_DAYS, *_SHORT_MONTHS})
_SHORT = frozenset({*_SHORT_DAYS, *_SHORT_MONTHS})

_SPELLED: dict[str, str] = {
    "weekday": " ".join(WEEKDAY_OF),
    "month": " ".join(MONTH_OF),
    "unit": " ".join(UNIT_OF),
    "weekend": "weekend weekends",
    "season": " ".join(SEASON_OF),
    "part": "morning afternoon evening night nights midnight noon midday dawn lunchtime nightfall sunrise",
    "deictic": "today yesterday tomorrow tonight overnight",
    "holiday": "christmas easter thanksgiving",
    "count": " ".join(COUNT_OF),
    "one": "a an one",
    "few": "few several couple some many",
    "ordinal": " ".join(ORDINAL_OF),
    "half": "half",
    "last": "last past previous preceding",
    "next": "next coming upcoming following",
    "this": "this current",
    "same": "same that",
    "recent": "recent",
    "early": "early late mid",
    "later": "later earlier",
    "bound": "beginning start end middle close turn",
    "ago": "ago",
    "now": "now",
    "zone": "gmt utc bst cet cest eet eest et est edt ct pt pst pdt msk am pm ist jst",
    "on": "on",
    "in": "in",
    "at": "at around",
    "by": "by",
    "since": "since",
    "until": "until till",
    "within": "within",
    "over": "over during throughout for across",
    "from": "from",
    "between": "between",
    "and": "and &",
    "or": "or",
    "to": "to through thru",
    "before": "before",
    "after": "after",
    "the": "the",
    "of": "of",
    "possessive": "'s ’s s' s’",
    "dash": "- – — −",
    "comma": ",",
    "open": "( [",
    "close": ") ]",
    "about": "nearly almost about roughly approximately exactly just",
    "quarter": "quarter",
}
_KIND = {word: LETTERS[kind] for kind, spelled in _SPELLED.items() for word in spelled.split()} | {
    "\n": LETTERS["line"]
}

_DIGITS = frozenset("0123456789")
_COMPANY = frozenset(LETTERS[kind] for kind in ("month", "number", "ordinal", "part", "iso"))
# A sentence without any of these tells no time: most need no second look.
_TELLING = frozenset(
    word
    for kind in ("weekday", "month", "unit", "weekend", "season", "part", "deictic", "holiday", "quarter")
    for word in _SPELLED[kind].split()
) | {"st", "nd", "rd", "th", "am", "pm", "gmt", *map(str, range(1900, 2100))}
_RUN = re.compile(r"[a-z]+|[0-9]+")
_CLOCK = re.compile(r"[0-9]:[0-9]{2}|[0-9] ?[ap]\.m|[0-9]{4}s\b")
# What digits are is told later, by what the word looks like.
_TOKEN = re.compile(
    r"[^\W\d_]+"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?z?)?(?![0-9-])"
    r"|[0-9]{1,2}([./])[0-9]{1,2}\1(?:[0-9]{4}|[0-9]{2})(?![0-9/]|\.[0-9])"
    r"|[0-9]{1,2}(?:[:.][0-9]{2})? ?[ap](?:\.m\.|m\b)"
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9:])"
    r"|[0-9]{1,4}(?:st|nd|rd|th)\b|[0-9]{4}s\b"
    r"|[0-9]+(?:[.,][0-9]+)*|['’]s\b|\n|[^\s\w]|_"
)
_NUMERIC = re.compile(r"[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}")


class Words:
    """The words of a sentence: lists of their places and of themselves in small letters, and a letter of kind for each.

    ``text`` and ``small`` (the same in small letters) are the whole text, in which places count.
    """

    def __init__(self, text: str, small: str, start: int, end: int) -> None:
        self.text = text
        found = list(_TOKEN.finditer(small, start, end))
        self.starts = [hit.start() for hit in found]
        self.ends = [hit.end() for hit in found]
        self.words = [hit.group() for hit in found]
        kinds = [_kind_of_number(word) if word[0] in _DIGITS else _KIND.get(word, OTHER) for word in self.words]
        for number, kind in enumerate(kinds):
            if kind in "MW" and self.words[number] in _CAPITAL:
                self._settle(number, kinds)
        if "" in kinds:
            self._drop(kinds)
        self.kinds = "".join(kinds)

    def __len__(self) -> int:
        return len(self.words)

    def capital(self, number: int) -> bool:
        """Whether a word begins with a capital letter."""
        return self.text[self.starts[number]].isupper()

    def _settle(self, number: int, kinds: list[str]) -> None:
        """A full stop belongs to a shortened name; what is a name only with a capital, or in company, may be none."""
        word = self.words[number]
        if (
            word in _SHORT
            and self.words[number + 1 : number + 2] == ["."]
            and self.starts[number + 1] == self.ends[number]
        ):
            self.ends[number] += 1
            kinds[number + 1] = ""
        # "Sun" alone is a newspaper; beside a date or a part of the day it is a day.
        alone = word in _SHORT_DAYS and not any(near in _COMPANY for near in kinds[number + 1 : number + 4])
        if alone or not self.capital(number):
            kinds[number] = OTHER

    def _drop(self, kinds: list[str]) -> None:
        """Take out the marks that a name before them has taken in."""
        kept = [number for number, kind in enumerate(kinds) if kind]
        self.starts = [self.starts[number] for number in kept]
        self.ends = [self.ends[number] for number in kept]
        self.words = [self.words[number] for number in kept]


def may_tell(small: str, start: int, end: int) -> bool:
    """Whether a sentence (in small letters) holds a word that could tell a time."""
    return not _TELLING.isdisjoint(_RUN.findall(small, start, end)) or _CLOCK.search(small, start, end) is not None


def lowered(text: str) -> str:
    """``text`` in small letters, character for character, so that places stay."""
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(letter if len(letter.lower()) != 1 else letter.lower() for letter in text)


def _kind_of_number(word: str) -> str:
    kind = _number_kind(word)
    return LETTERS[kind] if kind else OTHER


def _number_kind(word: str) -> str:
    """What a word that begins with a digit is; empty for amounts that tell no time."""
    if word[4:5] == "-":
        return "iso"
    if word[-2:] in {"st", "nd", "rd", "th"}:
        return "ordinal"
    if ":" in word or word.rstrip(".")[-1] == "m":
        return "clock"
    if word[-1] == "s":
        return "decade"
    if not word.isdecimal():
        return "numeric" if _NUMERIC.fullmatch(word) else ""
    if len(word) == 4 and "1900" <= word <= "2099":
        return "year"
    return "number" if len(word) <= 3 else ""
