"""Tags and names to linked entities."""

import re
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.records.findings import ENTITY_TYPES, Entity, Tagged
from monitor.understand.entities import _capitalised, _named, _Overlaps, _trimmed, aliases, find, fold, link
from monitor.understand.knowledge import entries
from monitor.understand.names import LONGEST_REMEMBERED
from tests import plain_reading as plain

MARK = re.compile(r"\[([^\]]+)\]\((\w+)\)")


def tagged(marked: str) -> tuple[str, list[Tagged]]:
    """Read a document with inline tags, as the model would give them."""
    text, tags, last = "", list[Tagged](), 0
    for found in MARK.finditer(marked):
        text += marked[last : found.start()]
        tags.append(Tagged(start=len(text), end=len(text) + len(found[1]), text=found[1], type=found[2], score=0.9))
        text += found[1]
        last = found.end()
    return text + marked[last:], tags


def entities(marked: str) -> dict[str, Entity]:
    document, tags = tagged(marked)
    return {entity.name: entity for entity in find(document, tags)}


def test_a_middle_initial_makes_nobody_else() -> None:
    found = entities("Kremlin\n\n[Dmitry S. Peskov](person) spoke. [John Q. Vexel](person) did not.")
    assert set(found) == {"Dmitry Peskov", "John Q. Vexel"}


@pytest.mark.parametrize(
    "name", ["Zelensky", "Zelenskyy", "Zelenskiy", "Volodymyr Zelenskyi", "Зеленський", "Зеленский"]
)
def test_every_spelling_of_zelensky_is_one_person(name: str) -> None:
    found = entities(f"Call held\n\n[{name}](person) spoke.")
    assert found["Volodymyr Zelensky"].id == "Q3874799"


def test_surname_and_full_name_are_one_entity_with_all_its_mentions() -> None:
    found = entities("[Ilsa Brandtner](person) wins\n\n[Ilsa Brandtner](person) won. “No,” [Brandtner](person) said.")
    assert [mention.text for mention in found["Ilsa Brandtner"].mentions] == ["Ilsa Brandtner"] * 2 + ["Brandtner"]
    assert found["Ilsa Brandtner"].id is None


def test_a_stranger_with_a_known_surname_is_not_the_known_person() -> None:
    found = entities("Fire\n\n[Marla Trump-Ellison](person) and [Joe Putin](person) ran a bakery.")
    assert "Vladimir Putin" not in found
    assert "Joe Putin" in found


def test_a_single_ambiguous_word_needs_the_taggers_word() -> None:
    assert "Patriot" not in " ".join(entities("Game\n\nThe Patriots lost in Foxborough."))
    assert any("Patriot" in name for name in entities("Aid\n\nA second [Patriot](weapon) battery arrived."))


def test_a_name_of_several_words_is_believed_on_sight() -> None:
    found = entities("Aid\n\nThe Storm Shadow question came up in the White House again.")
    assert {entity.type for entity in found.values()} >= {"weapon", "organisation"}


def test_a_name_whose_accents_are_characters_of_their_own_is_found() -> None:
    found = entities("Call\n\nVolodymyr Zele\u0301nskyy spoke.")
    assert [mention.text for mention in found["Volodymyr Zelensky"].mentions] == ["Volodymyr Zele\u0301nskyy"]


def test_possessives_and_quotes_are_not_part_of_a_mention() -> None:
    found = entities("Call\n\n[Putin’s](person) aide and [Kyiv's](place) envoy.")
    assert {mention.text for entity in found.values() for mention in entity.mentions} == {"Putin", "Kyiv"}


def test_every_alias_is_found_by_its_own_words() -> None:
    for known in entries():
        for name in (known.name, *known.aliases):
            assert link(name, known.type) is not None, name


def test_ids_are_unique_and_wellformed_and_most_entries_that_matter_have_one() -> None:
    ids = [known.id for known in entries() if known.id]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"Q[1-9]\d*", known) for known in ids)
    assert len(ids) >= 300
    assert {known.type for known in entries()} == set(ENTITY_TYPES)


def test_an_alias_that_two_entries_share_is_ranked() -> None:
    for name, claims in aliases().items():
        same = [known for known in claims if known.type == claims[0].type]
        assert len({known.rank for known in same}) == len(same), name


@given(
    st.text(max_size=120), st.lists(st.tuples(st.integers(0, 120), st.integers(1, 20), st.sampled_from(ENTITY_TYPES)))
)
def test_mentions_are_spans_of_the_document_whatever_is_tagged(text: str, spots: list[tuple[int, int, str]]) -> None:
    tags = [
        Tagged(start=start, end=min(start + length, len(text)), text=text[start : start + length], type=kind, score=0.9)
        for start, length, kind in sorted(spots)
        if start < len(text)
    ]
    for entity in find(text, tags):
        for mention in entity.mentions:
            assert text[mention.start : mention.end] == mention.text


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_more(name: str) -> None:
    assert fold(fold(name)) == fold(name)


