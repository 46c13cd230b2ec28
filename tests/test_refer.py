"""Who names, pronouns and descriptions stand for."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.understand.refer import SUBJECT, Referents
from tests.quotes_builders import meant, prose


def test_a_pronoun_means_the_subject_of_the_sentence_before() -> None:
    assert meant("Trump met Putin on Friday. Later he flew home.", "he") == "Donald Trump"


def test_a_pronoun_means_somebody_of_its_gender() -> None:
    text = "Macron spoke after Kallas had left. She was going to Kyiv."
    assert meant(text, "She") == "Kaja Kallas"
    assert meant("Kallas spoke before Macron did. He was going to Kyiv.", "He") == "Emmanuel Macron"


def test_whoever_spoke_goes_on_speaking() -> None:
    text = "Zelensky said he had thanked Trump. “It was a good talk,” he added."
    assert meant(text, "he") == "Volodymyr Zelensky"


def test_a_name_within_a_quotation_does_not_take_the_pronoun_behind_it() -> None:
    assert meant("Rubio sounded tired. “I told Putin and Lavrov to stop,” he said.", "he") == "Marco Rubio"


def test_an_object_pronoun_is_not_the_subject_of_its_own_clause() -> None:
    assert meant("Putin waited for an hour. Then Trump greeted him.", "him") == "Vladimir Putin"


def test_nobody_is_meant_where_an_unnamed_person_spoke_last() -> None:
    assert meant("Trump was asleep. A senior official said the call was short. He gave no details.", "He") is None


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("the Ukrainian leader", "Volodymyr Zelensky"),
        ("Ukraine's president", "Volodymyr Zelensky"),
        ("the US president", "Donald Trump"),
        ("the Kremlin spokesman", "Dmitry Peskov"),
        ("the NATO chief", "Mark Rutte"),
        ("Russia's foreign minister", "Sergei Lavrov"),
        ("the head of the European Commission", "Ursula von der Leyen"),
    ],
)
def test_a_description_with_a_country_means_the_holder_of_the_office(phrase: str, name: str) -> None:
    assert meant(f"The talks in Istanbul were short. On Monday {phrase} left early.", phrase) == name


def test_the_date_decides_whom_a_description_means() -> None:
    day = datetime(2023, 2, 1, tzinfo=UTC)
    assert meant("Aid grew. Then the US president left.", "the US president", published=day) == "Joe Biden"


def test_a_bare_title_means_whom_the_text_gave_it() -> None:
    text = "Mayor Ivor Stanbridge met Trump. They talked for an hour. The mayor was pleased."
    assert meant(text, "The mayor") == "Ivor Stanbridge"


def test_a_description_in_commas_belongs_to_the_name_before_it() -> None:
    text = "Olena Marchuk, a doctor who sits on the board, met Kallas. The doctor stayed."
    assert meant(text, "a doctor") == "Olena Marchuk"
    assert meant(text, "The doctor") == "Olena Marchuk"
    assert (
        meant("Peskov met Olena Marchuk, the union leader. The union leader left.", "The union leader")
        == "Olena Marchuk"
    )


def test_a_name_in_commas_says_who_the_description_before_it_is() -> None:
    text = "The committee's chairwoman, Clara Whitcombe, opened the hearing. The chairwoman spoke first."
    assert meant(text, "The chairwoman") == "Clara Whitcombe"


def test_a_foreign_description_is_not_tied_to_the_name_before_it() -> None:
    assert meant("Macron, the German chancellor and others met.", "the German chancellor") == "Friedrich Merz"


def test_a_headline_is_read_after_the_text() -> None:
    text = "NATO's new envoy Olena Marchuk arrived in Kyiv."
    assert meant(text, "NATO envoy", title="NATO envoy: 'We will stay the course'") == "Olena Marchuk"


def test_an_epithet_means_whoever_was_spoken_of_last() -> None:
    assert meant("Clara Whitcombe won the vote. The politician thanked nobody.", "The politician") == "Clara Whitcombe"


@pytest.mark.parametrize("phrase", ["a senior official", "one diplomat", "officials", "the ministers"])
def test_who_is_not_named_is_nobody(phrase: str) -> None:
    assert meant(f"Trump was away. On Monday {phrase} met in Berlin.", phrase) is None


def test_a_name_that_was_not_tagged_is_found_beside_said() -> None:
    assert meant("The hall was full. “No,” said Bryn Oakes. Then he left.", "he") == "Bryn Oakes"
    assert meant("The hall was full when Mr. Oakes rose. Then he left.", "he") == "Oakes"


def test_a_name_that_was_tagged_in_half_is_whole_and_no_namesake() -> None:
    document = prose("“No,” said Devon Whitcombe, who owns it.")
    first = Referents(document).references[0]
    assert document.text(first.start, first.end) == "Devon Whitcombe"
    assert first.entity is not None
    assert first.entity.name == "Devon Whitcombe"


def test_a_bare_surname_is_the_one_whose_full_name_the_text_gives() -> None:
    document = prose("Clara Whitcombe spoke. Whitcombe was brief.")
    assert {one.entity.name for one in Referents(document).references if one.entity} == {"Clara Whitcombe"}


def test_titles_belong_to_the_name_behind_them() -> None:
    document = prose("Former US Secretary of State Marco Rubio and Gov. Clara Whitcombe spoke.")
    phrases = [document.text(one.start, one.end) for one in Referents(document).references if not one.phrase.inner]
    assert phrases == ["Former US Secretary of State Marco Rubio", "Gov. Clara Whitcombe"]


def test_a_subject_is_told_from_an_object() -> None:
    document = prose("On Friday Trump met Putin in Budapest.")
    roles = {one.entity.name: one.role for one in Referents(document).references if one.entity}
    assert roles["Donald Trump"] == SUBJECT
    assert roles["Vladimir Putin"] == "object"
    assert roles["Budapest"] == "oblique"


PIECES = st.lists(
    st.sampled_from(
        "Trump|Putin|he|she|him|the|president|former|Russian|said|,|.|\n|\"|“|”|'|’s|of|Mr.|42-year-old|a|spokesman|U.S.".split(
            "|"
        )
    ),
    max_size=60,
)


@given(PIECES, st.booleans())
def test_references_lie_in_order_inside_any_text(pieces: list[str], spaced: bool) -> None:
    document = prose((" " if spaced else "").join(pieces))
    found = Referents(document).references
    assert [one.start for one in found] == sorted(one.start for one in found)
    assert all(0 <= one.start < one.end <= len(document.document) for one in found)
    assert found == Referents(document).references


@given(st.text(max_size=300))
def test_garbage_raises_nothing(text: str) -> None:
    document = prose(text)
    referents = Referents(document)
    referents.at(0, len(document.document))
