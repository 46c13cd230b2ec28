"""What strangers wrote, looked for in every page and picture, stored and reflected, and in a real browser."""

import shutil
from collections.abc import Mapping, Sequence
from itertools import product

import httpx
from lxml import etree
from playwright.sync_api import ConsoleMessage, Dialog, Request, sync_playwright

from proof.nobody_markup import CORPUS, LINKS, MARK, asked, harmless, things, write
from proof.nobody_world import OWN, Tally, World, world
from proof.promise import Figure, Scene
from tests.browser.conftest import PROGRAMS, QUIET
from tests.dashboard_doors import Way, pictures


def shown(scene: Scene) -> Sequence[Figure]:
    """Everything written by strangers, looked for in everything that is shown."""
    corpus = CORPUS[:: max(1, round(1 / scene.share))]
    with world(scene.folder) as here:
        write(here.store, corpus)
        found = list(things(here))
        return (_pages(here, found), _reflected(here, corpus), _pictures(here, found))


def _pages(here: World, found: Sequence[Mapping[str, object]]) -> Figure:
    tally = Tally()
    with here.client("Ada", **OWN) as client:
        for way, path in asked(here, found, "/"):
            if way.path.startswith(("/api/", "/charts/", "/static/")):
                continue
            answer = client.get(path)
            tally.expect(answer.status_code < 500, f"{path}: {answer.status_code}")
            if answer.headers["content-type"].startswith("text/html"):
                harmless(tally, path, answer.content)
    return tally.figure("elements of pages that a stranger could have written", "0")


def _reflected(here: World, corpus: Sequence[str]) -> Figure:
    tally = Tally()
    with here.client("Ada", **OWN) as client:
        for way, words in product(here.ways, corpus):
            if way.changes or way.path in {"/live", "/static/{version}/{name}"}:
                continue
            asked = (
                [{name: words} for name in way.queries] if words in corpus[:8] else [dict.fromkeys(way.queries, words)]
            )
            for each in asked:
                answer = client.get(way.at(here.things), params=each)
                _answer(tally, way, words, answer)
            # What is in no route, too.
            _answer(tally, way, words, client.get(f"{way.at(here.things)}/{_escaped(words)}"))
    return tally.figure("answers in which what was asked became markup, a header or a script", "0")


def _escaped(words: str) -> str:
    return "".join(f"%{byte:02x}" for byte in words.encode("utf-8", "replace"))


def _answer(tally: Tally, way: Way, words: str, answer: httpx.Response) -> None:
    told = f"{way.name} with {words!r}"
    tally.expect(not any(MARK in name.lower() for name in answer.headers), f"{told}: a header")
    kind = answer.headers.get("content-type", "")
    if kind.startswith("text/html"):
        harmless(tally, told, answer.content)
    else:
        tally.expect(answer.headers["x-content-type-options"] == "nosniff" and "html" not in kind, told)


def _pictures(here: World, found: Sequence[Mapping[str, object]]) -> Figure:
    tally = Tally()
    drawn = [way for way in here.ways if way.path.startswith("/charts/")]
    with here.client("Ada", **OWN) as client:
        for way in drawn:
            for each, instead in product(found[:: max(1, len(found) // 40)], pictures(way)):
                if instead["drawn_as"] == "png":
                    continue
                answer = client.get(way.at(each, **instead))
                tally.expect(answer.status_code in {200, 404}, f"{way.at(each, **instead)}: {answer.status_code}")
                if answer.status_code == 200 and instead["drawn_as"] == "svg":
                    _still(tally, way.at(each, **instead), answer.content)
    return tally.figure("pictures (SVG) with a script, a link or a name that a stranger wrote", "0")


def _still(tally: Tally, told: str, body: bytes) -> None:
    for element in etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True)).iter():
        name = etree.QName(element).localname if isinstance(element.tag, str) else ""
        given = {etree.QName(key).localname.lower(): value for key, value in element.attrib.items()}
        bad = name in {"script", "foreignObject", "iframe", "style", "image", "a", "use"} and MARK in str(given)
        bad |= name in {"script", "foreignObject"} or MARK in name or any(MARK in key for key in given)
        bad |= any(key.startswith("on") for key in given) or given.get("href", "").lower().startswith(LINKS)
        tally.expect(not bad, f"{told}: {name} {given}")


def in_a_browser(scene: Scene) -> Sequence[Figure]:
    """The pages in Chromium, with and without our policy: nothing runs, and nothing is asked for elsewhere."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert program is not None, "no Chromium was found. On Debian or Ubuntu: sudo apt-get install chromium"
    corpus = CORPUS[:: max(1, round(1 / scene.share))]
    tally = Tally()
    with world(scene.folder) as here, sync_playwright() as playwright:
        write(here.store, corpus)
        paths = [path for _, path in asked(here, list(things(here)), "/")]
        paths = [path for path in paths if not path.startswith(("/api/", "/static/"))]
        paths += [f"/matches?search={_escaped(words)}" for words in corpus]
        paths += [f"/sign-in?next={_escaped(words)}" for words in corpus]
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        for bypass in (False, True):
            context = browser.new_context(bypass_csp=bypass, extra_http_headers=dict(here.keys["Ada"]))
            context.add_init_script(f"window.{MARK} = () => {{ window.ran = true; }};")
            page = context.new_page()
            watched = _Watched(here.url)
            page.on("dialog", watched.dialog)
            page.on("request", watched.request)
            page.on("console", watched.console)
            for path in paths[:: max(1, round(1 / min(1.0, scene.share * 2)))]:
                watched.ran.clear()
                page.goto(here.url + path, wait_until="load", timeout=120_000)
                page.evaluate("document.querySelectorAll('summary').forEach(each => each.click())")
                if page.evaluate("window.ran === true"):
                    watched.ran.append("a script ran")
                told = f"{path}{' without the policy' if bypass else ''}: {watched.ran[:2]}"
                tally.expect(not watched.ran, told)
                page.evaluate("window.stop()")
            context.close()
        browser.close()
    return (tally.figure("pages in Chromium in which something ran, or something was asked for elsewhere", "0"),)


class _Watched:
    """What a page has done that no page of ours does."""

    def __init__(self, own: str) -> None:
        self._ours = (own + "/", "data:image/", "about:")
        self.ran: list[str] = []

    def dialog(self, dialog: Dialog) -> None:
        """A script has opened one."""
        self.ran.append("a dialog")
        dialog.dismiss()

    def request(self, request: Request) -> None:
        """Something is asked for."""
        if not request.url.startswith(self._ours):
            self.ran.append(request.url)

    def console(self, line: ConsoleMessage) -> None:
        """The policy has stopped something."""
        if "Content Security Policy" in line.text:
            self.ran.append(line.text)
