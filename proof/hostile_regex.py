"""Every regular expression of the program, pumped: strings made to fit it again and again and to fail at the last.

Patterns are gathered where they are: those that modules hold when all are imported, and those that are written where
they are used. Each is run over strings of 20 to 8,192 characters, with an alarm that ends a run which would never end;
where four times the length take more than ten times as long, the pattern is told with its string. Patterns that are
only ever given short texts are held to the time that the longest of these takes.
"""

import ast
import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import chain, islice
from pathlib import Path
from types import FrameType
from typing import Any, AnyStr

import monitor
from proof.hostile_pumps import Pump, pumps
from proof.promise import Figure, Scene

_SHORT = (20, 28, 64)
_LONG, _TIMES = 2048, 4
_QUICK = 0.0005
"""Seconds that no linear pattern needs for ``_LONG`` characters: what is quicker is not looked at again."""
_NOTICED = 0.05
_GROWTH = 10.0
"""For four times the length: 4 where time is linear, 16 where it is quadratic."""
_ALARM = 2.0
"""Seconds of processor time after which one run is ended."""
_PUMPS = 160
_FUNCTIONS = frozenset({"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"})
_AT_START = frozenset({"match", "fullmatch"})


BOUNDED: dict[str, int] = {
    "monitor.extract.dates:_SPACED_ZONE": 80,
    "monitor.extract.dates:_ZERO_ZONE": 80,
    "monitor.sources.fixes:_EMAIL": 1_000,
    "monitor.store.board.troubles:_ADDRESS": 2_000,
}
"""Patterns whose texts are cut before they are tried, and the longest that they get."""
SHELTERED = {
    "monitor.digest.personal:_SENTENCE": "the mark stands once in what we write, and in others' words < is escaped",
    "monitor.replay.week:_TAG": "reads the week of news that comes with the program",
    "monitor.store.keys:_TAG": "reads cleaned HTML, in which every < has its >",
    "monitor.understand.quotes.channels:_CHANNELS": "matched at one place for each such word, never searched",
}
"""Patterns that are slow on texts which cannot come to them, and why these cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """One pattern: where it is, and whether it is only ever tried at a place that the program names."""

    where: str
    pattern: re.Pattern[Any]
    anchored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """A pattern that took more than linear time, and what for."""

    where: str
    pump: str
    length: int
    seconds: float


class _TooLongError(Exception):
    """The alarm."""


def modules() -> Iterator[Any]:
    """All modules of the program."""
    for found in pkgutil.walk_packages(monitor.__path__, "monitor."):
        if not found.name.endswith(("__main__", "_worker", ".worker.__main__")):
            yield importlib.import_module(found.name)


def expressions() -> list[Expression]:
    """Every pattern of the program, each once."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in _files()}
    uses = _uses(trees.values())
    found: dict[tuple[str | bytes, int], Expression] = {}
    held = ((f"{module.__name__}:{name}", name, each) for module in modules() for name, each in _held(module))
    written = chain.from_iterable(_written(path, tree) for path, tree in trees.items())
    for where, name, pattern in chain(held, written):
        anchored = bool(uses.get(name)) and uses[name] <= _AT_START
        key = (pattern.pattern, pattern.flags)
        # A pattern without a name here has one in its module, unless it is made where it is used.
        if key not in found or (name and found[key].anchored and not anchored):
            found[key] = Expression(where=where, pattern=pattern, anchored=anchored)
    return list(found.values())


def _files() -> list[Path]:
    return sorted(Path(monitor.__path__[0]).rglob("*.py"))


def _held(module: Any) -> Iterator[tuple[str, re.Pattern[Any]]]:
    for name, value in vars(module).items():
        for each in _patterns(value):
            yield name, each


