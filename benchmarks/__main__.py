"""``python -m benchmarks [name …]``: run benchmarks and write their rows into RESULTS.md."""

import argparse
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import analysis, startup

BENCHMARKS = {"analysis": analysis.run, "startup": startup.run}
RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
HEAD = (
    "# Results\n\nEach section is one `make bench` run. Ratios carry over to other machines; absolute figures do not.\n"
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="which to run; all when none is named")
    names = parser.parse_args().names or list(BENCHMARKS)
    for name in names:
        lines = BENCHMARKS[name]()
        print("\n".join(lines), flush=True)
        _write(name, lines)


def _write(name: str, lines: list[str]) -> None:
    """Replace the section of that name, or add it."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else HEAD
    machine = f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}"
    section = f"\n## {name}\n\n`make bench ARGS={name}` ({machine})\n\n" + "\n".join(lines) + "\n"
    found = re.compile(rf"\n## {name}\n.*?(?=\n## |\Z)", re.DOTALL)
    text = (
        found.sub(lambda _: section.rstrip("\n") + "\n", text)
        if found.search(text)
        else text.rstrip("\n") + "\n" + section
    )
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
