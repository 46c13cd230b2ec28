"""Every secret setting holds a word that stands nowhere else; what commands, pages and logs say is searched for it."""

import base64
import os
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.postgres import Server
from monitor.config import PREFIX, SECRETS, WITH_PASSWORDS
from proof.ledger import ROOT
from proof.promise import Figure, Scene
from tests.odd_mail_server import OddServer, Talk

DASHBOARD, HEALTH = "18790", "18788"
# The word for each secret: letters and digits only, so that no escaping can hide it.
CANARIES = {name: f"kanarek{number:02}{name.replace('_', '')}zq" for number, name in enumerate(
    (*sorted(SECRETS | WITH_PASSWORDS), "pgpassword", "account", "webhook", "chat", "feed"))}  # fmt: skip
_PAGES = ("/", "/messages", "/sources", "/system", "/api/v1/messages", "/api/v1/sources", "/api/v1/system", "/nowhere")


def settings(database_url: str, smtp_port: int) -> dict[str, str]:
    """The environment of the commands: everything that may be secret is."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith((PREFIX, "PG"))}
    return clean | {
        "MONITOR_DATABASE_URL": database_url,
        "PGPASSWORD": CANARIES["pgpassword"],
        "MONITOR_PROXY": f"http://me:{CANARIES['proxy']}@127.0.0.1:1",
        "MONITOR_SMTP_HOST": "127.0.0.1",
        "MONITOR_SMTP_PORT": str(smtp_port),
        "MONITOR_SMTP_SECURITY": "none",
        "MONITOR_SMTP_USER": "me",
        "MONITOR_SMTP_PASSWORD": CANARIES["smtp_password"],
        "MONITOR_WEBHOOK_SECRET": CANARIES["webhook_secret"],
        "MONITOR_OPERATOR": f"json://127.0.0.1:1/{CANARIES['operator']}",
        "MONITOR_LOG_LEVEL": "debug",
        "MONITOR_LOG_FORMAT": "json",
        "MONITOR_HEALTH_PORT": HEALTH,
        "MONITOR_REQUEST_DEADLINE": "3",
    }


def commands() -> Iterator[tuple[list[str], str]]:
    """Command lines and what they read from standard input."""
    hook = f"https://127.0.0.1:1/{CANARIES['webhook']}"
    chat = f"slack://{CANARIES['chat']}A/BBBBBBBBB/{CANARIES['chat']}"
    yield ["db", "upgrade"], ""
    for shown in (["config"], ["config", "--json"], ["status"], ["db", "stats"], ["db", "check"], ["jobs", "list"]):
        yield shown, ""
    for name in ("Ann", "Ben"):
        yield ["accounts", "add", name, "--role", "admin", "--password-stdin"], CANARIES["account"]
    yield ["accounts", "password", "Ann", "--password-stdin"], CANARIES["account"][:5]
    yield ["accounts", "list", "--json"], ""
    yield ["alerts", "add", "hook", "--on", "dark", "--webhook", hook], ""
    yield ["alerts", "add", "chat", "--on", "dark", "--apprise", chat], ""
    yield ["alerts", "add", "wrong", "--on", "dark", "--webhook", f"htp://x/{CANARIES['webhook']}"], ""
    yield ["alerts", "add", "wrong", "--on", "dark", "--apprise", f"nonsense://{CANARIES['chat']}"], ""
    yield ["alerts", "list"], ""
    yield ["alerts", "list", "--json"], ""
    yield ["alerts", "test", "hook"], ""
    yield ["digest", "test", "desk@example.org"], ""
    yield ["subscriptions", "add", "desk@example.org"], ""
    yield ["digest", "send"], ""
    yield ["digest", "status", "--json"], ""
    yield ["feeds", "add", f"https://me:{CANARIES['feed']}@news.example/feed"], ""
    yield ["feeds", "check", f"https://me:{CANARIES['feed']}@news.example/feed"], ""
    yield ["feeds", "check", "https://news.example/feed"], ""
    yield ["audit", "--json"], ""
    yield ["run", "--no-live", "--for", "8"], ""
    yield ["db", "backup", "copy.backup"], ""


def says_it_back(talk: Talk) -> None:
    """Refuse the login with what was sent."""
    sent = base64.b64decode(talk.line.split()[-1]).replace(b"\0", b" ")
    talk.say(b"535 5.7.8 no such login: " + sent + b"\r\n")


def canaries(scene: Scene) -> Sequence[Figure]:
    """Both databases, one that cannot be reached, wrong settings files, the dashboard's pages and /metrics."""
    said: dict[str, str] = {}
    with Server() as server, OddServer({"EHLO": b"250-odd\r\n250 AUTH PLAIN\r\n", "AUTH": says_it_back}) as mail:
        whole = server.new()
        postgres = whole.replace("postgres:@", f"postgres:{CANARIES['database_url']}@")
        addresses = {
            "sqlite": f"sqlite:///{scene.folder / 'canaries.sqlite3'}",
            "postgres": postgres,
            "none there": f"postgresql://me:{CANARIES['database_url']}@127.0.0.1:1/x",
        }
        for what, address in addresses.items():
            (scene.folder / what).mkdir(exist_ok=True)
            given = settings(address, mail.port)
            said.update(_all_said(what, given, scene.folder / what))
        for worker in (["daemon", "--for", "5"], ["worker", "--for", "5"]):
            told = _run(worker, settings(postgres, mail.port), scene.folder / "postgres")
            said[f"postgres: {worker[0]}"] = told
        said.update(_pages(settings(addresses["sqlite"], mail.port), scene.folder))
    said.update(_wrong_files(scene.folder))
    return _judged(said, scene.folder / "canaries.sqlite3")