def _patterns(value: object, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    """The patterns in a value: itself, or within tuples, dictionaries and records."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 4 and isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from _patterns(each, depth + 1)
    elif depth < 4 and isinstance(value, dict):
        yield from _patterns(list(value.values()), depth + 1)
    elif depth < 4 and is_dataclass(value):
        yield from _patterns([getattr(value, each.name, None) for each in fields(value)], depth + 1)


def _written(path: Path, tree: ast.AST) -> Iterator[tuple[str, str, re.Pattern[Any]]]:
    """The patterns that stand where they are used, as constants."""
    for node in ast.walk(tree):
        if _called(node) in {*_FUNCTIONS, "compile"} and isinstance(node, ast.Call) and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str | bytes):
                name = "" if _called(node) == "compile" else f"<{_called(node)}>"
                where = f"{path.relative_to(Path(monitor.__path__[0]).parent)}:{node.lineno}"
                yield where, name, re.compile(first.value, _flags(node))


def _called(node: ast.AST) -> str:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return node.func.attr if node.func.value.id == "re" else ""
    return ""


def _flags(call: ast.Call) -> int:
    names = (node.attr for node in ast.walk(call) if isinstance(node, ast.Attribute) and node.attr.isupper())
    return sum({int(getattr(re, name)) for name in names if hasattr(re, name)})


def _uses(trees: Any) -> dict[str, set[str]]:
    """By a pattern's name, the ways in which it is used anywhere; a name that is only handed on has none."""
    uses: dict[str, set[str]] = {f"<{name}>": {name} for name in _FUNCTIONS}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in _FUNCTIONS:
                for inner in ast.walk(node.value):
                    if isinstance(inner, ast.Name):
                        uses.setdefault(inner.id, set()).add(node.attr)
    return uses


def slow(expression: Expression) -> Slow | None:
    """The first string on which the pattern takes more than linear time, or too long for the longest it is given."""
    bound = BOUNDED.get(expression.where)
    for parts in islice(pumps(expression.pattern), _PUMPS):
        found = _grows(expression, parts) if bound is None else _takes(expression, parts, (bound,), _NOTICED)
        if found is not None:
            return found
    return None


def _grows(expression: Expression, parts: Pump) -> Slow | None:
    # What grows exponentially never comes back from a longer text.
    if found := _takes(expression, parts, _SHORT, _NOTICED):
        return found
    if _timed(expression, _made(expression, parts, _LONG)) < _QUICK:
        return None
    before = _best(expression, _made(expression, parts, _LONG), 3)
    found = _takes(expression, parts, (_TIMES * _LONG,), _GROWTH * before)
    return found if before >= _QUICK else None


def _takes(expression: Expression, parts: Pump, lengths: Sequence[int], seconds: float) -> Slow | None:
    """The first of these lengths for which it takes longer; the least of two tries counts."""
    for length in lengths:
        took = _best(expression, _made(expression, parts, length), 2)
        if took >= seconds:
            prefix, pump, suffix = parts
            shown = f"{prefix!r} + {pump!r} * {length // len(pump)} + {suffix!r}"
            return Slow(where=expression.where, pump=shown, length=length, seconds=took)
    return None


def _best(expression: Expression, text: Any, times: int) -> float:
    best = _timed(expression, text)
    for _ in range(times - 1 if best < _ALARM else 0):
        best = min(best, _timed(expression, text))
    return best


def _made(expression: Expression, parts: Pump, length: int) -> Any:
    prefix, pump, suffix = parts
    text = prefix + pump * (length // len(pump)) + suffix
    return text.encode("utf-8", "replace") if isinstance(expression.pattern.pattern, bytes) else text


def _timed(expression: Expression, text: AnyStr) -> float:
    """Seconds of processor time; what the alarm ends took its whole time."""

    def rung(_number: int, _frame: FrameType | None) -> None:
        raise _TooLongError

    pattern: re.Pattern[AnyStr] = expression.pattern
    before = signal.signal(signal.SIGVTALRM, rung)
    signal.setitimer(signal.ITIMER_VIRTUAL, _ALARM)
    began = time.thread_time()
    try:
        if expression.anchored:
            pattern.match(text)
            pattern.fullmatch(text)
        else:
            for _ in pattern.finditer(text):
                pass
    except _TooLongError:
        return _ALARM
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return time.thread_time() - began


def run(scene: Scene) -> Sequence[Figure]:
    """Pump every pattern, or the share that is wanted."""
    every = [each for each in expressions() if each.where not in SHELTERED]
    share = every[: scene.of(len(every))]
    begun = scene.remembered("slow") or {}
    for number, expression in enumerate(share):
        if str(number) not in begun:
            found = slow(expression)
            begun[str(number)] = "" if found is None else f"{found.where}: {found.length} characters, {found.pump}"
            scene.remember("slow", begun)
        scene.progress(number + 1, len(share), "patterns")
    steep = [told for told in begun.values() if told]
    return [
        Figure(
            what=f"patterns whose time grows faster than their text, of {len(share)} "
            f"({len(BOUNDED)} at the longest text that they get; {len(SHELTERED)} more cannot get such texts)",
            measured=f"{len(steep)}: {'; '.join(steep)}" if steep else "0",
            wanted="0",
            holds=not steep,
        )
    ]
