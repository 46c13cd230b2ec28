"""The words that tell of diplomatic contacts. Data only: which words set a rule off, and what must stand around them.

A word of the text is looked up in a table, and only then patterns are tried at its place: an article has a few dozen
such places, so the cost does not grow with the number of rules.
"""

import re
from dataclasses import dataclass
from functools import cache

# What a diplomatic offer is about.
_OFFERED = (
    r"talks|negotiat|meet|summit|ceasefire|cease-fire|truce|plan\b|deal\b|exchange|swap|visit|host|"
    r"mediat|pause|halt|guarantee|"
    r"concession|withdraw|territor|cede|freeze|peace|troops|forces|government|administration|"
    r"end(?:ing)? (?:the|its|his)|"
    r"stop|dialogue|security|lift|ease|invit|help|agree|Ukrain|Kyiv|Kiev|Moscow|Russia"
)
# A place or name follows, maybe after an article: "to the United States", "in Kyiv".
_NAME = r"(?= (?:the )?[A-Z])"


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to tell of an event: any of ``heads``, with ``before`` ending there and ``after`` following."""

    family: str
    type: str
    verb: bool
    heads: tuple[str, ...]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None


def _rule(family: str, type_: str, heads: str, *, verb: bool = False, before: str = "", after: str = "") -> Rule:
    return Rule(
        family,
        type_,
        verb,
        tuple(heads.split()),
        re.compile(rf"(?:{before})$", re.IGNORECASE) if before else None,
        re.compile(after) if after else None,
    )


_ROUNDS = r"(?:talks|negotiations|discussions|consultations|meetings)"
_NOUN_BEFORE = (
    r"(?:\b(?:an?|the|this|that|their|his|her|its|our|my|any|another|no|first|second|third|latest|last|next|hours?|"
    r"hour-long|minutes?|[0-9]+|lengthy|long|short|brief|recent|new|possible|good|great|productive|joint|private|"
    r"scheduled|planned|upcoming|surprise|separate|rare|tense)|['’]s?|[a-z]-[A-Z][\w-]+|-hour|-minute) "
)

RULES = (
    _rule(
        "phone",
        "call",
        "phone telephone video conference",
        after=r"[ -](?:calls?|conversations?|talks?|discussions?)\b",
    ),
    _rule("phone", "call", "phonecall phonecalls teleconference videoconference"),
    _rule("phone", "call", "conversation conversations calls call", after=r"(?= (?:with|between|to) (?!action))"),
    _rule(
        "phone",
        "call",
        "call conversation",
        before=_NOUN_BEFORE,
        after=r"(?! (?:for|on|to action|off|it|him|sign|cent))",
    ),
    _rule("phone", "call", "call", before=r"[A-Z][\w-]+ ", after=r"(?! (?:for|on|off|it|him|a|the|her|them))"),
    _rule(
        "phoned",
        "call",
        "phoned telephoned called calls rang",
        verb=True,
        after=r"(?= (?!for|on|off|the|it|a|an|him|his|her|their|this|that|them)\w)",
    ),
    _rule(
        "spoke",
        "call",
        "spoke spoken speak speaks speaking talked talking",
        verb=True,
        after=r"(?: (?!about|of|out|at|in|that)\w+){0,2}? (?:to|with)\b",
    ),
    _rule(
        "spoke",
        "call",
        "spoke spoken speak speaking",
        verb=True,
        after=r"(?= (?:by|on(?! condition)|over|for(?! himself| itself)|via|again|twice|[A-Z]|today|yesterday))",
    ),
    _rule("spoke", "call", "discuss discusses discussed discussing", verb=True, after=r"(?: [\w’'-]+){1,7}? with\b"),
    _rule(
        "met",
        "meeting",
        "meet meets met",
        verb=True,
        after=r"(?! (?:its|their|his|the|a|all|these|those|our|any) (?:\w+ )?(?:targets?|needs?|demands?|"
        r"deadlines?|goals?|criteria|conditions?|requirements?|obligations?|commitments?)\b)",
    ),
    _rule(
        "met",
        "meeting",
        "meeting",
        verb=True,
        before=r"\b(?:is|are|was|were|be|been|after|before|by|since|of|for) ",
        after=r"(?= (?:with )?(?:(?:the|his|her) )?(?:\w+ ){0,3}[A-Z])",
    ),
    _rule("met", "meeting", "sat sit sits sitting", verb=True, after=r" down(?: with)?\b"),
    _rule("met", "meeting", "get gets got getting", verb=True, after=r" together\b"),
    _rule("met", "meeting", "spent spend spends spending", verb=True, after=r" (?:\w+ ){1,5}?with\b"),
    _rule("met", "meeting", "come came coming", verb=True, after=r" face[- ]to[- ]face\b"),
    _rule(
        "hosted",
        "meeting",
        "host hosts hosted hosting receive receives received receiving welcome welcomes welcomed welcoming "
        "greet greets greeted expecting",
        verb=True,
    ),
    _rule(
        "meeting",
        "meeting",
        "meeting meetings summit summits sit-down face-to-face tête-à-tête tete-a-tete encounter gathering "
        "get-together",
    ),
    _rule("meeting", "meeting", "conference", before=r"\b(?:peace|security|recovery|reconstruction) "),
    _rule("talks", "talks_round", "talks negotiations negotiation consultations dialogue discussions"),
    _rule("talks", "talks_round", "round rounds", after=rf" of (?:[\w-]+ ){{0,3}}{_ROUNDS}\b"),
    _rule("talks", "talks_round", "negotiate negotiates negotiated negotiating", verb=True),
    _rule("visit", "visit", "visit visits visited visiting", verb=True, after=r"(?= (?:the )?[A-Z])"),
    _rule(
        "visit", "visit", "visit visits trip trips tour", after=r"(?! (?:by|from) (?:the )?(?:[Ff]ederal|[Pp]olice))"
    ),
    _rule(
        "went",
        "visit",
        "travel travels traveled travelled traveling travelling fly flies flew flown flying head heads "
        "headed heading go goes went gone going returned returning returns",
        verb=True,
        after=rf"(?: \w+){{0,2}}? (?:to|for|into)\b{_NAME}",
    ),
    _rule(
        "went",
        "visit",
        "arrive arrives arrived arriving land lands landed landing",
        verb=True,
        after=rf"(?: \w+){{0,3}}? (?:in|at|on)\b{_NAME}",
    ),
    _rule("went", "visit", "leave leaves left leaving departed departs", verb=True, after=rf" for\b{_NAME}"),
    _rule(
        "went",
        "visit",
        "leave leaves left leaving",
        verb=True,
        after=r"(?= (?:the )?(?:White House|Oval Office|Kremlin))",
    ),
    _rule(
        "sea",
        "other",
        "deal agreement accord initiative pact truce ceasefire",
        before=r"\b(?:grain|black sea|shipping|maritime) (?:\w+ )?",
    ),
    _rule("sea", "other", "safe", after=r" (?:shipping|navigation)\b"),
    _rule("ceasefire", "ceasefire", "ceasefire cease-fire ceasefires truce truces armistice cessation moratorium"),
    _rule(
        "ceasefire",
        "ceasefire",
        "halt halts halted halting pause pauses paused pausing stop stops stopped stopping suspend "
        "suspended suspending freeze freezing cease",
        verb=True,
        after=r"(?: (?:of|to|in|on|all|the|their|its|long-range|mutual|"
        r"\w+ing)){0,4}?(?: [\w-]+){0,2}? (?:fighting|hostilities|attacks|strikes|bombing|bombardment|"
        r"where they are)\b",
    ),
    _rule("sanction", "sanction", "sanctions sanction tariffs tariff embargo ultimatum"),
    _rule("sanction", "sanction", "sanctioned sanctioning", verb=True),
    _rule("plan", "offer", "proposal proposals memorandum blueprint"),
    _rule(
        "plan",
        "offer",
        "plan plans framework initiative formula",
        before=r"\b(?:peace|draft|settlement|[0-9]+-?points?|backed|drafted|leaked|proposed|brokered) ",
    ),
    _rule(
        "plan",
        "offer",
        "deal agreement accord settlement treaty",
        before=r"\b(?:draft|backed|drafted|proposed|brokered) (?:peace )?",
    ),
    _rule(
        "plan",
        "offer",
        "plan plans",
        after=r" (?:to (?:end|stop|halt|settle|resolve)|for (?:peace|ending|a ceasefire))\b",
    ),
    _rule("plan", "offer", "guarantee guarantees", before=r"\bsecurity "),
    _rule(
        "plan",
        "offer",
        "terms conditions demands",
        after=r" (?:for|to) (?:\w+ ){0,2}(?:peace|end|ending|deal|agreement|ceasefire|settlement|talks|surrender)\w*",
    ),
    _rule(
        "offer",
        "offer",
        "offer offers offered offering propose proposes proposed proposing suggest suggests suggested "
        "suggesting float floats floated floating",
        verb=True,
        after=rf"(?=[^.;\n]{{0,90}}\b(?:{_OFFERED}))",
    ),
    _rule("offer", "offer", "offer offers"),
    _rule(
        "offer",
        "offer",
        "ready readiness willing willingness prepared open",
        after=r" (?:to|for) (?:\w+ ){0,2}?(?:negotiat|talk|discuss|dialogue|mediat|facilitat|host|work|compromis|"
        r"peace|concession|ceasefire|agree|make|end|stop|consider)\w*",
    ),
    _rule(
        "troops",
        "offer",
        "send sends sending deploy deploys deploying deployment put contribute commit",
        verb=True,
        after=r"(?: (?:of|up|to|its|their|british|french|european|\w+)){0,4}? (?:troops|soldiers|peacekeepers|"
        r"boots|forces|contingents?)\b",
    ),
    _rule(
        "swap",
        "other",
        "prisoner prisoners prisoner-of-war pow pows",
        after=r"(?: of war)?(?:-for-prisoner)?[ -](?:exchanges?|swaps?)\b",
    ),
    _rule(
        "swap",
        "other",
        "exchange exchanged exchanges swap swapped swaps",
        verb=True,
        after=r"(?: of| [\d,]+| the| all| more){0,4}? (?:\w+ ){0,2}?(?:prisoners|pows|captives|bodies)\b",
    ),
    _rule("accord", "other", "deal agreement accord pact", before=r"\b(?:minerals?|resources|economic) (?:\w+ )?"),
    _rule("accord", "other", "declaration letter memorandum", after=r" of intent\b"),
)


@cache
def rules_of(word: str) -> tuple[Rule, ...]:
    """The rules that ``word`` (in small letters) sets off, in their order."""
    return _TABLE.get(word, ())


def _table() -> dict[str, tuple[Rule, ...]]:
    table: dict[str, tuple[Rule, ...]] = {}
    for rule in RULES:
        for head in rule.heads:
            table[head] = (*table.get(head, ()), rule)
    return table


_TABLE = _table()
HEADS = frozenset(_TABLE)
