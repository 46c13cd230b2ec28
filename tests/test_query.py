"""The search language: what each form means, how it is written down again, and where a mistake is shown."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from monitor import query
from monitor.errors import ConfigError, QueryError
from monitor.query import names, parsing
from monitor.query.days import bounds
from monitor.query.nodes import (
    Ago,
    And,
    Country,
    Dates,
    DaysAgo,
    Language,
    Name,
    Node,
    Not,
    Or,
    Outlet,
    StateControlled,
    Statement,
    Topic,
    Who,
    Words,
)
from monitor.query.wanted import words_in

NOW = datetime(2025, 10, 16, 15, 30, tzinfo=UTC)


def words(*each: str, prefix: bool = False) -> Words:
    return Words(each, prefix)


A, B, C = words("a"), words("b"), words("c")
PUTIN, TOMAHAWK = Name("Putin"), Name("Tomahawk")
READ: dict[str, Node] = {
    # Words
    "missiles": words("missiles"),
    "a b AND c": And((A, B, C)),
    "a a": A,
    '"air defence"': words("air", "defence"),
    "“air defence”": words("air", "defence"),
    "U.S.": words("U", "S"),
    "Kyiv/Lviv": words("Kyiv", "Lviv"),
    "war*": words("war", prefix=True),
    '"air def"*': words("air", "def", prefix=True),
    "or": words("or"),
    '"OR"': words("OR"),
    "a - ... b": And((A, B)),
    "12:30": words("12", "30"),
    "Breaking: news": And((words("Breaking"), words("news"))),
    'a"b"c': And((A, B, C)),
    "a\x00\ud800b": And((A, B)),
    # What binds how
    "a OR b c": Or((A, And((B, C)))),
    "(a OR b) c": And((Or((A, B)), C)),
    "a (b c)": And((A, B, C)),
    "a OR (b OR c)": Or((A, B, C)),
    "-a": Not(A),
    "NOT a b": And((Not(A), B)),
    "--a": A,
    "NOT NOT a": A,
    "NOT -a": A,
    '-"a b" -(a OR b)': And((Not(words("a", "b")), Not(Or((A, B))))),
    "-... a": A,
    "a(b)": And((A, B)),
    # Fields
    "topic:talks": Topic("talks"),
    "topic:aid": Topic("missile_aid"),
    "topic:MISS": Topic("missile_aid"),
    'topic:"missile aid"': Topic("missile_aid"),
    "who:Rubio,": Who(Name("Rubio")),
    "who:q7747": Who(Name("Q7747")),
    'WHO:"Marco Rubio"': Who(Name("Marco Rubio", is_whole=True)),
    "outlet:guardian": Outlet("guardian"),
    'outlet:"The Guardian"': Outlet("The Guardian"),
    "country:ua": Country("UA"),
    "lang:UK": Language("uk"),
    "is:State": StateControlled(),
    "-is:state": Not(StateControlled()),
    # One statement
    "said:Putin": Statement(PUTIN),
    "about:Tomahawk": Statement(None, (TOMAHAWK,)),
    "said:Putin about:Tomahawk": Statement(PUTIN, (TOMAHAWK,)),
    "about:Tomahawk AND said:Putin": Statement(PUTIN, (TOMAHAWK,)),
    "said:Putin about:Tomahawk about:NATO": Statement(PUTIN, (TOMAHAWK, Name("NATO"))),
    # Two statements
    "said:Putin a about:Tomahawk": And((Statement(PUTIN), A, Statement(None, (TOMAHAWK,)))),
    "(said:Putin) about:Tomahawk": And((Statement(PUTIN), Statement(None, (TOMAHAWK,)))),
    "-said:Putin about:Tomahawk": And((Not(Statement(PUTIN)), Statement(None, (TOMAHAWK,)))),
    "-(said:Putin about:Tomahawk)": Not(Statement(PUTIN, (TOMAHAWK,))),
    "said:Putin OR about:Tomahawk": Or((Statement(PUTIN), Statement(None, (TOMAHAWK,)))),
    "said:Putin said:Trump about:Tomahawk": And((Statement(PUTIN), Statement(Name("Trump"), (TOMAHAWK,)))),
    # Dates
    "date:2025-10-16": Dates(date(2025, 10, 16), date(2025, 10, 16)),
    "date:2025-10-01..": Dates(date(2025, 10, 1), None),
    "date:..2025-10-20": Dates(None, date(2025, 10, 20)),
    "date:2025-10-01..2025-10-20": Dates(date(2025, 10, 1), date(2025, 10, 20)),
    "date:7d": Dates(Ago(7, "d"), None),
    "date:36H": Dates(Ago(36, "h"), None),
    "date:..2w": Dates(None, Ago(2, "w")),
    "date:yesterday": Dates(DaysAgo(1), DaysAgo(1)),
    "date:2025-10-01..today": Dates(date(2025, 10, 1), DaysAgo(0)),
}


@pytest.mark.parametrize("search", READ)
def test_a_search_is_read_as_what_it_means_and_written_so_that_it_is_read_again(search: str) -> None:
    found = query.parse(search)
    assert found.root == READ[search]
    assert query.parse(str(found)) == found


@pytest.mark.parametrize(
    ("search", "written"),
    [
        ("a   AND b", "a b"),
        ("a OR b c", "a OR (b c)"),
        ("NOT (a b)", "-(a b)"),
        ('topic:aid "war"* "AND"', 'topic:missile_aid war* "AND"'),
        ("about:x said:y (said:z)", "said:y about:x (said:z)"),
        ("date:7d.. date:today..today", "date:7d date:today"),
        ('outlet:"bbc" outlet:"bbc news"', 'outlet:bbc outlet:"bbc news"'),
    ],
)
def test_a_search_has_one_way_of_writing(search: str, written: str) -> None:
    assert str(query.parse(search)) == written


@pytest.mark.parametrize(
    ("search", "position", "message"),
    [
        ("", 0, "no word or number"),
        ("... --- !!!", 0, "no word or number"),
        ("a OR", 2, "OR has nothing after it"),
        ("OR a", 0, "OR has nothing before it"),
        ("a AND AND b", 2, "AND has nothing after it"),
        ("AND a", 0, 'quote it: "AND"'),
        ("a NOT", 2, "NOT has nothing after it"),
        ("a NOT OR b", 2, "NOT has nothing after it"),
        ("(a", 0, "never closed"),
        ("a)", 1, "closes none"),
        ("a ()", 3, "nothing stands before this parenthesis"),
        ('a "b c', 2, "never closes it"),
        ('said:"b', 5, "never closes it"),
        ("sayd:Putin", 0, "Did you mean said:?"),
        ("https://news.example", 0, "quote them"),
        ("a said: Putin", 7, "said: has no value"),
        ("said:(a OR b)", 5, "said: has no value"),
        ('who:"..."', 4, "who: has no value"),
        ("topic:weather", 6, "topics are talks, missile_aid"),
        ("is:true", 3, "is:state"),
        ("country:Ukraine", 8, "two letters"),
        ("country:uk", 8, "country:GB"),
        ("lang:ua", 5, "lang:uk"),
        ("lang:eng", 5, "two letters"),
        ("date:2025-02-30", 5, "calendar has no 2025-02-30"),
        ("date:soon", 5, "is no date"),
        ("date:0d", 5, "is no date"),
        ("date:1066-10-14", 5, "no news is from 1066"),
        ("date:2025-10-20..2025-10-01", 5, "lies behind"),
        ("w*", 0, "needs 2 letters"),
        ("ok " + "x" * 201, 3, "more than 200 characters"),
        ("who:" + "x" * 201, 4, "200 at most"),
        ("a" * 2001, 2000, "2000 at most"),
        ("(" * 21 + "a" + ")" * 21, 20, "more than 20 parentheses"),
        ("a " * 101, 200, "100 at most"),
    ],
)
def test_a_mistake_is_shown_where_it_is_with_what_to_do(search: str, position: int, message: str) -> None:
    with pytest.raises(QueryError) as error:
        query.parse(search)
    assert isinstance(error.value, ConfigError)
    assert message in str(error.value)
    assert error.value.position == position
    assert str(error.value).startswith("the search")


def test_the_place_is_marked_below_the_search() -> None:
    with pytest.raises(QueryError) as error:
        query.parse('trump  OR\t(putin "aid)')
    assert str(error.value).splitlines()[1:] == ['    trump  OR (putin "aid)', "                     ^"]


def test_of_a_long_search_the_place_is_shown_and_wide_letters_take_two_columns() -> None:
    with pytest.raises(QueryError) as error:
        query.parse("word " * 40 + "会談 a) " + "word " * 40)
    _, line, caret = str(error.value).splitlines()
    assert line.startswith("    …")
    assert line.endswith("…")
    assert caret.index("^") == line.index(")") + len("会談")


@pytest.mark.parametrize(
    ("search", "excludes"),
    [("-a", True), ("-a -(b c)", True), ("-a OR b", True), ("-a b", False), ("a OR b", False)],
)
def test_a_search_that_only_excludes_is_told_apart(search: str, excludes: bool) -> None:
    assert query.parse(search).only_excludes is excludes


@pytest.mark.parametrize(
    ("search", "first", "last"),
    [
        ("date:2025-10-16", "2025-10-16T00:00", "2025-10-17T00:00"),
        ("date:2025-10-01..", "2025-10-01T00:00", None),
        ("date:..2025-10-20", None, "2025-10-21T00:00"),
        ("date:7d", "2025-10-09T15:30", None),
        ("date:2w..36h", "2025-10-02T15:30", "2025-10-15T03:30"),
        ("date:today", "2025-10-16T00:00", "2025-10-17T00:00"),
        ("date:yesterday..", "2025-10-15T00:00", None),
        ("date:9999w", "1834-02-27T15:30", None),
    ],
)
def test_dates_are_counted_from_the_moment_at_which_somebody_looks(
    search: str, first: str | None, last: str | None
) -> None:
    root = query.parse(search).root
    assert isinstance(root, Dates)
    assert bounds(root, NOW.astimezone(UTC)) == tuple(
        None if end is None else datetime.fromisoformat(f"{end}+00:00") for end in (first, last)
    )


def test_today_is_the_day_in_utc_wherever_the_clock_is() -> None:
    late = datetime(2025, 10, 17, 1, tzinfo=timezone(timedelta(hours=3)))
    root = query.parse("date:today").root
    assert isinstance(root, Dates)
    assert bounds(root, late)[0] == datetime(2025, 10, 16, tzinfo=UTC)


def test_known_names_become_canonical_and_others_stay() -> None:
    known = {"Zelenskyy": "Volodymyr Zelensky", "Odd": 'The "Odd" One'}
    read = query.parse("(who:Zelenskyy OR -said:Zelenskyy) about:Odd about:Nobody who:Q7747 Zelenskyy")
    canonical = names.resolved(read, known.get)
    assert str(canonical) == (
        '(who:"Volodymyr Zelensky" OR -said:"Volodymyr Zelensky") about:"The Odd One" about:Nobody who:Q7747 Zelenskyy'
    )
    assert query.parse(str(canonical)) == canonical


def test_what_is_wanted_can_be_shown_and_what_is_left_out_cannot() -> None:
    read = query.parse('toma* ("long range" OR who:"Marco Rubio") -drones said:Q7747 about:Kyiv topic:aid')
    assert read.terms == (
        words("toma", prefix=True),
        words("long", "range"),
        words("Marco"),
        words("Rubio"),
        words("Kyiv"),
    )
    assert set(words_in("TOMAHAWK drones, tomás and tomato", read)) == {
        "long", "range", "Marco", "Rubio", "Kyiv", "TOMAHAWK", "tomás", "tomato"
    }  # fmt: skip


def test_the_limits_are_those_of_the_docs() -> None:
    assert (parsing.LONGEST, parsing.MOST_TERMS, parsing.DEEPEST) == (2_000, 100, 20)
