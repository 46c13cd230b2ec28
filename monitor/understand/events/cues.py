"""The words around an event that say how far it has come: denied, proposed, planned, going on, over. Patterns only.

Every pattern is tried on a short window of text in small letters (ignoring case costs three times as much), and repeats
only single words a bounded number of times.
"""

import re

_cue = re.compile

_OFF = (
    r"(?:cancel(?:l?ed|s|l?ing)?|call(?:ed|s|ing)? off|shelv(?:ed|es|ing)|scrap(?:ped|s|ping)|postpon(?:ed|es|ing)|"
    r"abandon(?:ed|s|ing)|axed|(?:put|putting|puts|is|are|remains?) (?:it |them )?on (?:hold|ice)|fell through|"
    r"fallen through|collapsed|off the table|derailed|broken off|broke off|halted|terminated)"
)
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
# What may stand between a cue and the noun at the end of the window.
_UP_TO = r"(?: [\w'’\"“”-]+)"

# No contact at all, whatever its form.
INSTEAD = _cue(r"\b(?:without|instead of|rather than|never)(?: \w+)? ?$")
NEVER = _cue(
    r"\b(?:never|not yet|has not|have not|had not|hasn['’]t|haven['’]t|hadn['’]t|did not|didn['’]t|without|failed to|"
    r"unable to|cannot|can['’]t|nor|no)\b(?: \w+){0,3} ?$"
)
# Called off.
NOT_RULED_OUT = _cue(r"\b(?:not|n['’]t) (?:yet )?(?:rul\w+ out|reject\w*|exclud\w*)")
OFF_BEFORE = _cue(
    rf"\b{_OFF}\b|\b(?:rul(?:ed|es|ing) out|no plans? (?:for|to)|no (?:immediate |current )?plans|"
    r"dropp?(?:ed|ing) (?:plans|the idea)|(?:will|would|does|do|did|is|are|was|were)(?:n['’]t|"
    r" not) (?:be )?(?:hold|holding|plan|"
    r"planning|going|meet|meeting|attend|attending|travel|travelling|take part|want|wish)|"
    r"won['’]t (?:be )?(?:hold\w*|meet\w*|attend\w*|travel\w*|take part|speak\w*|visit\w*|go)|"
    r"(?:refus|declin|reject)(?:ed|es|s|ing) (?:to|a|any|the|an|direct|calls))\b"
)
OFF_AFTER = _cue(
    rf"^[^.;:—]{{0,90}}?\b(?:(?:was|were|has been|have been|had been|is|are|been|being|be|"
    rf"got) (?:\w+ )?{_OFF}|fell through|"
    r"collapsed|(?:is|are|was|were|remains) (?:on hold|off the table|off)|(?:will not|"
    r"won['’]t) (?:take place|happen|go ahead))"
)
OFF_NOUN = _cue(rf"\b{_OFF} (?:\w+ ){{0,4}}$|(?:cancellation|postponement|collapse) of (?:\w+ ){{0,5}}$")
# Proposed: asked for, offered, possible, hoped for, a condition.
PROPOSED_BEFORE = _cue(
    r"\b(?:propos(?:e|es|ed|ing|al)|offer(?:s|ed|ing)?|suggest(?:s|ed|ing|ion)?|invit(?:e|es|ed|ing|ation)|"
    r"call(?:s|ed|ing)? (?:for|on)|urg(?:e|es|ed|ing)|demand(?:s|ed|ing)?|press(?:es|ed|ing)? for|"
    r"push(?:es|ed|ing)?(?: (?:for|\w+ into))?|ready|readiness|willing|willingness|open to|prepared to|"
    r"could|can|may|might|should|"
    r"must|would like|would be|possib(?:le|ly|ility)|potential|prospects?|hop(?:e|es|ed|ing)|want(?:s|"
    r"ed|ing)?|seek(?:s|ing)?|sought|"
    r"consider(?:s|ed|ing)?|mull(?:s|ed|ing)?|float(?:s|ed|ing)?|threat(?:en(?:s|ed|ing)?)?s?|ask(?:s|ed|ing)?|"
    r"request(?:s|ed|ing)?|desire|idea of|appeal(?:s|ed)? for|challeng(?:e|es|ed|ing)|need(?:s|ed)? to|"
    r"if|unless|whether|until|"
    r"try(?:ing)?|tri(?:ed|es) to|bid|chance|eventual|rais(?:ed?|es|ing) the|support(?:s|ed)? (?:a|the|"
    r"holding)|force|forc(?:ed|ing)|"
    r"get \w+ to|arrang(?:e|ed|ing)|work(?:ing|s|ed)? (?:on|towards?))\b"
)
ASKED = _cue(r"\b(?:demand|propos|offer|suggest|call|urg|invit|reject|refus|threat|press|push|hop|want)\w*\b")
CONDITION = _cue(r"\b(?:if|would have|could have|should have|might have)\b")
# Planned.
AHEAD = _cue(r"\b(?:ahead of|before|eve of|until|prepar\w+ for|pending|prior to)(?: [\w'’.-]+){0,9} ?$")
PLANNED_BEFORE = _cue(
    r"\b(?:will|['’]ll|to (?!(?:the|an?|his|her|their|its|this|that)\b)[a-z]+|date|set to|"
    r"due to|due|schedul(?:ed|e|es)|expect(?:ed|s|ing)?|plan(?:s|ned|ning)?|"
    r"going to|agree(?:s|d)?|"
    r"agreement|upcoming|forthcoming|next|ahead of|before|prepar(?:e|es|ed|ing|ations?)|would|"
    r"await(?:s|ing)?|eve of|announced|"
    r"later|slated|poised|intends?|intention|looming|imminent|promis(?:e|es|ed)|aims?|confirm(?:s|ed))\b"
)
PLANNED_AFTER = _cue(
    rf"^ for {_DAY}|^[^.;:—]{{0,80}}?\b(?:will|is to|are to|is (?:scheduled|due|set|expected|planned|slated)|"
    r"are (?:scheduled|due|set|expected|planned)|was (?:scheduled|due|expected|planned)|"
    r"were (?:scheduled|due|expected|planned)|"
    r"scheduled|planned|would (?:take|be|come)|set for|next week|tomorrow|later (?:today|this)|expected)\b"
)
FUTURE_VERB = _cue(
    r"\b(?:will|['’]ll|is to|are to|was to|were to|set to|due to|due|schedul(?:ed|es)|expected to|"
    r"plan(?:s|ned|ning) to|going to|"
    r"agreed to|agree to|would|slated to|poised to|intends to|to)\b"
)
WHEN_MEETING = _cue(r"^\W*(?:when|where|before|until|once)\b")
AFTER_MEETING = _cue(r"\b(?:will|would|could|may|might)\b.*\bafter\b[^,;:]*$")
COMES_FOR = _cue(r"\b(?:arriv|flew|fly|flying|travel|land|head|left|went)\w*\b.{0,60}\bfor (?:[\w-]+ ){0,3}$")
PASSIVE = _cue(r"\b(?:will|would|could|can|should|must|may|might|to|not) (?:\w+ )?be(?: \w+ly)? $")
WILL_BE = _cue(r"\b(?:will|to) (?:\w+ )?be(?: \w+ly)? $")
BEFORE_ING = _cue(r"\b(?:before|ahead of|plan\w* (?:on|for)?|will be|due to be|expected to be) ?$")
# Going on.
UNDER_WAY_AFTER = _cue(
    r"^[^.;:—]{0,60}?\b(?:(?:are|is) (?:\w+ )?(?:under ?way|ongoing|continuing|taking place|"
    r"being held)|began|have begun|has begun|"
    r"started|kicked off|got under ?way|opened|continue|continues|resumed|stall|drag on)\b"
)
UNDER_WAY_BEFORE = _cue(
    rf"\b(?:began|begin|begins|beginning|start(?:s|ed)|kick(?:s|ed) off|open(?:s|ed)|under ?way|ongoing|on-going|"
    r"continu(?:e|es|ed|ing)|resum(?:e|es|ed|ing)|currently|now|in (?:the midst of|talks)|engaged in|"
    r"continuing|is|are|amid|"
    rf"progress|pulled? out)\b{_UP_TO}{{0,4}} ?$"
)
IN_OR_ONGOING = _cue(r"(?:^|\s)in (?:\w+ )?$|\b(?:ongoing|current|continuing|continued) (?:[\w-]+ ){0,2}$")
NOW_ING = _cue(r"\b(?:is|are|['’]s|['’]re)(?: (?:currently|now|also|again|still))? ?$")
# Over.
BEHIND = _cue(r"\b(?:after|following|since|hours after|in the wake of|fresh from|back from|upon)(?: [\w'’.-]+){0,9} ?$")
HAD = _cue(
    r"\b(?:held|had(?! been)|hosted|attended|included|finished|concluded|ended|wrapped up|completed|chaired|"
    rf"led|conducted|left|emerged from|took part in)\b{_UP_TO}{{0,6}} ?$"
)
MODAL = _cue(
    r"\b(?:will|would|could|may|might|should|to|not|never|yet|if)(?: \w+)?(?: have| be)? ?$|n['’]t(?: \w+)? ?$"
)
WITHIN = _cue(r"\b(?:in|at|during) (?:[\w-]+ ){1,4}$")
HELD_BEFORE = _cue(
    r"\b(?:after|following|during|since|held|had|hosted|attended|at|in|from|wrapped up|ended|concluded|"
    r"left|emerged from|"
    r"came out of|hailed|praised|described|last|recent|earlier|previous|first|second|third|another|"
    r"lengthy|long|productive)\b"
    rf"{_UP_TO}{{0,6}} ?$"
)
HELD_AFTER = _cue(
    r"^[^.;:—]{0,90}?\b(?:was|were|lasted|ended|took place|concluded|produced|failed|did not|brought|"
    r"marked|went|held|focused|"
    r"covered|yielded|descended|earlier|ago|last (?:week|month|year)|yesterday)\b"
)
AFTER_ING = _cue(r"\b(?:after|since|upon|following) ?$")
WAS_ING = _cue(r"\b(?:was|were|been|be|after|before|by|since|while|without) ?$")
PAST_VERB = _cue(
    r"(?:met|spoke|spoken|talked|discussed|hosted|received|welcomed|greeted|sat|visited|travell?ed|"
    r"flew|flown|headed|went|gone|returned|"
    r"arrived|landed|left|departed|phoned|telephoned|called|rang|spent|got|came|negotiated|swapped|"
    r"exchanged|sanctioned)"
)
ING = re.compile(r"\w+ing")
SUBORDINATE = _cue(
    r"[;:—–]|\s-\s|, (?:and|but|as|so|while|when|who|which|where|after|before|although|though|with|saying|adding)\b|"
    r"\b(?:that|who|which|where|when|while|after|before|because|although|though|but|since|says?|said|"
    r"following|as|ahead of|amid|"
    r"despite)\b"
)
# What follows tells of something else.
NEXT_CLAUSE = _cue(r",? and that |, (?:and|but|while|although) ")
# Truces, sanctions, plans.
AGREED = _cue(
    r"\b(?:agreed|accepted|declared|announced|brokered|signed|secured|reached|honou?r\w*|observ\w*|"
    r"violat\w*|break\w*|broke)\b"
)
REFUSED = _cue(r"\b(?:reject|refus|oppos|resist|declin|brok|deal|plan|work)\w*\b")
IN_FORCE = _cue(
    r"\b(?:in (?:force|effect|place)|into (?:force|effect)|took effect|is holding|has held|was violated|violations)\b"
)
ONCE = _cue(r"\b(?:after|until|once|if|unless|when|before)\b")
THREAT = _cue(
    r"\b(?:threat\w*|warn\w*|could|may|might|would|if|unless|consider\w*|call\w* for|urg\w*|push\w*|"
    r"propos\w*|prepar\w*|reserv\w*|"
    r"potential|possible|new round of|further|more|tougher|ready|want\w*|demand\w*|ultimatum|vow\w*|"
    r"discuss\w*|option)\b"
)
IMPOSED = _cue(
    r"\b(?:imposed?|imposes|adopted|announced|approved|introduced|unveiled|hit|slapped|sanctioned|"
    r"targeted|targets?|levied|agreed|"
    r"placed|put)\b"
)
WILL = _cue(r"\bwill\b")
AUTHORED = _cue(
    r"\b(?:propos|present|draft|unveil|submit|put forward|offer|float|sen[dt]|hand|outlin|announc|"
    r"releas|author|draw|drew|"
    r"agree|back|push|table|circulat|develop|provid|pledg|promis|commit|giv|gave|call|demand|prepar|"
    r"brought|bring|made|make|"
    r"sign)\w*\b"
)
