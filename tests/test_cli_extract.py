"""``monitor extract`` on files, folders and addresses."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.cli.extract import command
from monitor.config import load
from tests.misbehaving import MisbehavingServer
from tests.test_extract import SENTENCES, STORY, html

PAGE = html(f"<article>{STORY}</article>")


def run(*arguments: str, **values: Any) -> Result:
    return CliRunner().invoke(command, arguments, obj=load(**values))


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_json_has_one_object_for_each_page_in_the_order_given(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    (folder / "sub").mkdir(parents=True)
    (folder / "b.html").write_bytes(PAGE)
    (folder / "a.html.gz").write_bytes(gzip.compress(PAGE))
    (folder / "sub" / "c.htm").write_bytes(PAGE)
    (folder / "notes.txt").write_text("no page")
    single = tmp_path / "odd.bin"
    single.write_bytes(PAGE)
    result = run("--json", str(single), str(folder))
    assert result.exit_code == 0, result.output
    rows = lines(result)
    assert [Path(str(row["source"])).name for row in rows] == ["odd.bin", "a.html.gz", "b.html", "c.htm"]
    assert rows[0]["url"] == str(single)
    assert rows[0] | {"url": "", "source": ""} == {
        "url": "",
        "title": "Envoys meet in Geneva",
        "text": "\n".join(SENTENCES),
        "published": None,
        "authors": [],
        "language": "en",
        "kind": "article",
        "reason": "",
        "source": "",
    }


def test_a_bad_file_is_reported_and_never_stops_the_rest(tmp_path: Path) -> None:
    (tmp_path / "good.html").write_bytes(PAGE)
    (tmp_path / "bad.html").write_bytes(b"%PDF-1.7")
    (tmp_path / "cut.html.gz").write_bytes(gzip.compress(PAGE)[:-20])
    (tmp_path / "empty").mkdir()
    names = [tmp_path / name for name in ("missing.html", "bad.html", "cut.html.gz", "empty", "good.html")]
    result = run("--json", *map(str, names))
    assert result.exit_code == 1
    rows = lines(result)
    assert [set(row) for row in rows[:4]] == [{"url", "error"}] * 4
    assert [row["url"] for row in rows[:4]] == [str(name) for name in names[:4]]
    assert "No such file" in str(rows[0]["error"])
    assert "PDF" in str(rows[1]["error"])
    assert rows[4]["kind"] == "article"


def test_processes_give_the_same_answers_in_the_same_order(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number:02}.html").write_bytes(html(f"<article>{STORY}</article>", title=f"Number {number}"))
    assert lines(run("--json", "--jobs", "2", str(tmp_path))) == lines(run("--json", str(tmp_path)))


def test_people_read_title_facts_and_text(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(PAGE)
    result = run(str(tmp_path / "a.html"), str(tmp_path / "missing.html"))
    assert result.exit_code == 1
    assert result.stdout.startswith("Envoys meet in Geneva\n")
    assert "no date · no author · en · article" in result.stdout
    assert SENTENCES[-1] in result.stdout
    assert "missing.html: cannot be read" in result.stderr


def test_addresses_are_fetched_and_failures_are_values(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(PAGE)
    with MisbehavingServer() as server:
        server.serve("/story", PAGE, headers={"Content-Type": "text/html"})
        sources = (server.url("/story"), str(tmp_path / "a.html"), server.url("/no-such-page"))
        result = run("--json", *sources, allow_private_hosts=("127.0.0.1",), host_gap=0.01)
    rows = lines(result)
    assert result.exit_code == 1
    assert [row["url"] for row in rows] == list(sources)
    assert [row.get("kind") for row in rows] == ["article", "article", None]
    assert "404" in str(rows[2]["error"])


@pytest.mark.parametrize("module", ["trafilatura", "httpx", "py3langid", "lxml"])
def test_the_command_is_imported_without_its_libraries(module: str) -> None:
    program = f"import sys, monitor.cli.extract; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
