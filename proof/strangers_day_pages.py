"""The command lines of the pages, run one after the other as a reader would."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path

from benchmarks.postgres import Server
from monitor.config import PREFIX
from proof.ledger import ROOT
from proof.promise import Figure, Scene
from proof.strangers_day_docs import PAGES, Command, commands
from proof.strangers_day_rules import ended, filled, why_not_here

NEWSROOM = "18899"


def shown(scene: Scene) -> Sequence[Figure]:
    """Run every command line of the pages, page by page, on a copy of the demo's database; in their order."""
    things = _seed(scene.folder / "seed")
    everything = [command for page in PAGES for command in commands(page)]
    pages = dict[str, dict[str, str]](scene.remembered("pages") or {})
    with newsroom(scene.folder) as feed, Server() as server:
        front = feed.rpartition("/")[0].rpartition("/")[0] + "/"
        for name, lines in groupby(everything, key=lambda command: command.page):
            if name not in pages:
                here = {**things, "feed": feed, "front": front, "new": f"{feed}?new", "postgres": server.new()}
                pages[name] = _page(name, [line for line in lines if not why_not_here(line)], here, scene, server)
                scene.remember("pages", pages)
    said = {line: words for lines in pages.values() for line, words in lines.items()}
    wrong = [f"{line} ({words})" for line, words in said.items() if words]
    left = Counter(why_not_here(command) for command in everything if why_not_here(command))
    return [
        Figure(
            what=f"of {len(said)} command lines on {len(pages)} pages, those that fail",
            measured="; ".join(wrong)[:2000] or "none",
            wanted="none",
            holds=not wrong,
        ),
        *(Figure(what=f"not run: {why}", measured=str(number)) for why, number in sorted(left.items())),
    ]


def _seed(folder: Path) -> dict[str, str]:
    """A database as the demo leaves it, and what a reader would name of it."""
    folder.mkdir(exist_ok=True)
    if not (folder / "whole").exists():
        demo = ["demo", "--no-live", "--no-dashboard", "--for", "30", "--speed", "7200", "--port", "18798"]
        _must([sys.executable, "-m", "monitor", *demo], folder, _environment())
        (folder / "whole").touch()
    return things_of(folder / "var/demo.sqlite3")


def things_of(database: Path) -> dict[str, str]:
    """An article that matches one topic, as `monitor label` wants it: its number and its address."""
    one_topic = "SELECT article_id FROM matches WHERE withdrawn_at IS NULL GROUP BY article_id HAVING count(*) = 1"
    with closing(sqlite3.connect(database)) as connection:
        number, url = connection.execute(f"SELECT id, url FROM articles WHERE id IN ({one_topic}) LIMIT 1").fetchone()
    return {"number": str(number), "article": url}


def _environment(**more: str) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith((PREFIX, "PG", "PYTHON", "COV"))}
    path = f"{Path(sys.executable).parent}:{_postgres_tools()}:{clean['PATH']}"
    hosts = {
        "MONITOR_ALLOW_PRIVATE_HOSTS": '["127.0.0.0/8"]',
        "MONITOR_HEALTH_PORT": "0",
        "MONITOR_DASHBOARD_PORT": "0",
    }
    return clean | {"PATH": path, "PYTHONPATH": str(ROOT)} | hosts | more


def _postgres_tools() -> str:
    import pgserver

    return str(Path(pgserver.__file__).parent / "pginstall/bin")


