"""``monitor jobs`` as a person types it: what waits, what broke rounds, and what becomes of it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli
from monitor.errors import ConfigError
from monitor.records.articles import EntryState
from monitor.store import Store
from tests.store_builders import LEASE, add_feed, item, poll

EVIL = "ValueError: \x1b]0;owned\x07odd\nrow\t[red]x"


def run(url: str, *arguments: str) -> Result:
    result = CliRunner().invoke(cli, ["--db", url, "jobs", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def listed(url: str) -> list[list[str]]:
    return [line.split("\t") for line in run(url, "list").stdout.splitlines()]


@pytest.fixture
def url(sqlite_url: str) -> str:
    """A store with three entries: one broke a round, one is in quarantine."""
    now = datetime.now(UTC)
    with Store.open(sqlite_url) as store:
        feed = add_feed(store)
        poll(store, feed, item(1), item(2), item(3), at=now - timedelta(minutes=10))
        for most in (3, 1):
            store.entries.claim(EntryState.NEW, now=now, limit=1, holder=f"a{most}", lease=LEASE)
            store.setbacks.note("screen", f"a{most}", EVIL, now=now, most=most)
    return sqlite_url


def test_the_list_shows_what_waits_and_what_broke_a_round(url: str) -> None:
    lines = listed(url)
    assert lines[0] == ["stage", "waiting", "the oldest since"]
    assert [line[:2] for line in lines[1:6]] == [
        ["poll", "0"], ["screen", "2"], ["read", "0"], ["analyse", "0"], ["chronicle", "0"],
    ]  # fmt: skip
    assert lines[1][2] == "-"
    assert lines[2][2].endswith(" UTC (10 min)")
    assert lines[6:8] == [[""], ["number", "what", "job", "times", "state", "why"]]
    shut_in, noted = lines[8:]
    assert shut_in[:4] == ["2", "entry 2", "screen", "1"]
    assert shut_in[4].startswith("quarantine since ")
    assert noted[:5] == ["1", "entry 3", "screen", "1", "is tried again"]


def test_what_an_error_says_sends_nothing_to_the_terminal(url: str) -> None:
    output = run(url, "list").stdout
    assert "\x1b" not in output
    assert "\x07" not in output
    assert "[red]x" in output
    assert len(listed(url)) == 10


def test_the_list_as_json_holds_stages_then_rows(url: str) -> None:
    rows = json.loads(run(url, "list", "--json").stdout)
    stages, broken = rows[:5], rows[5:]
    assert [row["stage"] for row in stages] == ["poll", "screen", "read", "analyse", "chronicle"]
    assert (stages[0]["waiting"], stages[0]["oldest"]) == (0, None)
    assert datetime.fromisoformat(stages[1]["oldest"]).utcoffset() == timedelta()
    assert [(row["id"], row["kind"], row["row_id"], row["count"]) for row in broken] == [
        (2, "entry", 2, 1), (1, "entry", 3, 1),
    ]  # fmt: skip
    assert broken[0]["error"] == EVIL
    assert broken[1]["quarantined_at"] is None


def test_where_nothing_broke_the_list_says_so_beside_the_table(sqlite_url: str) -> None:
    result = run(sqlite_url, "list")
    assert result.stderr == "Nothing broke a round.\n"
    assert len(result.stdout.splitlines()) == 6


def test_rows_are_let_out_by_number_or_all(url: str) -> None:
    assert run(url, "retry", "2").stdout == "1 row is tried again.\n"
    assert run(url, "retry", "--all").stdout == "0 rows are tried again.\n"
    run(url, "quarantine", "entry", "1")
    run(url, "quarantine", "feed", "1")
    assert run(url, "retry", "--all").stdout == "2 rows are tried again.\n"
    with Store.open(url) as store:
        assert store.setbacks.quarantined() == 0


def test_numbers_that_are_not_in_quarantine_are_told_and_the_others_are_let_out(url: str) -> None:
    with pytest.raises(ConfigError, match="1 of 3 were in quarantine and are tried again"):
        run(url, "retry", "1", "2", "2", "99")
    with pytest.raises(ConfigError, match="0 of 1 were in quarantine"):
        run(url, "retry", "2")


def test_which_rows_has_to_be_said_in_one_way(url: str) -> None:
    for arguments in ((), ("2", "--all")):
        with pytest.raises(ConfigError, match=r"name the numbers .* or --all"):
            run(url, "retry", *arguments)


@pytest.mark.parametrize("number", ["0", "-1", "one", "9" * 30, ""])
def test_what_is_no_number_is_refused(url: str, number: str) -> None:
    for command in (("retry",), ("quarantine", "entry")):
        result = run(url, *command, "--", number)
        assert result.exit_code == 2
        assert number in result.stderr


def test_a_row_is_kept_away_by_hand_with_the_reason(url: str) -> None:
    assert run(url, "quarantine", "feed", "1", "--why", "hangs").stdout == "feed 1 is in quarantine.\n"
    found = next(line for line in listed(url) if "feed 1" in line)
    assert (found[2], found[5]) == ("by hand", "hangs")
    with Store.open(url) as store:
        late = datetime.now(UTC) + timedelta(days=9)
        assert store.feeds.claim_due(now=late, limit=9, holder="a", lease=LEASE) == ()


def test_a_row_that_is_not_there_cannot_be_kept_away(url: str) -> None:
    for kind in ("article", "feed", "entry"):
        with pytest.raises(ConfigError, match=f"there is no {kind} {2**63 - 1}."):
            run(url, "quarantine", kind, str(2**63 - 1))
    assert run(url, "quarantine", "story", "1").exit_code == 2
