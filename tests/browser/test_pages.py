"""Every page in light, in dark, on a phone and without scripts; keys, live news, charts; axe finds nothing serious."""

import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from monitor.dashboard.pages import PAGES
from tests.browser.conftest import Served
from tests.telling_builders import arrive, one_of_each, outlet

pytestmark = pytest.mark.slow
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
WAYS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light", "has_touch": True},
    "no script": {"viewport": {"width": 1280, "height": 900}, "java_script_enabled": False},
}
SERIOUS = {"serious", "critical"}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def context(chromium: Browser, way: str) -> Iterator[BrowserContext]:
    with chromium.new_context(timezone_id="Europe/Kyiv", bypass_csp=False, **WAYS[way]) as opened:
        yield opened


@pytest.fixture
def desk(chromium: Browser, served: Served) -> Iterator[Page]:
    """A page with scripts whose console is watched."""
    with chromium.new_context(timezone_id="UTC", **WAYS["light"]) as opened:
        page = opened.new_page()
        page.set_default_timeout(10_000)
        yield page


def paths(served: Served) -> dict[str, str]:
    """An address of each page that has something to show."""
    ids = {
        "article_id": served.store.findings.last_matches(1)[0].article_id,
        "story_id": served.store.chronicle.stories(limit=1)[0].id,
        "event_id": served.store.chronicle.happenings(limit=1)[0].id,
        "statement_id": served.store.chronicle.statements(limit=1)[0].id,
        "item_key": served.store.board.ladder.page(now=served.week.week.end).cells[0].item_key,
        "feed_id": served.store.feeds.all()[0].id,
        "entity_id": 1,
    }
    found = {page.name: page.path.format_map(ids) for page in PAGES if "edition_id" not in page.path}
    return found | {"nothing": "/matches?search=xylophone", "saved": "/saved-views", "sign in": "/sign-in"}


def test_every_page_can_be_read(served: Served, context: BrowserContext, way: str) -> None:
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    page.on("response", lambda answer: wrong.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    for name, path in paths(served).items():
        answer = page.goto(served.url + path)
        assert answer is not None
        assert answer.status == 200, (name, path)
        assert page.locator("h1").first.is_visible(), name
        wide = page.locator("body").bounding_box()
        assert wide is not None
        assert wide["width"] <= WAYS[way]["viewport"]["width"], name
        if way != "no script":
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
                f"{name} is wider than the screen"
            )
        assert wrong == [], name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(served: Served, chromium: Browser, scheme: str) -> None:
    # Our policy lets no script in but ours: axe comes in as the tester's.
    with chromium.new_context(bypass_csp=True, **WAYS[scheme]) as opened:
        page = opened.new_page()
        found: list[tuple[str, str, str]] = []
        for name, path in paths(served).items():
            page.goto(served.url + path)
            page.evaluate(AXE)
            report = page.evaluate("axe.run({resultTypes: ['violations']})")
            for violation in report["violations"]:
                if violation["impact"] in SERIOUS:
                    found += [(name, violation["id"], str(node["html"])[:200]) for node in violation["nodes"]]
    assert found == []


def test_keys_judge_a_match_and_take_it_back(served: Served, desk: Page) -> None:
    desk.goto(served.url + "/matches")
    first = int(str(desk.locator("[data-item] a.title").first.get_attribute("href")).rsplit("/", 1)[1])
    desk.keyboard.press("j")
    desk.keyboard.press("y")
    expect(desk.locator("[data-item]").first.locator("[data-said]")).to_have_text("Kept")
    kept = [label for label in served.store.labels.live() if label.article_id == first]
    assert {label.verdict.value for label in kept} == {"keep"}
    assert served.store.audit.listed(limit=1)[0].subject == f"article {first}"
    assert first in {int(each.article.id) for each in served.store.labels.judged()}
    desk.keyboard.press("u")
    expect(desk.locator("[data-item]").first.locator("[data-said]")).to_have_text("Taken back")
    assert [label for label in served.store.labels.live() if label.article_id == first] == []
    assert served.store.audit.listed(limit=1)[0].action == "label undone"


