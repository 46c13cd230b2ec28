"""The dashboard's own server: where it refuses to listen, and a real process that ends when it should."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from monitor import wiring
from monitor.dashboard.keeping import AT_ONCE
from monitor.dashboard.server import AT_WORK, Listening, door_of, require_closed, serve
from monitor.errors import ConfigError
from monitor.records.accounts import Role
from monitor.store import Store
from tests.dashboard_builders import account
from tests.telling_builders import arrive, at

DEADLINE = 60
Process = subprocess.Popen[str]


def closed(store: Store, **fields: object) -> None:
    wanted = Listening(**{"host": "0.0.0.0", "port": 0} | fields)  # type: ignore[arg-type]
    require_closed(store, wanted, door_of(wanted))


def never(url: str) -> None:
    pytest.fail(f"it listens at {url}")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "dash.example.org", ""])
def test_where_others_can_reach_it_it_does_not_listen_without_an_account(store: Store, host: str) -> None:
    with pytest.raises(ConfigError, match="monitor accounts add NAME --role admin"):
        serve(store, Listening(host=host, port=0), clock=wiring.utc_now, ready=never)
    account(store)
    closed(store, host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_on_this_machine_it_needs_none(store: Store, host: str) -> None:
    closed(store, host=host)


def test_a_proxy_that_signs_people_in_stands_for_accounts_if_it_is_named(store: Store) -> None:
    closed(store, proxy_user="Remote-User", proxies=("10.0.0.2",))
    with pytest.raises(ConfigError, match="dashboard_proxies is empty"):
        closed(store, host="127.0.0.1", proxy_user="Remote-User")
    with pytest.raises(ConfigError, match="nobody has an account"):
        closed(store, proxies=("10.0.0.2",))
    for everybody in ("0.0.0.0/0", "::/0"):
        with pytest.raises(ConfigError, match="holds every address"):
            closed(store, proxy_user="Remote-User", proxies=("10.0.0.2", everybody))


def test_a_proxy_needs_an_address() -> None:
    with pytest.raises(ConfigError, match=r"'proxy.example' is no address and no network"):
        door_of(Listening(host="127.0.0.1", port=0, proxies=("proxy.example",)))
    door = door_of(Listening(host="127.0.0.1", port=0, proxies=("10.0.0.7/24",), proxy_role="analyst"))
    assert [str(network) for network in door.proxies] == ["10.0.0.0/24"]
    assert (door.is_local, door.proxy_role) == (True, Role.ANALYST)


def test_a_port_that_is_taken_is_told_with_the_way_out(store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"127.0.0.1:{port}: Address already in use.*--port 0"):
            serve(store, Listening(host="127.0.0.1", port=port), clock=wiring.utc_now, ready=never)


@pytest.mark.parametrize("host", ["192.0.2.1", "a" * 70, "no such host"])
def test_an_address_that_is_none_of_ours_is_told(store: Store, host: str) -> None:
    account(store)
    with pytest.raises(ConfigError, match="cannot listen on"):
        serve(store, Listening(host=host, port=0), clock=wiring.utc_now, ready=never)


@contextmanager
def running(url: str, *arguments: str) -> Iterator[tuple[Process, str]]:
    """The command as a process of its own, and the address that it tells."""
    command = [sys.executable, "-m", "monitor", "--db", url, "dashboard", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ.copy())
    try:
        assert process.stderr is not None
        told = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", told)
        assert found, told + process.stderr.read()
        yield process, found[0]
    finally:
        process.kill()
        process.communicate()


def stdin_closes(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    process.stdin = None


ENDS: dict[str, Callable[[Process], None]] = {
    "SIGTERM": lambda process: process.send_signal(signal.SIGTERM),
    "Ctrl-C": lambda process: process.send_signal(signal.SIGINT),
    "stdin closes": stdin_closes,
}


@pytest.mark.parametrize("way", ENDS)
def test_a_real_process_answers_and_ends_in_order_with_a_line_still_open(database_url: str, way: str) -> None:
    with Store.open(database_url) as store:
        arrive(store, 1, when=at(1, 9), by="paper")
    with running(database_url, "--until-stdin-closes") as (process, url):
        assert "paper.example/1" in httpx.get(f"{url}/articles/1").text
        assert httpx.get(f"{url}/matches", headers={"host": "evil.example"}).status_code == 421
        with httpx.stream("GET", f"{url}/live", timeout=DEADLINE) as line:
            assert next(line.iter_lines()) == "retry: 5000"
            ENDS[way](process)
            _, errors = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert "Fatal" not in errors


def test_a_crowd_shares_few_threads(sqlite_url: str) -> None:
    with running(sqlite_url) as (process, url), ThreadPoolExecutor(40) as crowd:
        assert {answer.status_code for answer in crowd.map(httpx.get, [f"{url}/matches"] * 80)} == {200}
        # Beside those that answer: the one that hands out, what warms, and what makes views anew.
        assert len(list(Path(f"/proc/{process.pid}/task").iterdir())) <= AT_WORK + 2 + AT_ONCE


def test_a_proxy_that_was_told_nothing_is_not_the_person_at_this_machine(sqlite_url: str) -> None:
    with running(sqlite_url) as (_, url):
        host, port = url.removeprefix("http://").split(":")
        for version, status in (("1.1", b"200"), ("1.0", b"303")):
            with socket.create_connection((host, int(port)), timeout=DEADLINE) as line:
                line.sendall(
                    f"GET /matches HTTP/{version}\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode()
                )
                assert line.makefile("rb").readline().split()[1] == status


def test_stdin_that_is_closed_means_nothing_unless_asked(sqlite_url: str) -> None:
    with running(sqlite_url) as (process, url):
        stdin_closes(process)
        assert httpx.get(f"{url}/matches").status_code == 200
        assert process.poll() is None


def test_the_command_refuses_to_listen_openly_and_says_what_to_do(sqlite_url: str) -> None:
    command = [sys.executable, "-m", "monitor", "--db", sqlite_url, "dashboard", "--host", "0.0.0.0", "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=False)
    assert done.returncode == 2
    assert "nobody has an account yet" in done.stderr
    assert "Traceback" not in done.stderr