def _all_said(what: str, given: Mapping[str, str], folder: Path) -> dict[str, str]:
    lines = list(commands())
    if what == "none there":
        # All of them end at the same place.
        lines = [line for line in lines if line[0][0] in ("db", "config", "run", "digest")]
    return {f"{what}: {' '.join(command)}": _run(command, given, folder, text) for command, text in lines}


def _run(command: Sequence[str], given: Mapping[str, str], folder: Path, text: str = "") -> str:
    run = [sys.executable, "-m", "monitor", *command]
    search = {**given, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(run, cwd=folder, env=search, input=text, capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr


def _pages(given: Mapping[str, str], folder: Path) -> Iterator[tuple[str, str]]:
    command = [sys.executable, "-m", "monitor", "run", "--no-live", "--dashboard", "--for", "20"]
    search = {**given, "PYTHONPATH": str(ROOT), "MONITOR_DASHBOARD_PORT": DASHBOARD}
    with (
        (folder / "pages.log").open("w") as told,
        subprocess.Popen(command, cwd=folder, env=search, stdout=told, stderr=told),
    ):
        for port, pages in ((HEALTH, ("/health", "/metrics")), (DASHBOARD, _PAGES)):
            for page in pages:
                yield f"page {page}", _fetched(f"http://127.0.0.1:{port}{page}")
    yield "log of the dashboard", (folder / "pages.log").read_text(encoding="utf-8")


def _fetched(url: str) -> str:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer tm_{CANARIES['account']}"})
    for _ in range(20):
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
                return str(answer.read(), "utf-8", "replace")
        except urllib.error.HTTPError as error:
            return str(error.headers) + str(error.read(), "utf-8", "replace")
        except OSError:
            time.sleep(0.5)  # it is not up yet
    return ""


def _wrong_files(folder: Path) -> Iterator[tuple[str, str]]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
    for name in sorted(SECRETS | WITH_PASSWORDS):
        file = folder / f"wrong-{name}.toml"
        file.write_text(f'{name} = ["{CANARIES[name]}"]\n', encoding="utf-8")
        yield f"{name} is a list", _run(["--config", str(file), "status"], clean, folder)
        file.write_text(f'{name} = "{CANARIES[name]}\n', encoding="utf-8")
        yield f"{name} without its second quotation mark", _run(["--config", str(file), "status"], clean, folder)
    for address in ("postgresql://me:{}@127.0.0.1:port/x", "mysql://me:{}@host/x", "postgresql:/me:{}@host"):
        url = address.format(CANARIES["database_url"])
        yield f"--db {url}", _run(["--db", url, "status"], clean, folder)
    for name in ("proxy", "operator"):
        yield (
            f"{name} is no address",
            _run(["run", "--no-live", "--for", "1"], clean | {f"{PREFIX}{name.upper()}": CANARIES[name]}, folder),
        )


def _judged(said: Mapping[str, str], database: Path) -> Sequence[Figure]:
    leaks = sorted(
        f"{name} in {what!r}"[:120] for what, text in said.items() for name, word in CANARIES.items() if word in text
    )
    silent = [what for what, text in said.items() if not text and "page" in what]
    with closing(sqlite3.connect(database)) as connection:
        stored = "\n".join(connection.iterdump())
    # Addresses of rules are kept, as docs/mail.md says; nothing else of these may be in a copy of the database.
    kept = sorted(name for name, word in CANARIES.items() if word in stored and name not in ("webhook", "chat"))
    return [
        Figure(
            what=f"secrets in {sum(map(len, said.values())):,} characters of {len(said)} commands, pages and logs",
            measured="; ".join(leaks) or f"none of {len(CANARIES)}", wanted=f"none of {len(CANARIES)}", holds=not leaks,
        ),
        Figure(
            what="pages that could not be fetched",
            measured=", ".join(silent) or "none", wanted="none", holds=not silent,
        ),
        Figure(
            what="secrets in the database, but for addresses of webhooks and chats",
            measured=", ".join(kept) or "none", wanted="none", holds=not kept,
        ),
    ]  # fmt: skip
