"""``python -m proof``: what it keeps, tells and answers."""

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from proof import __main__ as proof
from proof import ledger
from proof.promise import Figure, Part, Promise, Scene
from proof.promises import PROMISES

ROOT = Path(__file__).resolve().parents[1]
Run = Callable[[Scene], Sequence[Figure]]


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page of promises of its own, so that the real one stays as it is."""
    page = tmp_path / "promises.md"
    page.write_text("# Promises\n\nKept.\n\n<!-- figures: upright -->\n<!-- end -->\n")
    monkeypatch.setattr(proof, "publish", lambda promises, kept: ledger.publish(promises, kept, page))
    return page


def asked(run: Run, monkeypatch: pytest.MonkeyPatch, folder: Path, *options: str) -> int:
    """Run a promise of one part."""
    promise = Promise(key="upright", says="It stands.", parts=(Part(name="a push", run=run, minutes=0),), quick={})
    monkeypatch.setattr(proof, "PROMISES", (promise,))
    return proof.main(["--folder", str(folder), *options])


def holds(scene: Scene) -> Sequence[Figure]:
    return (Figure(what="pushes", measured=str(scene.of(200)), wanted="200"),)


def breaks(scene: Scene) -> Sequence[Figure]:
    raise ConnectionError("the ground | gave way")


def test_what_holds_gives_status_0_and_stands_on_the_page(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked(holds, monkeypatch, tmp_path / "work", "--share", "0.5") == 0
    assert "| pushes | 100 | 200 | holds |" in page.read_text()
    assert "50% of the whole" in page.read_text()


def test_a_miss_is_a_miss_and_gives_status_1(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missed = Figure(what="pushes", measured="3", wanted="200", holds=False)
    assert asked(lambda scene: [missed], monkeypatch, tmp_path / "work") == 1
    assert "| pushes | 3 | 200 | **missed** |" in page.read_text()


def test_a_part_that_raises_is_told_as_broken_and_gives_status_1(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(breaks, monkeypatch, tmp_path / "work") == 1
    assert "BROKEN  a push" in capsys.readouterr().out
    assert "| broken off | ConnectionError: the ground / gave way | | **missed** |" in page.read_text()


def test_an_interrupted_run_goes_on_where_it_was(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []

    def in_steps(scene: Scene) -> Sequence[Figure]:
        for step in range(scene.remembered("step") or 0, 4):
            if step == 2 and step not in done:
                done.append(step)
                raise KeyboardInterrupt
            done.append(step)
            scene.remember("step", step + 1)
        return [Figure(what="steps", measured="4")]

    with pytest.raises(KeyboardInterrupt):
        asked(in_steps, monkeypatch, tmp_path / "work")
    assert asked(in_steps, monkeypatch, tmp_path / "work") == 0
    assert done == [0, 1, 2, 2, 3]


def test_what_was_done_at_this_commit_is_not_done_again_unless_asked(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[float] = []

    def counted(scene: Scene) -> Sequence[Figure]:
        runs.append(scene.share)
        return []

    for options in ([], [], ["--share", "0.1"], ["--share", "0.1", "--again"]):
        assert asked(counted, monkeypatch, tmp_path / "work", *options) == 0
    assert runs == [1.0, 0.1, 0.1]


def test_what_is_only_printed_leaves_the_page_as_it_is(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = page.read_text()
    assert asked(holds, monkeypatch, tmp_path / "work", "--print-only") == 0
    assert page.read_text() == before


def test_a_promise_without_a_place_on_the_page_is_told(tmp_path: Path) -> None:
    page = tmp_path / "promises.md"
    page.write_text("# Promises\n")
    promise = Promise(key="upright", says="It stands.", parts=(), quick={})
    with pytest.raises(ValueError, match="<!-- figures: upright -->"):
        ledger.publish([promise], ledger.Ledger(tmp_path / "ledger.json"), page)


def test_the_page_names_no_folder_of_the_machine(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def tells(scene: Scene) -> Sequence[Figure]:
        return (Figure(what="a file", measured=f"the file {Path.home()}/work/deep/it.sqlite3 at http://a.example/b/c"),)

    assert asked(tells, monkeypatch, tmp_path / "work") == 0
    assert "| the file it.sqlite3 at http://a.example/b/c |" in page.read_text(encoding="utf-8")


def test_every_promise_has_its_own_place_on_the_page_and_tests_that_there_are() -> None:
    places = re.findall(r"<!-- figures: ([\w-]+) -->\n", (ROOT / "docs/promises.md").read_text(encoding="utf-8"))
    keys = [promise.key for promise in PROMISES]
    assert len(set(places)) == len(places)
    assert len(set(keys)) == len(keys)
    assert set(keys) <= set(places)
    for promise in PROMISES:
        assert promise.quick, promise.key
        assert [path for path in promise.quick if not (ROOT / path).is_file()] == []
        assert len({part.name for part in promise.parts}) == len(promise.parts), promise.key


def test_the_promises_can_be_read_without_what_only_their_long_trials_need() -> None:
    read = "import sys, proof.promises; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", read], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & {"atheris", "bandit", "cyclonedx", "pip_audit", "regexploit"} == set()
