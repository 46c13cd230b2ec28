"""What stands around an article on its page: known by the names its boxes carry, and by lines that say so. Pure."""

import re
from functools import lru_cache
from itertools import pairwise

TAGS = frozenset(
    "aside audio button canvas datalist dialog figcaption figure footer form header iframe input label map math menu "
    "nav noscript object option picture script select style svg template textarea video".split()
)
"""Elements that hold no sentence of an article."""
_WORDS = frozenset(
    "ad ads author authors banner bio breadcrumb breadcrumbs byline caption captions carousel comment comments consent "
    "cookie cookies copyright correction credit credits date dateline disclaimer disqus donate donation footer gallery "
    "gdpr hidden infobox menu meta modal nav navigation newsletter newsletters outbrain overlay paywall popular popup "
    "print rail related respond share sharedaddy sharing sidebar signup skip slideshow social subscribe subscription "
    "taboola tag tags teaser teasers timestamp toolbar trending widget widgets".split()
)
_STARTS = ("advert", "promo", "recirc", "recommend", "sponsor", "subscri")
# Words that say nothing each by itself.
_PAIRS = frozenset(
    "also-read more-from more-on more-stories most-popular most-read most-viewed read-also read-more read-next sign-up "
    "you-may".split()
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_LONGEST_NAMES = 400
_LONGEST_LINE = 300

# Each begins a line; a sentence of an article that begins so would be longer than its limit.
_SAYS = (
    # Other articles, in the languages of the feeds.
    r"(?:read (?:more|also|next|too)|also read|see also|related(?: (?:articles?|stories|story|content|topics?|"
    r"links?))?|more (?:on this|from)|"
    r"recommended(?: for you| stories)?|most (?:read|popular)|watch|listen|in pictures|up next|don.t "
    r"miss)\s*(?:[:>»→|–—-].*|$)",
    r"(?:read more|continue reading|keep reading|full story)\b.{0,100}$",
    r"(?:читайте (?:также|ещ[её])|читать (?:далее|также)|по теме|смотрите также|подробнее)\s*(?:[:>»→|–—-].*|"
    r"\b.{0,40}$)",
    r"(?:читайте також|читати (?:далі|також)|за темою|дивіться також|детальніше)\s*(?:[:>»→|–—-].*|\b.{0,40}$)",
    r"(?:lesen sie (?:auch|mehr|dazu)|mehr zum thema|weiterlesen|auch interessant|siehe auch)\b.{0,100}$",
    r"(?:lire (?:aussi|la suite)|à lire aussi|voir aussi|sur le même sujet)\b.{0,100}$",
    # Letters, accounts and networks.
    r"(?:sign up|subscribe|register)(?: now| here| today)? (?:for|to)\b.{0,80}\b(?:newsletters?|e-?mails?|inbox|"
    r"alerts?|briefing|podcast|channel)\b",
    r"(?:get|receive|have)\b.{0,80}\b(?:in|to) your inbox\b|.{0,60}\bdelivered to your inbox\b",
    r"(?:follow|like|join|find) (?:us|me)\b.{0,60}\b(?:on|in)\b.{0,100}$|(?:follow|download)\b.{0,60}\b(?:our|"
    r"the) (?:app|channel|telegram|whatsapp)\b",
    r"(?:share|tweet|email|print|save|copy link|comments?|leave a (?:comment|reply)|post a comment|reply)(?: "
    r"(?:this|on|via|with|the|to)\b.{0,60})?$",
    r"(?:подпи(?:сывайтесь|шитесь)|следите за нами|присоединяйтесь)\b.{0,160}$|(?:підпи(?:суйтесь|шіться)|стежте "
    r"за нами|приєднуйтесь)\b.{0,160}$",
    r"(?:abonnieren sie|folgen sie uns|jetzt abonnieren|abonnez-vous|suivez-nous|inscrivez-vous)\b.{0,160}$",
    # Pictures and their makers.
    r"(?:photos?|photo credit|image(?: credit)?s?|picture|video|caption|credit|file photo|illustration|фото|"
    r"ілюстрація|иллюстрация|bild|foto)\s*"
    r"(?:credits?|by|source|courtesy(?: of)?)?\s*[:/©|].{0,140}$",
    r"(?:©|\(c\)|copyright\b).{0,160}$|(?:all rights reserved|все права защищены|всі права захищені|alle rechte "
    r"vorbehalten)\b.{0,80}$",
    r".{0,40}\b(?:getty images|shutterstock|afp via getty|ap photo|epa-efe)[^.]{0,40}$",
    # Advertising, cookies, service.
    r"(?:advertisements?|advertising|sponsored(?: content)?|promoted|реклама|anzeige|werbung|publicité|story "
    r"continues below.{0,30})$",
    r"(?:we use cookies|this (?:site|website) uses cookies|accept (?:all )?cookies|by continuing to (?:use|"
    r"browse))\b.{0,240}$",
    r"(?:мы используем|этот сайт использует|ми використовуємо) (?:файлы |файли )?cookie.{0,200}$|(?:diese "
    r"(?:web)?seite verwendet|wir verwenden) cookies.{0,200}$",
    r"(?:click|tap) here (?:to|for)\b.{0,120}$|(?:skip to (?:content|main)|back to top|loading|show (?:more|less)|"
    r"view (?:all|more))\b.{0,30}$",
    r"(?:have|got) (?:a|any) (?:tip|story|question)s?\b.{0,120}\b(?:contact|e-?mail|send|write)\b",
)  # fmt: skip
_LINE = re.compile("|".join(rf"(?:{each})" for each in _SAYS), re.IGNORECASE)


@lru_cache(maxsize=8_192)
def is_named_so(names: str) -> bool:
    """True when a class or id calls its element something that stands beside articles.

    >>> is_named_so("c-newsletterBox"), is_named_so("article-body")
    (True, False)
    """
    words = [word.lower() for word in _WORD.findall(names[:_LONGEST_NAMES])]
    return (
        not _WORDS.isdisjoint(words)
        or any(word.startswith(_STARTS) for word in words)
        or any(f"{first}-{second}" in _PAIRS for first, second in pairwise(words))
    )


def is_line(line: str) -> bool:
    """True for a line that invites, credits or advertises instead of telling the story."""
    return len(line) <= _LONGEST_LINE and _LINE.match(line) is not None


def without_lines(text: str) -> str:
    """``text`` without such lines; all of it when nothing else would be left."""
    kept = [line for line in text.split("\n") if not is_line(line.strip("-–—•* \t"))]
    return "\n".join(kept).strip() or text
