"""Every command line, target, module, extra and setting that the pages name is there, and takes what it is given."""

import importlib.util
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest

from monitor.cli import cli
from monitor.config import PREFIX, Settings
from proof.strangers_day_docs import PAGES, Command, commands, inline
from proof.strangers_day_rules import filled, monitors, why_not_here

ROOT = Path(__file__).resolve().parents[1]
SHOWN = [command for page in PAGES for command in commands(page)]
NAMED = [command for page in PAGES for command in inline(page)]
THINGS = {
    "article": "https://news.example/story",
    "feed": "https://news.example/feed.xml",
    "front": "https://news.example/",
    "new": "https://news.example/new.rss",
    "postgres": "postgresql:///monitor",
    "number": "812",
    "label": "1",
}
# Words in capitals that a reader replaces, where they stand for a number or a choice.
CHOSEN = {"ID": "1", "NUMBER": "1", "WHAT": "matches"}
TARGETS = set(re.findall(r"^([\w./$()-]+):", (ROOT / "Makefile").read_text().replace("$(VENV)", ".venv"), re.MULTILINE))


def understood(arguments: list[str], *, whole: bool) -> None:
    """Find the command; ``whole``: and have it take its arguments, without running it."""
    group: click.Command = cli
    context = click.Context(group)
    rest = list(arguments)
    while rest and rest[0] in ("--db", "--config"):
        del rest[:2]
    while isinstance(group, click.Group) and rest and not rest[0].startswith("-"):
        found = group.get_command(context, rest[0])
        if found is None and group.invoke_without_command:
            break
        assert found is not None, f"there is no command {rest[0]!r}"
        group, rest = found, rest[1:]
    if whole and not (isinstance(group, click.Group) and not group.invoke_without_command):
        group.make_context(group.name, rest)
        return
    known = {name for parameter in group.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert [word for word in rest if word.startswith("--") and word.partition("=")[0] not in known] == []


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FILE.opml", "feeds.opml", "page.html", "articles.jsonl", "feed.xml", "PATH", "FILE"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)


def test_every_command_line_of_the_pages_is_one_that_the_program_takes() -> None:
    wrong: dict[str, str] = {}
    seen = 0
    for command in SHOWN:
        if "a synopsis" in why_not_here(command):
            continue
        for arguments in monitors(filled(command.text, THINGS)):
            seen += 1
            _noted(wrong, command, [CHOSEN.get(word, word) for word in arguments], whole=True)
    assert wrong == {}
    assert seen > 90


def test_every_command_that_the_sentences_name_is_there_with_its_options() -> None:
    wrong: dict[str, str] = {}
    for command in NAMED:
        if command.text.startswith("monitor "):
            text = re.sub(r"[\[\]…]", "", command.text)
            _noted(wrong, command, shlex.split(text)[1:], whole=False)
    assert wrong == {}


def _noted(wrong: dict[str, str], command: Command, arguments: list[str], *, whole: bool) -> None:
    try:
        understood(arguments, whole=whole)
    except (click.ClickException, AssertionError) as error:
        wrong[str(command)] = str(getattr(error, "message", error))


def test_every_target_module_and_extra_that_the_pages_name_is_there() -> None:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    text = "\n".join(command.text for command in (*SHOWN, *NAMED))
    assert set(re.findall(r"\bmake (?!ARGS)([\w./-]+)", text)) <= TARGETS
    modules = set(re.findall(r"\bpython -m ([\w.]+)", text)) - {"venv"}
    assert [name for name in modules if importlib.util.find_spec(name) is None] == []
    pages = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    extras = set(re.findall(r"'[\w.-]*\[(\w+)\]'", pages))
    assert extras
    assert extras <= set(project["project"]["optional-dependencies"])


def test_nothing_is_to_be_installed_by_a_name_that_anybody_could_take() -> None:
    """The program is in no registry: `pip install talks-monitor` would bring whatever somebody puts there."""
    files = [*PAGES, *(ROOT / "monitor").rglob("*.py"), *(ROOT / "deploy").rglob("*")]
    taken = r"pip3? install [^\n`]*'?talks-monitor(?!/)"
    assert [path for path in files if path.is_file() and re.search(taken, path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_setting_that_a_page_names_is_one(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = {name.lower() for name in re.findall(rf"\b{PREFIX}([A-Z_]+[A-Z])\b", text)} - {"config"}
    assert named <= set(Settings.model_fields)
    assert [name for name in re.findall(r"\bsettings? `(\w+)`", text) if name not in Settings.model_fields] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_settings_file_that_a_page_shows_is_taken(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```toml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = re.findall(r"^ {4,8}(\w+ = (?:\"[^\"]*\"|\[[^\]]*\]|[\d.]+|true|false))(?:\s+#.*)?$", text, re.MULTILINE)
    for block in (*blocks, *lines):
        Settings(**tomllib.loads(block))


def test_every_page_that_another_leads_to_is_there() -> None:
    lost = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in (*PAGES, ROOT / "DESIGN.md")
        for link in re.findall(r"\]\(([^)#:\s]+\.\w+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert lost == []
