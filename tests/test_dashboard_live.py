"""News without a reload, over a real server on loopback: an event comes after a match, and ends with the session."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from monitor.dashboard import live
from monitor.dashboard.live import News
from monitor.errors import StoreError
from monitor.records.accounts import Role
from monitor.store import Store
from tests.dashboard_builders import NOW, account, app_over, browser
from tests.telling_builders import arrive, at

DEADLINE = 60


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The application behind a real server on a free port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        thread.join(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(DEADLINE)


def event(lines: Iterator[str]) -> dict[str, str]:
    """The next event, by field."""
    found: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name in {"id", "event", "data"}:
            found[name] = value
        elif not line and found:
            return found
    return found


def test_an_event_comes_after_a_match_and_says_how_many_are_new(store: Store) -> None:
    arrive(store, 1, when=at(1, 9), by="paper")
    newest = store.board.live.newest()
    # Zipped lines would wait in the packer.
    headers = {"accept-encoding": "gzip"}
    with (
        served(app_over(store)) as url,
        httpx.stream("GET", f"{url}/live?after={newest}", headers=headers, timeout=DEADLINE) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        lines = answer.iter_lines()
        assert next(lines) == "retry: 5000"
        for n in (2, 3):
            arrive(store, n, when=at(1, 8 + n), by="paper")
            told = event(lines)
            assert told["event"] == "matches"
            assert json.loads(told["data"]) == {"newest": store.board.live.newest(), "count": n - 1}
            assert told["id"] == str(store.board.live.newest())


def test_who_was_away_hears_at_once_what_came_meanwhile(store: Store) -> None:
    for n in (1, 2):
        arrive(store, n, when=at(1, 8 + n), by="paper")
    with served(app_over(store)) as url, httpx.stream("GET", f"{url}/live", timeout=DEADLINE) as answer:
        assert json.loads(event(answer.iter_lines())["data"])["count"] == 2


def test_a_line_says_nothing_more_once_its_session_has_ended(store: Store) -> None:
    ben = account(store, "Ben", Role.READER)
    secret = store.sessions.begin(ben.id, now=NOW)
    headers = {"cookie": f"monitor_session={secret}"}
    with (
        served(app_over(store)) as url,
        httpx.stream("GET", f"{url}/live", headers=headers, timeout=DEADLINE) as answer,
    ):
        lines = answer.iter_lines()
        assert next(lines) == "retry: 5000"
        store.sessions.end(secret, now=NOW)
        arrive(store, 1, when=at(1, 9), by="paper")
        assert event(lines) == {}


def test_strangers_do_not_listen(store: Store) -> None:
    account(store)
    assert browser(app_over(store)).get("/live").headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("after", ["-1", "x"])
def test_what_is_no_number_is_refused(store: Store, after: str) -> None:
    assert browser(app_over(store)).get("/live", params={"after": after}).status_code == 422


def test_however_many_listen_one_looks_and_nobody_when_nobody_listens() -> None:
    looks = 0

    def newest() -> int:
        nonlocal looks
        looks += 1
        return looks if looks > 3 else 0

    async def heard() -> list[int]:
        news = News(newest, every=0.001)
        lines = [news.after(0) for _ in range(5)]
        first = await asyncio.gather(*(anext(line) for line in lines))
        assert news.listeners == 5
        for line in lines:
            await line.aclose()
        assert news.listeners == 0
        before = looks
        for _ in range(50):
            await asyncio.sleep(0)
        # One look may have been under way.
        assert looks <= before + 1
        return list(first)

    found = asyncio.run(heard())
    assert all(each >= 4 for each in found)
    assert looks < 5 * 4


def test_a_store_that_cannot_be_read_for_a_while_ends_no_line() -> None:
    troubles = iter([StoreError("the database does not answer.")])

    def newest() -> int:
        for trouble in troubles:
            raise trouble
        return 7

    async def heard() -> int:
        line = News(newest, every=0.001).after(0)
        found = await anext(line)
        await line.aclose()
        return found

    assert asyncio.run(heard()) == 7


def test_a_silent_line_says_now_and_then_that_it_is_still_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.01)

    async def heard() -> int:
        line = News(lambda: 0, every=0.001).after(0)
        found = await anext(line)
        await line.aclose()
        return found

    assert asyncio.run(heard()) == 0
