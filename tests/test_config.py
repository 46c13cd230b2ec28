"""Settings from file and environment, and the errors for what is wrong in them."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor import config
from monitor.cli import cli
from monitor.errors import ConfigError

DOCS = Path(__file__).resolve().parent.parent / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "monitor.toml"
    file.write_text("gate = 0.2\nhost_gap = 3\n")
    monkeypatch.setenv("MONITOR_GATE", "0.3")
    settings = config.load()
    assert (settings.gate, settings.host_gap, settings.host_concurrency) == (0.3, 3.0, 2)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("gat = 0.2\n", ["'gat'", "gate"]),
        ("gate = 7\n", ["'gate'", "7", "less than or equal to 1"]),
        ("gate = \n", ["not valid TOML", "monitor.toml"]),
        ("xyzzy = 1\n", ["'xyzzy'", "docs/settings.md"]),
        (f"gate = {'[' * 5_000}", ["not valid TOML", "monitor.toml"]),
        (f"smtp_port = {'9' * 5_000}", ["not valid TOML", "monitor.toml"]),
        ("a." * 100_000 + "a = 1", ["not valid TOML", "longer than 32768 bytes"]),
    ],
)
def test_a_wrong_settings_file_is_told_with_what_is_wrong_and_what_to_do(
    tmp_path: Path, content: str, words: list[str]
) -> None:
    (tmp_path / "monitor.toml").write_text(content)
    with pytest.raises(ConfigError) as told:
        config.load()
    assert all(word in str(told.value) for word in words)


def test_a_settings_file_that_is_missing_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        config.load(tmp_path / "nowhere.toml")


def test_a_wrong_key_in_the_environment_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_ULR", "x")
    with pytest.raises(ConfigError, match="database_url"):
        config.load()


def test_every_setting_is_in_the_docs_and_has_a_meaning() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for name, field in config.Settings.model_fields.items():
        assert f"`{name}`" in text, name
        assert field.description


def test_passwords_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", "postgresql://me:hush@db/x")
    shown = CliRunner().invoke(cli, ["config"])
    assert shown.exit_code == 0
    assert "hush" not in shown.output
    assert "postgresql://me:***@db/x" in shown.output


@pytest.mark.parametrize("name", sorted(config.SECRETS | config.WITH_PASSWORDS))
def test_a_secret_that_is_wrongly_written_is_not_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "monitor.toml").write_text(f"{name} = 20771234\n")
    with pytest.raises(ConfigError, match=name) as told:
        config.load()
    assert "20771234" not in str(told.value)


def test_a_list_in_the_environment_that_is_no_json_is_told_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DASHBOARD_NAMES", "dash.example.org")
    with pytest.raises(ConfigError, match="MONITOR_DASHBOARD_NAMES in the environment is no JSON"):
        config.load()


def test_the_docs_show_every_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| `?(.+?)`? \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
    defaults = config.Settings().model_dump(mode="json", exclude_unset=False, exclude={"languages"})
    wrong = {
        name: (rows[name], default)
        for name, default in defaults.items()
        if rows[name] not in ("empty" if default == "" else None, json.dumps(default))
    }
    assert wrong == {}
