"""Judging, snoozing and taking back from the dashboard: what reaches SQL, the audit log and the next training."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from monitor.dashboard.app import create_app
from monitor.dashboard.people import Door
from monitor.records.accounts import Role
from monitor.records.feedback import Verdict
from monitor.store import Store
from monitor.store.feedback.judgements import ABOUT, NOT_ABOUT
from tests.dashboard_builders import NOW, account, app_over, browser, local, signed_in
from tests.telling_builders import arrive, at, one_of_each, weave

JSON = {"accept": "application/json"}


def desk(store: Store, role: Role = Role.ANALYST, number: int = 2) -> TestClient:
    """Ben at his desk, with articles that match; each request comes a minute after the one before."""
    for n in range(1, number + 1):
        arrive(store, n, one_of_each(n), when=at(1, 8 + n), by=f"paper{n}")
    weave(store)
    account(store, "Ben", role)
    moments = iter(NOW + timedelta(minutes=n) for n in range(1000))
    # Signing in and looking take moments, too: none comes twice.
    app = create_app(store, clock=lambda: next(moments), door=Door(is_local=True))
    return signed_in(app, "Ben")


def judge(client: TestClient, article: int = 1, **form: str) -> Any:
    return client.post(f"/articles/{article}/judge", data=form, headers=JSON)


def grades(store: Store) -> dict[str, dict[str, int]]:
    """What the next model would learn, by article."""
    return {each.article.id: dict(each.grades) for each in store.labels.judged()}


def standing(store: Store) -> dict[str, Verdict]:
    return {label.topic: label.verdict for label in store.labels.live()}


def log(store: Store) -> list[tuple[str, str, str]]:
    return [(line.person, line.action, line.subject) for line in store.audit.listed() if line.action != "account added"]


def test_keeping_is_stored_told_and_learnt_from(store: Store) -> None:
    client = desk(store)
    answer = judge(client, verdict="keep", note="  clear\n\n\n\ncase ")
    assert answer.json() == {"labels": [each.id for each in store.labels.live()][::-1], "verdict": "keep"}
    assert set(standing(store).values()) == {Verdict.KEEP}
    assert {(each.person, each.article_id, each.note) for each in store.labels.live()} == {("Ben", 1, "clear\n\ncase")}
    assert NOW < store.labels.live()[0].labelled_at < NOW + timedelta(hours=1)
    assert log(store) == [("Ben", "label", "article 1")]
    assert all(grade == ABOUT for grade in grades(store)["1"].values())


def test_rejecting_teaches_that_it_is_none(store: Store) -> None:
    client = desk(store)
    judge(client, verdict="reject")
    assert set(standing(store).values()) == {Verdict.REJECT}
    assert all(grade == NOT_ABOUT for grade in grades(store)["1"].values())


def test_a_wrong_topic_moves_the_match(store: Store) -> None:
    client = desk(store)
    judge(client, verdict="wrong-topic", topic="talks", to_topic="missile_aid")
    (label,) = store.labels.live()
    assert (label.topic, label.verdict, label.to_topic) == ("talks", Verdict.WRONG_TOPIC, "missile_aid")
    assert grades(store)["1"] == {"talks": NOT_ABOUT, "missile_aid": ABOUT}


def test_taking_back_brings_back_what_was_said_before(store: Store) -> None:
    client = desk(store)
    judge(client, verdict="keep", topic="talks")
    judge(client, verdict="reject", topic="talks")
    assert standing(store) == {"talks": Verdict.REJECT}
    answer = client.post("/articles/1/undo", headers=JSON)
    assert answer.json() == {"undone": [2]}
    assert standing(store) == {"talks": Verdict.KEEP}
    assert grades(store)["1"]["talks"] == ABOUT
    assert client.post("/articles/1/undo", headers=JSON).json() == {"undone": [1]}
    assert grades(store) == {}
    assert [action for _, action, _ in log(store)] == ["label undone", "label undone", "label", "label"]


def test_nobody_takes_back_what_another_said(store: Store) -> None:
    client = desk(store)
    judge(client, verdict="keep", topic="talks")
    account(store, "Ann", Role.ADMIN)
    answer = signed_in(app_over(store), "Ann").post("/articles/1/undo", headers=JSON)
    assert answer.status_code == 422
    assert "nothing of Ann's" in answer.json()["detail"]
    assert standing(store) == {"talks": Verdict.KEEP}


def shown(client: TestClient) -> set[int]:
    return {row["article_id"] for row in client.get("/api/v1/matches").json()["rows"]}


def test_a_snooze_is_in_the_log_ends_by_itself_and_hides_from_nobody_else(store: Store) -> None:
    client = desk(store)
    before = shown(client)
    answer = client.post("/articles/1/snooze", data={"hours": "24"}, headers=JSON)
    until = datetime.fromisoformat(answer.json()["until"])
    assert NOW + timedelta(hours=24) < until < NOW + timedelta(hours=25)
    assert log(store) == [("Ben", "snooze", "article 1")]
    assert shown(client) == before - {1}
    account(store, "Ann", Role.READER)
    assert shown(signed_in(app_over(store), "Ann")) == before
    assert shown(signed_in(app_over(store, now=until), "Ben")) == before
    assert client.post("/articles/1/snooze", data={"hours": "0"}, headers=JSON).json() == {"until": None}
    assert shown(client) == before


def test_readers_change_nothing_and_are_told_who_may(store: Store) -> None:
    client = desk(store, Role.READER)
    for path, form in (("judge", {"verdict": "keep"}), ("undo", {}), ("snooze", {"hours": "1"})):
        answer = client.post(f"/articles/1/{path}", data=form, headers=JSON)
        assert answer.status_code == 403
        assert answer.json()["detail"] == "This needs the role analyst; Ben has reader."
    assert store.labels.live() == ()
    assert log(store) == []
    assert 'data-act="judge"' not in client.get("/matches").text


def test_who_has_not_signed_in_changes_nothing(store: Store) -> None:
    desk(store)
    answer = browser(app_over(store)).post("/articles/1/judge", data={"verdict": "keep"}, headers=JSON)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert store.labels.live() == ()


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("/articles/77/judge", {"verdict": "keep"}, "no article 77"),
        ("/articles/77/snooze", {"hours": "1"}, "no article 77"),
        ("/articles/1/undo", {}, "nothing of local's to take back"),
        ("/articles/9999999999999999999999/judge", {"verdict": "keep"}, "no article"),
        ("/articles/-9999999999999999999999/judge", {"verdict": "keep"}, "article_id"),
        ("/articles/0/undo", {}, "article_id"),
        ("/articles/-9999999999999999999999/snooze", {}, "article_id"),
        ("/articles/1/judge", {"verdict": "burn"}, "verdict"),
        ("/articles/1/judge", {}, "verdict"),
        ("/articles/1/judge", {"verdict": "keep", "topic": "weather"}, "topic"),
        ("/articles/1/judge", {"verdict": "keep", "note": "a" * 501}, "note"),
        ("/articles/1/judge", {"verdict": "wrong-topic", "topic": "talks", "to_topic": "talks"}, "cannot be the wrong"),
        ("/articles/1/snooze", {"hours": "-1"}, "hours"),
        ("/articles/1/snooze", {"hours": "999999999"}, "hours"),
    ],
)
def test_a_mistake_changes_nothing_and_is_told_in_words(
    store: Store, path: str, form: dict[str, str], words: str
) -> None:
    arrive(store, 1, one_of_each(1), when=at(1, 9))
    client = local(store)
    problem = client.post(path, data=form, headers=JSON)
    assert problem.status_code == 422
    assert problem.headers["content-type"] == "application/problem+json"
    assert words in problem.json()["detail"]
    page = client.post(path, data=form)
    assert page.status_code == 422
    assert "text/html" in page.headers["content-type"]
    assert (store.labels.live(), log(store)) == ((), [])


def test_without_scripts_one_is_led_back_and_nowhere_else(store: Store) -> None:
    arrive(store, 1, one_of_each(1), when=at(1, 9))
    client = local(store)
    for act, form in (("judge", {"verdict": "keep"}), ("undo", {}), ("snooze", {})):
        path = f"/articles/1/{act}"
        there = client.post(path, data=form | {"back": "/matches?topic=talks"})
        assert (there.status_code, there.headers["location"]) == (303, "/matches?topic=talks")
        if act != "undo":
            elsewhere = client.post(path, data=form | {"back": "//evil.example/"})
            assert (elsewhere.status_code, elsewhere.headers["location"]) == (303, "/")


def test_a_view_is_kept_by_one_person_and_leads_to_a_page_of_ours(store: Store) -> None:
    desk(store)
    account(store, "Ann", Role.READER)
    app = app_over(store)
    ben, ann = signed_in(app, "Ben"), signed_in(app, "Ann")
    evil = {"name": "<b>mine</b>", "path": "//evil.example/x?y", "query": 'topic=talks"><script>'}
    assert ben.post("/saved-views", data=evil).status_code == 303
    page = ben.get("/saved-views").text
    assert 'href="/?topic=talks' in page
    assert "evil.example" not in page
    assert "<b>mine" not in page
    assert "<script>" not in page.replace("<script src", "")
    assert "mine" not in ann.get("/saved-views").text
    (view,) = store.views.listed("Ben")
    assert ann.post(f"/saved-views/{view.id}/remove").status_code == 303
    assert store.views.listed("Ben") == (view,)
    assert ben.post(f"/saved-views/{view.id}/remove").status_code == 303
    assert store.views.listed("Ben") == ()
    nameless = ben.post("/saved-views", data={"name": "\u200b", "path": "/"})
    assert (nameless.status_code, "a view needs a name" in nameless.text) == (422, True)
