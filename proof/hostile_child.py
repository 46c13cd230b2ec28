"""One process of the search, guided by the branches that inputs reach: ``python -m proof.hostile_child``.

It is given a target, a folder, how many executions, for how many seconds, and a seed. What escapes from the target is
kept as a finding and the search goes on; only a hang or a crash ends the process. The corpus in the folder grows, so
that the next process begins with what this one found.
"""

import json
import os
import resource
import sys
import time
import traceback
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["monitor"]):
    from proof.hostile_targets import TARGETS, Target

MEMORY_BYTES = 2 << 30
"""All that a process may take: twice the limit of the processes that parse, for the search's own tables."""
HANG_SECONDS = 20
"""After which a process is given up; a slow execution is told by the target's own deadline long before."""
_NOTED_EVERY = 500
_TRIES = 1500


class Search:
    """Counts executions, times them, and keeps what escapes: one input for each place in the program."""

    def __init__(self, target: Target, folder: Path, executions: int, seconds: float) -> None:
        self._target, self._folder = target, folder
        self._left, self._ends = executions, time.monotonic() + seconds
        self._findings: dict[str, dict[str, str]] = {}
        self._done, self._slowest, self._began = 0, 0.0, time.monotonic()

    def once(self, data: bytes) -> None:
        """One execution."""
        began = time.thread_time()
        key, words = attempted(self._target.run, data)
        took = time.thread_time() - began
        if took > self._slowest:
            self._slowest = took
            if took > self._target.seconds:
                key, words = "too slow", f"{took:.1f} s of processor time"
        if key and key not in self._findings:
            self._keep(key, words, data)
        self._done += 1
        if self._done % _NOTED_EVERY == 0 or self._done >= self._left:
            self._note(is_end=False)
            if self._done >= self._left or time.monotonic() > self._ends:
                self._finish()

    def _keep(self, key: str, words: str, data: bytes) -> None:
        name = f"finding-{zlib.crc32(key.encode()):08x}"
        (self._folder / name).write_bytes(data)
        self._findings[key] = {"words": words, "file": name}
        self._note(is_end=False)

    def _note(self, *, is_end: bool) -> None:
        said = {
            "done": self._done,
            "seconds": time.monotonic() - self._began,
            "slowest": self._slowest,
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            "findings": self._findings,
            "ended": is_end,
        }
        path = self._folder / "said.json"
        path.with_suffix(".new").write_text(json.dumps(said))
        path.with_suffix(".new").replace(path)

    def _finish(self) -> None:
        for key, finding in self._findings.items():
            path = self._folder / finding["file"]
            if key != "too slow":
                path.write_bytes(minimised(self._target.run, path.read_bytes(), key))
        self._note(is_end=True)
        # The library's own end would take the process down with it, before anything else is written.
        os._exit(0)


def attempted(run: Callable[[bytes], None], data: bytes) -> tuple[str, str]:
    """What escaped, as a key of its kind and place, and in words; both empty when nothing did."""
    try:
        run(data)
    except Exception as error:  # noqa: BLE001 - whatever escapes is what is looked for
        frames = traceback.extract_tb(error.__traceback__)
        ours = next((frame for frame in reversed(frames) if "/monitor/" in frame.filename), frames[-1])
        place = f"{Path(ours.filename).name}:{ours.name}"
        if isinstance(error, AssertionError):
            place += f" {frames[-1].line}"
        return f"{type(error).__name__} in {place}", "".join(traceback.format_exception(error))[-1500:]
    return "", ""


def minimised(run: Callable[[bytes], None], data: bytes, key: str, tries: int = _TRIES) -> bytes:
    """The input with pieces left out, ever smaller ones, as long as the same escapes."""
    size = len(data)
    while size > 1 and tries > 0:
        size = (size + 1) // 2
        place = 0
        while place < len(data) and tries > 0:
            tries -= 1
            shorter = data[:place] + data[place + size :]
            if attempted(run, shorter)[0] == key:
                data = shorter
            else:
                place += size
    return data


def _quoted(token: str) -> str:
    return '"' + "".join(f"\\x{byte:02x}" for byte in token.encode("utf-8", "surrogatepass")) + '"\n'


def main(arguments: Any = None) -> None:
    """Search until it is enough; never returns."""
    name, folder, executions, seconds, seed = arguments or sys.argv[1:]
    target = next(each for each in TARGETS if each.name == name)
    place = Path(folder)
    corpus = place / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(data)
    (place / "words").write_text("".join(map(_quoted, target.tokens)))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    search = Search(target, place, int(executions), float(seconds))
    options = [f"-seed={seed}", f"-max_len={target.longest}", f"-timeout={HANG_SECONDS}", "-rss_limit_mb=0"]
    options += [f"-artifact_prefix={place}/", "-verbosity=0"]
    if target.tokens:
        options.append(f"-dict={place / 'words'}")
    atheris.Setup([sys.argv[0], *options, str(corpus)], search.once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
