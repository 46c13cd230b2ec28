"""The feeds commands run as a person does, on a store and settings of their own."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from monitor.cli import cli


def settings_file(folder: Path) -> Path:
    """A settings file for a store of its own that may fetch from this machine."""
    file = folder / "monitor.toml"
    file.write_text(
        f'database_url = "sqlite:///{folder}/store.sqlite3"\ncatalogue = false\nallow_private_hosts = ["127.0.0.1"]\n'
        "request_deadline = 5.0\nhost_gap = 0.0\nmax_feed_bytes = 1000000\n"
    )
    return file


def run(settings: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--config", str(settings), "feeds", *arguments])


def done(settings: Path, *arguments: str) -> str:
    result = run(settings, *arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def listed(settings: Path, *arguments: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(done(settings, "list", "--json", *arguments))
    return rows