RUNS = re.compile(r"[A-Z][\w'’.-]*(?: (?:of |the )?[A-Z0-9][\w'’.-]*)*")
# Marks that fold away or to a space, that normalisation drops or turns into spaces, and plain separators.
BETWEEN = tuple(" |  |-|–|.|'|’|”|/|\n|, |\u0301|\u00a0|\uff9e|\ufe70|'s |’s | 's |".split("|"))
NAMES = st.sampled_from([name for known in entries() for name in (known.name, *known.aliases)])
WORDS = st.one_of(
    NAMES,
    # An accent or an apostrophe in the middle cuts a word in two that are one to the knowledge base.
    st.tuples(NAMES, st.integers(1, 12), st.sampled_from(BETWEEN)).map(
        lambda cut: cut[0][: cut[1]] + cut[2] + cut[0][cut[1] :]
    ),
    st.sampled_from(sorted({word for name in aliases() for word in name.split()})).map(str.title),
    st.sampled_from(["said", "The", "President", "of", "s", "U.S.", "é", "ŉ", "ﬁ", "İ", "4"]),
)
MESSY = st.lists(st.tuples(WORDS, st.sampled_from(BETWEEN)), max_size=12).map(
    lambda parts: "".join(word + between for word, between in parts)
)
SPOTS = st.lists(st.tuples(st.integers(0, 150), st.integers(0, 30), st.sampled_from(ENTITY_TYPES)), max_size=8)


def spans(text: str, spots: list[tuple[int, int, str]]) -> list[Tagged]:
    return [
        Tagged(start=start, end=min(start + length, len(text)), text=text[start : start + length], type=kind, score=0.9)
        for start, length, kind in spots
        if start < len(text)
    ]


def pretended(document: str) -> list[Tagged]:
    """Every run of capitalised words tagged, as some type or other: plenty to agree and to disagree with."""
    return [
        Tagged(start=run.start(), end=run.end(), text=run[0], type=ENTITY_TYPES[crc32(run[0].encode()) % 4], score=0.9)
        for run in RUNS.finditer(document)
    ]


def test_the_quick_search_finds_in_bundled_articles_what_the_plain_one_finds() -> None:
    searched = 0
    for title, text in plain.texts(every=20):
        document = f"{title}\n\n{text}"
        tags = pretended(document)
        assert [_trimmed(document, tag) for tag in tags] == [plain.trimmed(document, tag) for tag in tags]
        found = list(_named(document, tags))
        assert found == list(plain.named(document, tags)), title
        searched += bool(found)
    assert searched > 50


@settings(deadline=None)
@given(MESSY, SPOTS)
def test_the_quick_search_finds_between_odd_marks_what_the_plain_one_finds(
    document: str, spots: list[tuple[int, int, str]]
) -> None:
    tags = spans(document, spots)
    assert list(_named(document, tags)) == list(plain.named(document, tags))


@settings(deadline=None)
@given(st.one_of(MESSY, st.text(max_size=80)), SPOTS)
def test_a_tag_is_trimmed_as_the_plain_way_trims_it(document: str, spots: list[tuple[int, int, str]]) -> None:
    for tag in spans(document, spots):
        assert _trimmed(document, tag) == plain.trimmed(document, tag)


@settings(deadline=None)
@given(SPOTS, st.integers(0, 180), st.integers(0, 180))
def test_spans_over_a_place_are_those_that_a_look_at_each_finds(
    spots: list[tuple[int, int, str]], start: int, end: int
) -> None:
    items = spans("x" * 160, spots)
    touching = [item for item in items if item.start < end and start < item.end]
    assert sorted(map(repr, _Overlaps(items).over(start, end))) == sorted(map(repr, touching))


@settings(deadline=None)
@given(st.one_of(MESSY, st.text(max_size=2 * LONGEST_REMEMBERED)))
def test_folding_does_what_its_plain_form_does(name: str) -> None:
    assert fold(name) == plain.fold(name)
    assert _capitalised(name) == plain.capitalised(name)


@pytest.mark.parametrize(
    ("name", "kind", "score", "found"),
    [
        ("Hamas", "organisation", 0.3, True),
        ("Hamas", "organisation", 0.2, False),
        ("Vexelon", "organisation", 0.55, False),
        ("Vexelon", "organisation", 0.65, True),
        ("Vexelon Institute", "organisation", 0.55, True),
        ("Vexelon", "person", 0.55, True),
        ("Vexelon", "person", 0.45, False),
    ],
)
def test_a_half_doubted_tag_counts_where_the_name_is_known(name: str, kind: str, score: float, found: bool) -> None:
    document = f"News\n\nIt was {name} that answered."
    at = document.index(name)
    tag = Tagged(start=at, end=at + len(name), text=name, type=kind, score=score)
    assert bool(find(document, [tag])) is found
