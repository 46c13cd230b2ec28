"""Tags and names to linked entities."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.records.findings import ENTITY_TYPES, Entity, Tagged
from monitor.understand.entities import aliases, find, fold, link
from monitor.understand.knowledge import entries

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
