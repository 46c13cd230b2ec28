"""Training articles as feeds and pages show them: cut short, without a title, behind menus, in other spellings.

A variation never changes what an article is about, so its grades stay. Only items without either topic are strung
together into long round-ups: they teach that many windows are not many chances to match.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from models.recipe.data import Graded
from monitor.text import sentences

SPELLINGS = (
    ("Zelensky", "Zelenskyy", "Zelenskiy", "Zelenskyi"),
    ("Kyiv", "Kiev"),
    ("defence", "defense"),
    ("Volodymyr", "Vladimir"),
    ("ceasefire", "cease-fire", "truce"),
    ("U.S.", "US", "American"),
)
# What stands around an article on its page and says nothing of it.
DEBRIS = (
    "Skip to main content", "Subscribe", "Sign in", "Menu", "Home | World | Politics | Business | Sport | Culture",
    "We use cookies to improve your experience. Accept all Manage settings", "Share on Facebook Share on X Email Print",
    "By our correspondent", "Updated 3 hours ago", "4 min read", "Listen to this article", "Advertisement",
    "Most read", "Live updates", "Newsletters", "Get the morning briefing in your inbox", "Photo: press service",
    "Follow us on Telegram", "Comments (112)", "Editor's picks", "Breaking news", "Watch: the day in pictures",
    "This article is more than a year old", "Support independent journalism", "Tags: world, politics, Europe",
    "Opinion", "Analysis", "Exclusive", "Getty Images", "File photo", "Weather Today 14°", "Download our app",
    "Russia-Ukraine war", "War in Ukraine", "Trump administration", "Middle East", "Climate", "US & Canada",
)  # fmt: skip


def varied(item: Graded, dice: random.Random, others: Sequence[Graded]) -> Graded:
    """Return the item as it stands, or now and then in one or more of the guises above."""
    title, text = item.article.title, item.article.text
    if dice.random() < 0.25:
        title, text = _respelled(title, text, dice)
    if not any(item.grades) and others and dice.random() < 0.08:
        text = _strung(text, dice.sample(others, min(len(others), dice.randint(2, 5))))
    elif 2 in item.grades and dice.random() < 0.10:
        text = _cut(text, dice)
    if dice.random() < 0.14:
        text = _behind_debris(text, dice)
    title = _retitled(title, text, dice)
    article = replace(item.article, title=title, text=text)
    return Graded(article=article, grades=item.grades)


def _respelled(title: str, text: str, dice: random.Random) -> tuple[str, str]:
    for family in SPELLINGS:
        pattern = re.compile(r"\b(?:" + "|".join(re.escape(word) for word in family) + r")(?!\w)")
        chosen = dice.choice(family)
        if dice.random() < 0.6:
            title, text = pattern.sub(chosen, title), pattern.sub(chosen, text)
    return title, text


def _strung(text: str, others: Sequence[Graded]) -> str:
    return "\n\n".join([text, *(f"{other.article.title}\n{other.article.text}" for other in others)])


def _cut(text: str, dice: random.Random) -> str:
    """Keep the first sentence or two, as a feed's summary does."""
    ends = [end for _, end in sentences(text)]
    if len(ends) < 3:
        return text
    return text[: ends[dice.randint(0, 1)]] + dice.choice(("", " …", "..."))


def _behind_debris(text: str, dice: random.Random) -> str:
    before = dice.sample(DEBRIS, dice.randint(1, 9))
    after = dice.sample(DEBRIS, dice.randint(0, 3))
    glue = dice.choice(("\n", "\n", " ", " | "))
    return "\n".join(part for part in (glue.join(before), text, glue.join(after)) if part)


def _retitled(title: str, text: str, dice: random.Random) -> str:
    roll = dice.random()
    if roll < 0.04 and len(text) > 200:
        return ""
    if roll < 0.07:
        return title.upper()
    if roll < 0.10:
        return f"{title} - {dice.choice(('Harbour Wire', 'The Daily Ledger', 'Northern Dispatch', 'Channel 8'))}"
    return title
