"""Pages of the dashboard where there is so much to show, and the same rows in Datasette's table page."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote_plus

from benchmarks.dashboard_asking import Reader, free_port, python, serving
from benchmarks.figures import percentile
from benchmarks.growth_taken import Taken

SOURCES = "sources page, made anew, p95"
MATCHES, SEARCH = "matches page, p95", "search among matches, p95"
DATASETTE = "Datasette's page of the table, as {}"
ARTICLES_PAGES = (
    "/matches",
    "/matches?topic=talks",
    "/matches?topic=missile_aid",
    "/matches?state=only",
    "/matches?state=without",
    "/matches?country=DE",
    "/matches?minimum=0.9",
    "/matches?judged=no",
    "/matches?since=7d",
    "/matches?who=Vladimir+Putin",
)
_ORDERS = ("title", "country", "new", "matches", "yield", "precision", "success", "gaps")
_LEAN = "_nofacet=1&_nosuggest=1&_nocount=1"
_SLOW = (200, 400)
"""400 is how Datasette says that its time limit of a second was reached."""

Asked = Mapping[str, Sequence[str]]
"""Addresses by what is measured."""


def sources(rounds: int) -> Asked:
    """A view is kept for some seconds: each round asks for one that nobody has asked for before."""
    return {SOURCES: [f"/sources?order={_ORDERS[turn % len(_ORDERS)]}" for turn in range(rounds)]}


def sources_beside(rounds: int, base: str) -> Asked:
    return {DATASETTE.format("sources"): [f"/{base}/feeds?_size=100&_sort=title&{_LEAN}"] * rounds}


def matches(words: Sequence[str]) -> Asked:
    return {MATCHES: ARTICLES_PAGES, SEARCH: [f"/matches?search={quote_plus(word)}" for word in words]}


def matches_beside(words: Sequence[str], base: str) -> Asked:
    search = f"/{base}/articles?_fts_table=articles_search&_fts_pk=id&_size=40&{_LEAN}&_search="
    return {
        DATASETTE.format("matches"): [f"/{base}/matches?_size=40&_sort_desc=matched_at&{_LEAN}"] * len(ARTICLES_PAGES),
        DATASETTE.format("search"): [search + quote_plus(word) for word in words],
    }


def ours(url: str, asked: Asked, taken: Taken, folder: Path, *, rounds: int) -> None:
    """Ask the dashboard; a round's figure is the p95 of its answers, in seconds."""
    port = free_port()
    command = python("-m", "monitor", "--db", url, "dashboard", "--port", str(port))
    _ask(command, port, asked, taken, folder / "dashboard.log", rounds=rounds)


def datasette(file: Path, asked: Asked, taken: Taken, folder: Path, *, rounds: int) -> None:
    """Ask Datasette about the same file."""
    port = free_port()
    command = python("-m", "datasette", "serve", str(file), "--port", str(port))
    _ask(command, port, asked, taken, folder / "datasette.log", rounds=rounds)


def _ask(command: Sequence[str], port: int, asked: Asked, taken: Taken, log: Path, *, rounds: int) -> None:
    with serving(command, port, log):
        reader = Reader(port)
        for name, addresses in asked.items():
            # Templates, connections and the file's pages are there before it counts.
            reader.ask(addresses[0].replace(f"?order={_ORDERS[0]}", ""))
            # A round is a part of those that may be asked once only, else all of them.
            parts = [addresses[turn::rounds] for turn in range(rounds)] if name == SOURCES else [addresses] * rounds
            for part in parts:
                taken.put(name, percentile([_answered(reader, address) for address in part], 0.95) / 1000)
        reader.close()


def _answered(reader: Reader, address: str) -> float:
    answer = reader.ask(address)
    if answer.status not in _SLOW:
        raise RuntimeError(f"{address} was answered with {answer.status}: {answer.body[:300]!r}")
    return answer.milliseconds
