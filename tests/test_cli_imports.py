"""What starting the command line costs: nothing heavy is imported before a command needs it."""

import subprocess
import sys

import pytest

from monitor.cli import COMMANDS

HEAVY = ("torch", "transformers", "onnxruntime", "sqlalchemy", "alembic", "fastapi")


def _python(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    "statement", ["import monitor.cli", "import monitor.cli; monitor.cli.cli(['--help'], standalone_mode=False)"]
)
def test_the_command_line_loads_neither_model_nor_sql(statement: str) -> None:
    done = _python("-c", f"{statement}; import sys; print('LOADED', *sys.modules)")
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.rpartition("LOADED")[2].split()
    assert "monitor.cli" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def test_reading_one_text_loads_no_database_no_feed_parser_and_no_fetcher() -> None:
    statement = "import sys; sys.argv = ['monitor', 'analyze']; from monitor.cli import cli"
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}; cli(['analyze'], standalone_mode=False); print('LOADED', *sys.modules)"],
        input="Trump calls Putin", capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.rpartition("LOADED")[2].split()
    assert "onnxruntime" in loaded
    assert not {"sqlalchemy", "feedparser", "httpx", "trafilatura", "transformers", "torch"} & set(loaded)


def test_help_names_every_command() -> None:
    done = _python("-m", "monitor", "--help")
    assert done.returncode == 0, done.stderr
    assert [name for name in COMMANDS if f"\n  {name} " not in done.stdout] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    done = _python("-m", "monitor", command, "--help")
    assert done.returncode == 0, done.stderr
    assert f"Usage: monitor {command}" in done.stdout
