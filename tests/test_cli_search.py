"""``monitor search`` and ``monitor searches``, as a person uses them, on both databases."""

import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from monitor import query
from monitor.cli import cli
from monitor.cli.chronicle import told
from monitor.cli.search import command as search
from monitor.cli.searches import command as searches
from monitor.config import Settings
from monitor.errors import ConfigError, QueryError
from monitor.query import fields
from monitor.store import Store
from monitor.store.people.saved_searches import LONGEST_NAME
from monitor.understand import searching
from tests.store_builders import NOW, entity
from tests.telling_builders import arrive, at, nothing
from tests.woven_builders import PUTIN, quote

DOCS = (Path(__file__).resolve().parents[1] / "docs" / "search.md").read_text()


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url, catalogue=False)


@pytest.fixture
def seeded(settings: Settings) -> Settings:
    said = quote("They will not change a thing", speaker=PUTIN, speaker_id="Q7747", about=("Tomahawk",))
    with Store.open(settings.database_url) as store:
        given = nothing(entities=(entity("Volodymyr Zelensky", "Q3874799"),), quotes=(said,))
        arrive(store, "first", given, when=at(0), text="Missiles and hostages were spoken of in Istanbul.")
        arrive(store, "second", nothing(), when=at(1), text="Missile defence, and drones.")
    return settings


def run(settings: Settings, command: click.Command, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), obj=settings, catch_exceptions=False)


def titles(settings: Settings, *arguments: str) -> list[str]:
    found = json.loads(run(settings, search, "--json", *arguments).stdout)
    return [hit["title"].removeprefix("Story ") for hit in found]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("missiles",), ["first"]),
        (("missil*",), ["second", "first"]),
        (("missil*", "-drones"), ["first"]),
        (("missil*", "-hostages"), ["second"]),
        (("-is:state", "-drones"), ["first"]),
        (("--limit", "1", "missil*", "-nothing"), ["second"]),
        (('"missile defence"', "OR", "istanbul"), ["second", "first"]),
        (("said:Putin", "about:Tomahawk"), ["first"]),
        (("who:Zelenskyy",), ["first"]),
        (("who:Q3874799",), ["first"]),
        (("said:Putin -(about:Tomahawk)",), []),
    ],
)
def test_the_language_is_spoken_on_the_command_line(seeded: Settings, words: tuple[str, ...], found: list[str]) -> None:
    assert titles(seeded, *words) == found


def test_pages_join_by_the_number_of_the_last_hit(seeded: Settings) -> None:
    head, line = run(seeded, search, "missil*", "--limit", "1").stdout.splitlines()
    assert head.startswith("id\t")
    assert titles(seeded, "missil*", "--before", line.partition("\t")[0]) == ["first"]


def test_nothing_found_and_nothing_asked_are_told_apart(seeded: Settings) -> None:
    nothing_found = run(seeded, search, "unheard")
    assert (nothing_found.exit_code, nothing_found.stdout) == (0, "")
    assert "no stored article fits" in nothing_found.stderr
    asked = run(seeded, search, " ")
    assert asked.exit_code == 2
    assert "nothing to look for" in asked.stderr


def test_a_mistake_is_shown_with_its_place(seeded: Settings) -> None:
    with pytest.raises(QueryError) as error:
        run(seeded, search, "missiles", "sayd:Putin")
    assert str(error.value).splitlines()[1:] == ["    missiles sayd:Putin", "             ^"]
    assert "Did you mean said:?" in str(error.value)


def test_a_search_is_kept_under_a_name_used_renamed_and_removed(seeded: Settings) -> None:
    assert "no saved searches" in run(seeded, searches, "list").stderr
    assert run(seeded, searches, "add", "Zelensky's", "who:zelenskyy").stdout == (
        'Zelensky\'s: who:"Volodymyr Zelensky"\n'
    )
    only = run(seeded, searches, "add", "no drones", "-drones", "-hockey")
    assert only.stdout == "no drones: -drones -hockey\n"
    assert "finds everything else" in only.stderr
    assert titles(seeded, "--saved", "ZELENSKY'S") == ["first"]
    assert titles(seeded, "--saved", "zelensky's", "-hostages") == []
    assert titles(seeded, "--saved", "no drones") == ["first"]
    run(seeded, searches, "rename", "no drones", "No  DRONES")
    found = json.loads(run(seeded, searches, "list", "--json").stdout)
    assert [(each["name"], each["search"]) for each in found] == [
        ("Zelensky's", 'who:"Volodymyr Zelensky"'),
        ("No DRONES", "-drones -hockey"),
    ]
    assert "No DRONES\t-drones -hockey\t" in run(seeded, searches, "list").stdout
    run(seeded, searches, "remove", "no drones")
    with pytest.raises(ConfigError, match="monitor searches list"):
        run(seeded, search, "--saved", "no drones")


def test_a_name_is_taken_once_and_a_search_that_cannot_be_read_is_not_kept(store: Store) -> None:
    kept = store.searches.add("Desk", "a  AND b", now=NOW)
    assert (kept.search, store.searches.get("DESK"), store.searches.listed()) == ("a b", kept, (kept,))
    other = store.searches.add("other", query.parse("c"), now=NOW)
    with pytest.raises(ConfigError, match="already"):
        store.searches.add(" desk ", "c", now=NOW)
    with pytest.raises(ConfigError, match="already"):
        store.searches.rename("other", "DESK")
    with pytest.raises(ConfigError, match="needs a name"):
        store.searches.add(" \n", "c", now=NOW)
    with pytest.raises(ConfigError, match=f"{LONGEST_NAME} at most"):
        store.searches.rename("other", "x" * (LONGEST_NAME + 1))
    with pytest.raises(QueryError, match="never closed"):
        store.searches.add("open", "(a", now=NOW)
    for work in (store.searches.get, store.searches.remove, lambda name: store.searches.rename(name, "new")):
        with pytest.raises(ConfigError, match="no saved search 'nobody'"):
            work("nobody")
    assert store.searches.rename("desk", "DESK").name == "DESK"
    assert [each.id for each in store.searches.listed()] == [kept.id, other.id]


@pytest.mark.parametrize("name", ["Putin", "Zelenskyy", "Kyiv", "NATO", "Tomahawks", "the Kremlin", "Joe Nobody"])
def test_a_search_means_by_a_name_what_the_other_commands_mean(name: str) -> None:
    assert (searching.canonical(name) or name) == told.canonical(name)


def test_a_canonical_name_stands_for_itself() -> None:
    for name in ("Zelenskyy", "Putin", "Moscow", "Patriots"):
        found = searching.read(f'said:"{name}"')
        assert searching.read(str(found)) == found


def test_both_commands_are_reached_through_the_program(sqlite_url: str) -> None:
    for command in ("search", "searches"):
        assert f"Usage: cli {command}" in CliRunner().invoke(cli, [command, "--help"]).stdout
    listed = CliRunner().invoke(cli, ["--db", sqlite_url, "searches", "list", "--json"])
    assert listed.stdout == "[]\n"


def test_the_docs_have_every_field_and_their_examples_can_be_read() -> None:
    assert [field for field in fields.FIELDS if f"`{field}:" not in DOCS] == []
    forms = [line.split("|")[1] for line in DOCS.splitlines() if line.startswith("| `")]
    examples = [example for form in forms for example in re.findall("`([^`]+)`", form)]
    assert len(examples) > 25
    for example in (*examples, *fields.FIELDS.values()):
        assert query.parse(str(query.parse(example))) == query.parse(example)
