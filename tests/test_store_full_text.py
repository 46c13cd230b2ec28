"""What the full-text index alone can find of a search."""

import pytest

from monitor.query import parse
from monitor.query.nodes import And, Not, Or, Words
from monitor.store.searching import full_text


def words(*each: str, is_prefix: bool = False) -> Words:
    return Words(each, is_prefix=is_prefix)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("grain", words("grain")),
        ('"black sea grain"', And((words("black"), words("sea"), words("grain")))),
        ('"black sea" grain', And((words("black"), words("sea"), words("grain")))),
        ("gra*", words("gra", is_prefix=True)),
        ('"black sea" OR grain', Or((And((words("black"), words("sea"))), words("grain")))),
        ("grain NOT port", And((words("grain"), Not(words("port"))))),
        ('grain NOT "black sea"', words("grain")),
    ],
)
def test_words_in_a_row_are_looked_for_wherever_they_stand(search: str, found: object) -> None:
    assert full_text.anywhere(parse(search).root) == found


def test_what_no_index_of_words_knows_stands_nowhere() -> None:
    with pytest.raises(TypeError, match="not made of words"):
        full_text.anywhere(parse("outlet:wire").root)