def _must(command: Sequence[str], folder: Path, given: Mapping[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise RuntimeError(f"{command} ended with {done.returncode}: {done.stderr[-500:]}")


@contextmanager
def newsroom(folder: Path) -> Iterator[str]:
    """The bundled newsroom; the address of a feed."""
    listed = folder / "newsroom.opml"
    listed.unlink(missing_ok=True)
    command = [
        sys.executable,
        "-m",
        "monitor",
        "newsroom",
        "--port",
        NEWSROOM,
        "--opml",
        str(listed),
        "--start",
        "2025-10-16T12:00Z",
    ]
    with (folder / "newsroom.log").open("w") as told:
        running = subprocess.Popen(command, cwd=folder, env=_environment(), stdout=told, stderr=told)
    try:
        for _ in range(120):
            if listed.exists() and "xmlUrl" in listed.read_text(encoding="utf-8"):
                break
            time.sleep(0.5)
        text = listed.read_text(encoding="utf-8")
        yield next(part.partition('"')[0] for part in text.split('xmlUrl="')[1:])
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(timeout=30)


def _page(
    name: str, lines: Sequence[Command], things: Mapping[str, str], scene: Scene, server: Server
) -> dict[str, str]:
    folder = scene.folder / name.replace("/", "-").removesuffix(".md")
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "var").mkdir(parents=True)
    furnish(folder)
    shutil.copy(scene.folder / "newsroom.opml", folder / "feeds.opml")
    with closing(sqlite3.connect(scene.folder / "seed/var/demo.sqlite3")) as connection:
        connection.execute("VACUUM INTO ?", [str(folder / "var/monitor.sqlite3")])
    given = _environment(**_postgres(server))
    said = {}
    for command in lines:
        text = filled(command.text, {**things, "label": _last_label(folder)})
        if text.startswith("export "):
            key, _, value = text.removeprefix("export ").partition("=")
            given[key] = value
            continue
        if command.text.startswith("createdb"):
            # The line before it makes the owner, and asks for the password.
            text = f"createuser monitor; {text}_{abs(hash(str(command))) % 10**8}"
        if command.text.startswith("alembic"):
            text = f"cd {ROOT} && {text}"
        if text.startswith(("monitor daemon", "monitor worker")):
            given["MONITOR_DATABASE_URL"] = things["postgres"]
        said[str(command)] = _line(ended(text), folder, given)
    return said


def _last_label(folder: Path) -> str:
    """The number of the last judgement that stands, as `monitor label --list` shows it."""
    with closing(sqlite3.connect(folder / "var/monitor.sqlite3")) as connection:
        return str(connection.execute("SELECT max(id) FROM labels WHERE undone_at IS NULL").fetchone()[0] or 1)


def furnish(folder: Path) -> None:
    """The files that the pages take for granted."""
    (folder / "password.txt").write_text("four words and a spoon\n")
    paragraph = "The two presidents will hold talks in Budapest on Friday, an aide said on Monday. " * 8
    head = "<html><head><title>Leaders to meet</title></head><body><article><h1>Leaders to meet</h1>"
    (folder / "page.html").write_text(f"{head}<p>{paragraph}</p></article></body></html>")
    line = json.dumps({"id": "1", "title": "Leaders to meet", "text": paragraph})
    (folder / "articles.jsonl").write_text(line + "\n")
    item = "<item><title>One</title><link>https://news.example/1</link></item>"
    (folder / "feed.xml").write_text(f"<rss version='2.0'><channel><title>x</title>{item}</channel></rss>")


def _postgres(server: Server) -> dict[str, str]:
    """What `createdb` and its like need to find the server."""
    from sqlalchemy.engine import make_url

    url = make_url(server.url)
    host = str(url.query.get("host") or url.host)
    return {"PGHOST": host, "PGUSER": url.username or "postgres"}


def _line(text: str, folder: Path, given: Mapping[str, str]) -> str:
    """Run it in a terminal of its own, with a person who types a password where one is asked for; what went wrong."""
    asks = "accounts" in text and "stdin" not in text and ("add" in text or "password" in text)
    typed = "four words and a spoon\n" * 2 if asks and "--no-password" not in text and "token" not in text else ""
    wrapped = ["bash", "-o", "pipefail", "-c", text]
    done = subprocess.run(wrapped, cwd=folder, env=given, input=typed, capture_output=True, text=True, timeout=180)
    if done.returncode == 0 and "Traceback" not in done.stderr:
        return ""
    return f"exit status {done.returncode}: {(done.stderr or done.stdout).strip()[-200:]}"
