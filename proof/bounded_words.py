"""Invented short articles without end: item ``number`` of an outlet is always the same one."""

import random
from dataclasses import dataclass

from benchmarks.board_words import CITIES, SPEAKERS, WEAPONS

MATCHING = 20
"""One article of so many is about the talks or the aid."""
_TOGETHER = 4
"""Articles of one story, each of another outlet."""
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TOWNS = ("Aldermoor", "Breckwater", "Castlebeck", "Dunhallow", "Eastvale", "Fennimore", "Gorsehill", "Harrowby")
_THINGS = ("library", "swimming pool", "bridge", "tram line", "market hall", "harbour wall", "school", "concert hall")
_DOES = ("reopen", "repaint", "extend", "rebuild", "move", "insulate", "clean", "light")
_WHO = ("councillors", "residents", "engineers", "teachers", "shopkeepers", "gardeners", "ferry crews", "bakers")
_WHY = ("the cost", "the noise", "the weather", "the crowds", "the timetable", "the parking", "the view", "the dust")
_PLAIN = (
    "The {who} of {town} want to {does} the {thing} before the end of the season, and have collected {many} names.",
    "A vote on the {thing} in {town} was put off because of {why}, the mayor's office said.",
    "About {many} people came to see the {thing} in {town}; the {who} complained about {why}.",
    "Work on the {thing} costs {many} thousand and takes {few} weeks, if {why} allows it.",
    "Neighbouring {other} had its {thing} done {few} years ago and would not do it again, according to its {who}.",
    "Tickets for the opening go on sale on {day} at the town hall of {other}.",
    "The {who} say that {why} was worse than last year, when only {few} complaints came in.",
)
_MATTERS = ("grain corridor", "prisoner list", "border crossing", "power line", "rail link", "ceasefire line", "fund")
_SYLLABLES = ("bel", "dor", "fen", "gar", "kol", "lin", "mar", "nov", "ost", "pel", "rud", "sul", "tar", "vel", "zor")
_TALKS = (
    "{one} and {two} will meet in {city} on {day} to discuss a ceasefire in Ukraine and the {matter}, officials said.",
    "{one} spoke with {two} by telephone for {many} minutes about an end to the war in Ukraine and the {matter}.",
    '"We need {few} more days for the {matter} before anybody signs," {one} told reporters in {city}.',
    "Aides to {two} said that round {few} of the peace talks in {city} depended on the {matter}.",
    "{one} called the proposal of {two} on the {matter} a step that {many} officials had prepared in {city}.",
)
_AID = (
    "{one} is considering to send {many} {weapon} to Ukraine to guard the {matter}, officials said on {day}.",
    '"Ukraine will have {many} {weapon} at the {matter} by {day}," {one} said in {city}.',
    "{two} warned in {city} that {weapon} for Kyiv would end the talks on the {matter}.",
    "The delivery of {many} {weapon} for the {matter} was approved, according to {few} officials in {city}.",
    "{one} and {two} talked about the {weapon} and the {matter} in {city} for {many} minutes.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One article as an outlet prints it."""

    title: str
    paragraphs: tuple[str, ...]
    matching: bool


def piece(outlet: int, number: int) -> Piece:
    """Item ``number`` of ``outlet``: some 90 words, as teasers and agency notes have."""
    dice = random.Random(outlet * 1_000_003 + number)
    if (number + 7 * outlet) % MATCHING:
        return _plain(dice)
    story = random.Random(f"story {number // MATCHING} {outlet // _TOGETHER}")
    return _matching(story, dice)


def _plain(dice: random.Random) -> Piece:
    facts = _facts(dice)
    sentences = [each.format(**facts) for each in dice.sample(_PLAIN, 6)]
    return Piece(
        title="{who} of {town} argue about the {thing}".format(**facts).capitalize(),
        paragraphs=(" ".join(sentences[:3]), " ".join(sentences[3:])),
        matching=False,
    )


def _matching(story: random.Random, dice: random.Random) -> Piece:
    """What the story's articles have in common, in sentences chosen by each."""
    one, two = story.sample(SPEAKERS, 2)
    # A name that no other story has: what a story is about is what tells it apart.
    matter = f"{''.join(story.choices(_SYLLABLES, k=3)).capitalize()} {story.choice(_MATTERS)}"
    facts = _facts(story) | {"one": one, "two": two, "city": story.choice(CITIES), "weapon": story.choice(WEAPONS)}
    facts["matter"] = matter
    talks, aid = dice.sample(_TALKS, 3), dice.sample(_AID, 2)
    sentences = [each.format(**facts) for each in (*talks, *aid)]
    heads = ("{one} and {two} talk about Ukraine and the {matter}", "{weapon} for Ukraine: {one} on the {matter}")
    return Piece(
        title=f"{dice.choice(heads).format(**facts)}, {facts['day']}",
        paragraphs=(" ".join(sentences[:2]), " ".join(sentences[2:4]), sentences[4]),
        matching=True,
    )


def _facts(dice: random.Random) -> dict[str, str]:
    town, other = dice.sample(_TOWNS, 2)
    return {
        "town": town,
        "other": other,
        "thing": dice.choice(_THINGS),
        "does": dice.choice(_DOES),
        "who": dice.choice(_WHO),
        "why": dice.choice(_WHY),
        "day": dice.choice(_DAYS),
        "many": str(dice.randint(12, 990)),
        "few": str(dice.randint(2, 9)),
    }