def test_what_was_done_last_is_taken_back_first_and_the_page_of_an_article_needs_no_choice(
    served: Served, desk: Page
) -> None:
    desk.goto(served.url + "/matches")
    href = str(desk.locator("[data-item] a.title").nth(1).get_attribute("href"))
    number = int(href.rsplit("/", 1)[1])
    desk.goto(served.url + href)
    said = desk.locator("[data-item]").first.locator("[data-said]")
    for key, word, action in (
        ("n", "Rejected", "label"),
        ("s", "Snoozed", "snooze"),
        ("u", "Shown again", "snooze"),
        ("u", "Taken back", "label undone"),
    ):
        desk.keyboard.press(key)
        expect(said).to_have_text(word)
        assert served.store.audit.listed(limit=1)[0].action == action
    assert [label for label in served.store.labels.live() if label.article_id == number] == []


def test_a_match_can_be_judged_without_scripts(served: Served, chromium: Browser) -> None:
    with chromium.new_context(**WAYS["no script"]) as opened:
        page = opened.new_page()
        page.goto(served.url + "/matches")
        page.locator("[data-item]").nth(2).get_by_role("button", name="Reject").click()
        assert page.url.startswith(served.url + "/matches")
        assert "rejected" in page.locator("[data-item]").nth(2).locator("[data-said]").inner_text()
        page.locator("[data-item]").nth(2).get_by_role("button", name="Undo").click()
        assert page.locator("[data-item]").nth(2).locator("[data-said]").inner_text() == ""


def test_new_matches_are_announced_and_the_list_stays_where_it_is(served: Served, desk: Page) -> None:
    desk.goto(served.url + "/matches")
    before = desk.locator("[data-item] a.title").first.inner_text()
    expect(desk.locator("[data-pause]")).to_be_visible()
    arrive(served.store, 9001, one_of_each(1), when=served.week.week.end, by="latecomer")
    expect(desk.locator("[data-count]")).to_have_text("1 new", timeout=15_000)
    assert desk.locator("[data-item] a.title").first.inner_text() == before
    desk.get_by_role("link", name="1 new").click()
    assert desk.locator("[data-item] a.title").first.inner_text() != before


def test_a_chart_becomes_live_under_our_policy(served: Served, desk: Page) -> None:
    wrong: list[str] = []
    desk.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    desk.goto(served.url + "/timeline")
    desk.get_by_role("button", name="Explore this chart").first.click()
    expect(desk.locator("figure canvas").first).to_be_visible(timeout=30_000)
    assert wrong == []


def test_the_sheet_of_keys_opens_and_the_search_takes_the_focus(served: Served, desk: Page) -> None:
    desk.goto(served.url + "/matches")
    desk.keyboard.press("?")
    expect(desk.get_by_role("heading", name="Keys")).to_be_visible()
    desk.keyboard.press("Escape")
    desk.keyboard.press("/")
    assert desk.evaluate("document.activeElement.id") == "search"
    desk.keyboard.type("tomahawk")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/matches?search=tomahawk")
    assert "omahawk" in desk.locator("main").inner_text()


HOSTILE = (
    "<script>window.caught = 1</script>",
    "<img src=x onerror='window.caught = 1'>",
    '"><svg onload=window.caught=1>',
    "javascript:window.caught=1",
    "</title><script>window.caught=1</script>",
    "{{ 7 * 7 }}${7*7}<%= 7*7 %>",
    "<a href='javascript:window.caught=1'>x</a>",
    "<style>*{display:none}</style>",
    "\u202egnp.exe\u2066",
)


def test_nothing_hostile_runs(served: Served, desk: Page) -> None:
    outlet(served.store, "evil0", title=HOSTILE[0], outlet=HOSTILE[1])
    places = ["/", "/matches?search=story", "/stories", "/sources"]
    # Before the week's end: what other tests look at is the newest.
    when = served.week.week.end - timedelta(hours=2)
    for number, (title, text) in enumerate(itertools.pairwise((*HOSTILE, HOSTILE[0]))):
        words = f"{title}\n\n{text}"
        came = arrive(served.store, 9100 + number, one_of_each(number), when=when, by=f"evil{number}", text=words)
        places.append(f"/articles/{came.article_id}")
    places += [f"/matches?who={text}&search=%22{text}%22" for text in map(quote_plus, HOSTILE)]
    for path in places:
        desk.goto(served.url + path)
        assert desk.evaluate("window.caught") is None, path
        assert desk.locator("h1").first.is_visible(), path
