"""``python -m proof [promise …]``: try to break the promises, and write what came of it into docs/promises.md.

What has an outcome of the same commit and share is not run again; an interrupted run goes on where it was.
"""

import argparse
import shutil
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import structlog

from proof.ledger import Ledger, Outcome, commit, publish
from proof.promise import Figure, Part, Promise, Scene
from proof.promises import PROMISES

FOLDER = Path("var/proof")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; 1 when a promise is broken."""
    options = _options(arguments)
    ledger = Ledger(options.folder / "ledger.json")
    wanted = [promise for promise in PROMISES if not options.names or promise.key in options.names]
    minutes = sum(part.minutes for promise in wanted for part in promise.parts)
    print(f"{len(wanted)} promises, about {minutes * options.share:.0f} minutes when nothing is done yet", flush=True)
    held = True
    options.folder.mkdir(parents=True, exist_ok=True)
    with (options.folder / "log.txt").open("a", encoding="utf-8") as log:
        # What the program says when it is tried to break would bury the outcomes.
        structlog.configure(logger_factory=structlog.WriteLoggerFactory(log))
        for promise in wanted:
            print(f"\n{promise.key}: {promise.says}", flush=True)
            for part in promise.parts:
                held &= _tried(promise, part, ledger, options).holds
    structlog.reset_defaults()
    if not options.print_only:
        publish(PROMISES, ledger)
    return 0 if held else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m proof", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*(promise.key for promise in PROMISES), []], help="which; or all")
    parser.add_argument("--share", type=float, default=1.0, help="how much of the whole: 0.01 for a quick try")
    parser.add_argument("--again", action="store_true", help="also what was done at this commit")
    parser.add_argument("--print-only", action="store_true", help="leave docs/promises.md as it is")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where work and outcomes are kept")
    return parser.parse_args(arguments)


def _tried(promise: Promise, part: Part, ledger: Ledger, options: argparse.Namespace) -> Outcome:
    known = ledger.get(promise, part)
    if known is not None and not options.again and (known.commit, known.share) == (commit(), options.share):
        _tell(part, known, "done before")
        return known
    folder = options.folder / promise.key / part.name.replace(" ", "-").replace("/", "-")
    folder.mkdir(parents=True, exist_ok=True)
    began, figures, broken = time.monotonic(), tuple[Figure, ...](), ""
    try:
        figures = tuple(part.run(Scene(folder=folder, share=options.share)))
    except Exception as error:  # noqa: BLE001 - the others are tried all the same, and this one is told as broken
        traceback.print_exc()
        broken = f"{type(error).__name__}: {error}"
    seconds = time.monotonic() - began
    outcome = ledger.put(promise, part, figures, share=options.share, seconds=seconds, broken=broken)
    if outcome.holds:
        shutil.rmtree(folder)
    _tell(part, outcome, f"{seconds:.0f} s")
    return outcome


def _tell(part: Part, outcome: Outcome, word: str) -> None:
    print(f"  {'holds' if outcome.holds else 'BROKEN'}  {part.name} ({word})", flush=True)
    for figure in outcome.figures:
        wanted = f" (wanted: {figure.wanted})" if figure.wanted else ""
        print(f"    {'' if figure.holds else 'MISSED '}{figure.what}: {figure.measured}{wanted}", flush=True)
    if outcome.broken:
        print(f"    {outcome.broken[:500]}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
