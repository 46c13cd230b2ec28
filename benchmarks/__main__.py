"""``python -m benchmarks [name …]``: run benchmarks and write their rows into RESULTS.md."""

import argparse
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import (
    analysis,
    dashboard,
    endtoend,
    extraction,
    growth,
    polling_rhythms,
    polls,
    scale_simulation,
    startup,
    stories,
    telling,
)
from benchmarks.machine import described
from benchmarks.material import Scale

BENCHMARKS: dict[str, Callable[[Scale], list[str]]] = {
    "analysis": analysis.run,
    "dashboard": dashboard.run,
    "endtoend": endtoend.run,
    "extraction": extraction.run,
    "growth": growth.run,
    "startup": startup.run,
    "polls": polls.run,
    "rhythms": polling_rhythms.run,
    "scale": scale_simulation.run,
    "stories": stories.run,
    "telling": telling.run,
}
RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
HEAD = (
    "# Results\n\nEach section is one `make bench` run. Ratios carry over to other machines; absolute figures do not.\n"
)


def main() -> None:
    usual = Scale()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="which to run; all when none is named")
    parser.add_argument("--rounds", type=int, default=usual.rounds)
    parser.add_argument("--articles", type=int, default=usual.articles, help="articles a round; 0 for all")
    parser.add_argument("--slow", type=int, default=usual.slow, help="articles a round for the slowest peer")
    parser.add_argument("--print-only", action="store_true", help="leave RESULTS.md as it is: a trial")
    options = parser.parse_args()
    scale = Scale(rounds=options.rounds, articles=options.articles, slow=options.slow)
    for name in options.names or list(BENCHMARKS):
        lines = BENCHMARKS[name](scale)
        print("\n".join(lines), flush=True)
        if not options.print_only:
            write(name, scale, lines)


def _command(name: str, scale: Scale) -> str:
    usual = Scale()
    changed = [
        f" --{field} {getattr(scale, field)}"
        for field in ("rounds", "articles", "slow")
        if getattr(scale, field) != getattr(usual, field)
    ]
    return f'make bench ARGS="{name}{"".join(changed)}"'


def write(name: str, scale: Scale, lines: list[str]) -> None:
    """Replace the section of that name in RESULTS.md, or add it."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else HEAD
    head = f"`{_command(name, scale)}` ({datetime.now(UTC):%Y-%m-%d}; {described()})"
    section = f"\n## {name}\n\n{head}\n\n" + "\n".join(lines) + "\n"
    found = re.compile(rf"\n## {name}\n.*?(?=\n## |\Z)", re.DOTALL)
    text = (
        found.sub(lambda _: section.rstrip("\n") + "\n", text)
        if found.search(text)
        else text.rstrip("\n") + "\n" + section
    )
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
