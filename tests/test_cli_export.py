"""``monitor export``: every kind in every format that fits it, whole files, and hints where something is wrong."""

import io
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from icalendar import Calendar
from lxml import etree

from monitor.cli import export, export_file
from monitor.cli.export import FORMATS, WHAT, command
from monitor.errors import ConfigError, MonitorError
from monitor.store import Store
from tests.store_builders import matched
from tests.woven_builders import claimed, event, found, hold, quote, record, step, told, whole

DOCS = Path(__file__).resolve().parents[1] / "docs" / "export.md"


@dataclass(frozen=True)
class Only:
    """The settings that this command reads."""

    database_url: str
    dashboard_url: str = "https://monitor.example/"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Only:
    """One article with one of everything, and another one."""
    path = tmp_path_factory.mktemp("export") / "monitor.sqlite3"
    path.write_bytes(migrated_sqlite.read_bytes())
    with Store.open(f"sqlite:///{path}") as store:
        found(store, 1, told(quotes=(quote(),), events=(event(),), aid=(step(),)))
        hold(store)
        (waiting,) = claimed(store)
        record(store, whole(waiting))
        matched(store, 2, text="Somewhere else they spoke of Reykjavik.")
    return Only(f"sqlite:///{path}")


def run(settings: Any, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), obj=settings, catch_exceptions=False)


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("form", [form for form in FORMATS if form not in {"ics", "parquet"}])
def test_everything_comes_as_feed_and_as_table(seeded: Only, what: str, form: str) -> None:
    result = run(seeded, what, "--format", form)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "https://news.example/story/1" in result.stdout
    if form in {"rss", "atom"}:
        etree.fromstring(result.stdout_bytes)
    elif form != "csv":
        lines = result.stdout.splitlines() if form == "jsonl" else [result.stdout]
        assert all(json.loads(line) for line in lines)


def test_events_come_as_a_calendar(seeded: Only) -> None:
    (told_,) = Calendar.from_ical(run(seeded, "events", "--format", "ics").stdout).walk("VEVENT")
    assert str(told_["UID"]).endswith("@monitor.example")


def test_a_search_and_a_topic_narrow_what_is_written(seeded: Only) -> None:
    assert run(seeded, "matches", "--search", "Reykjavik").stdout.count("https://") == 1
    assert run(seeded, "events", "--search", "Reykjavik").stdout.count("\n") == 1
    nothing = run(seeded, "matches", "--topic", "missile_aid")
    assert nothing.stderr == "monitor: no matches in the store yet, or none that fit the options.\n"
    assert nothing.stdout.startswith("matched_at,topic,score")
    assert run(seeded, "matches", "--limit", "1").stdout.count("\n") == 2
    assert run(seeded, "statements", "--since", "2027-01-01").stdout.count("\n") == 1


def test_a_wrong_search_is_told_before_anything_is_written(seeded: Only, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    with pytest.raises(ConfigError):
        run(seeded, "matches", "--search", '"', "--output", str(file))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("a.xml", b"<?xml"),
        ("a.rss", b"<?xml"),
        ("a.atom", b"<?xml"),
        ("a.json", b"{"),
        ("a.csv", b"matched_at"),
        ("a.ndjson", b"{"),
        ("A.JSONL", b"{"),
    ],
)
def test_the_ending_of_the_file_says_the_format(seeded: Only, tmp_path: Path, name: str, begins: bytes) -> None:
    result = run(seeded, "matches", "-o", str(tmp_path / name))
    assert result.stderr == f"monitor: 2 matches written to {tmp_path / name}.\n"
    assert (tmp_path / name).read_bytes().startswith(begins)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_parquet_goes_into_a_file(seeded: Only, tmp_path: Path) -> None:
    files = pytest.importorskip("pyarrow.parquet")
    run(seeded, "matches", "-o", str(tmp_path / "a.parquet"))
    assert files.read_table(tmp_path / "a.parquet").num_rows == 2


def test_a_feed_names_its_own_address_and_keeps_its_id(seeded: Only) -> None:
    first = json.loads(run(seeded, "matches", "--format", "json", "--address", "https://x.example/f").stdout)
    assert (first["feed_url"], first["home_page_url"]) == ("https://x.example/f", "https://monitor.example/")
    atoms = [run(seeded, "matches", "--format", "atom", *more).stdout_bytes for more in ((), ("--title", "Mine"))]
    ids = [etree.fromstring(body).findtext("{*}id") for body in atoms]
    assert ids[0] == ids[1]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("matches", "--format", "ics"), "monitor export events"),
        (("matches", "-o", "out.xyz"), "Add --format with one of: rss"),
        (("matches", "--format", "rss", "--limit", "0"), "x>=1"),
        (("mathces",), "'matches'"),
    ],
)
def test_what_does_not_go_together_is_told_with_what_does(seeded: Only, arguments: tuple[str, ...], hint: str) -> None:
    result = run(seeded, *arguments)
    assert result.exit_code == 2
    assert hint in result.stderr


def test_a_file_is_left_alone_until_the_new_one_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(b"old")

    def fails() -> None:
        with export_file.written(file) as stream:
            stream.write(b"half")
            raise MonitorError("the database went away")

    with pytest.raises(MonitorError, match="went away"):
        fails()
    assert file.read_bytes() == b"old"
    with export_file.written(file) as stream:
        stream.write(b"new")
        assert file.read_bytes() == b"old"
    assert file.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["feed.xml"]


def test_a_link_stays_a_link_and_a_pipe_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "feed.xml").symlink_to(tmp_path / "there" / "feed.xml")
    with export_file.written(tmp_path / "feed.xml") as stream:
        stream.write(b"new")
    assert (tmp_path / "feed.xml").is_symlink()
    assert (tmp_path / "there" / "feed.xml").read_bytes() == b"new"
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with export_file.written(tmp_path / "pipe") as stream:
        stream.write(b"new")
    assert os.read(reader, 10) == b"new"
    os.close(reader)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    def writes(path: Path) -> None:
        with export_file.written(path):
            pass

    with pytest.raises(ConfigError, match=r"No such file or directory\. Check the folder"):
        writes(tmp_path / "nowhere" / "feed.xml")


def test_a_bar_moves_on_a_terminal_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    with export_file.Progress(2, shown=True) as quiet:
        assert list(quiet.counted("ab")) == ["a", "b"]
    assert quiet._bar is None
    screen = _Terminal()
    monkeypatch.setattr("monitor.cli.export_file.sys.stderr", screen)
    with export_file.Progress(2, shown=True) as shown:
        assert list(shown.counted("ab")) == ["a", "b"]
    assert shown.done == 2
    assert "2/2" in screen.getvalue()


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_parquet_is_not_poured_over_a_terminal(seeded: Only, monkeypatch: pytest.MonkeyPatch) -> None:
    class Shown:
        stdout = _Terminal()

    monkeypatch.setattr(export, "sys", Shown)
    result = run(seeded, "matches", "--format", "parquet")
    assert (result.exit_code, "Add --output FILE" in result.stderr) == (2, True)


def test_the_docs_name_every_kind_format_and_option() -> None:
    page = DOCS.read_text(encoding="utf-8")
    assert [name for name in (*WHAT, *FORMATS) if f"| `{name}` |" not in page] == []
    options = [name for option in command.params for name in option.opts if name.startswith("--")]
    assert [name for name in options if f"{name} " not in page and f"{name}`" not in page] == []
