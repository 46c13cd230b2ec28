"""Whether words for missiles speak of the attack and not of aid. Pure."""

import re

_ATTACKERS = re.compile(
    r"(?:russia\w*(?:['’]s)?|moscow['’]s|putin['’]s|kremlin['’]s|enemy|iran\w*|north korean|kinzhal|iskander|"
    r"hypersonic|"
    r"nuclear|ballistic|incoming|drones? and|hostile|chinese|hundreds of drones)\W+(?:\w+\W+){0,1}$",
    re.IGNORECASE,
)
_ATTACKS = re.compile(
    r"[ -](?:attacks?|attack\w*|strikes?|barrages?|threats?|salvos?|fire|test\w*|debris|launch\w*|hits?|struck|"
    r"rain|forces?|"
    r"units?|crews?|control|exports?|embargo|industry|maker|programme|program)\b",
    re.IGNORECASE,
)


def attackers(document: str, start: int) -> bool:
    """Whether the words before a place say that what stands there is the attacker's."""
    return _ATTACKERS.search(document[max(0, start - 40) : start]) is not None


def attacks(document: str, end: int) -> bool:
    """Whether the word behind a place makes an attack, or a trade, of it: "missile strikes", "arms exports"."""
    return _ATTACKS.match(document, end, end + 14) is not None
