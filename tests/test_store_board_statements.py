"""The statements' reads: who said what, first words, positions, and stances that changed."""

from datetime import date
from typing import Any

import pytest

from monitor.store import Store
from monitor.store.board import statements
from tests.telling_builders import arrive, at, nothing, weave
from tests.woven_builders import PUTIN, TRUMP, ZELENSKY, quote, reaction, report, step

NOW = at(8)
TOMAHAWK = "Tomahawk"


def say(store: Store, n: int, words: str, *, day: float = 0, by: str = "news", **fields: Any) -> None:
    given: dict[str, Any] = {"about": (TOMAHAWK,), "speaker_id": None}
    said = quote(words, **given | fields)
    arrive(store, n, nothing(quotes=(said,), aid=(step(),)), when=at(day, 7 + n % 10), by=by)


def two_positions(store: Store) -> None:
    say(store, 1, "We are thinking about the missiles", speaker=TRUMP)
    say(store, 2, "They would change nothing at the front", day=1, speaker=PUTIN)
    say(store, 3, "We need those weapons ourselves", day=2, speaker=TRUMP)
    weave(store)


def test_statements_come_with_the_latest_day_first(store: Store) -> None:
    assert store.board.statements.page(now=NOW).nothing_yet
    two_positions(store)
    view = store.board.statements.page(now=NOW)
    assert [line.speaker for line in view.statements] == [TRUMP, PUTIN, TRUMP]
    line = view.statements[-1]
    assert (line.text, line.kind, line.channel) == ("We are thinking about the missiles", "direct", "Truth Social")
    assert line.source is not None
    assert (line.source.outlet, line.articles, line.origins, line.about) == ("news", 1, 1, (TOMAHAWK,))
    assert (view.speakers, view.subjects) == ((TRUMP, PUTIN), (TOMAHAWK,))


def test_statements_are_found_by_speaker_subject_kind_and_days(store: Store) -> None:
    two_positions(store)
    said = report("he would wait with the decision", speaker=ZELENSKY, speaker_id="Q3874799", about=(PUTIN,))
    arrive(store, 9, nothing(reports=(said,)), when=at(3))
    weave(store)

    def texts(**wanted: object) -> list[str]:
        view = store.board.statements.page(now=NOW, **wanted)  # type: ignore[arg-type]
        assert not view.nothing_yet
        return [line.text for line in view.statements]

    assert len(texts(speaker=TRUMP)) == 2
    assert texts(speaker="Q3874799") == texts(kind="reported") == texts(about=PUTIN) == [said.text]
    assert texts(speaker=TRUMP, about=PUTIN) == []
    assert len(texts(speaker=TRUMP, about=TOMAHAWK, kind="direct")) == 2
    assert len(texts(since=at(1).date(), until=at(2).date())) == 2


@pytest.mark.parametrize("wanted", [{}, {"about": TOMAHAWK}, {"speaker": TRUMP, "about": TOMAHAWK}])
def test_pages_follow_each_other_without_a_gap(store: Store, wanted: dict[str, str]) -> None:
    for n in range(7):
        say(store, n, f"Word number {n} of the matter is {'very ' * n}clear", day=n % 3, speaker=TRUMP)
    weave(store)
    page = store.board.statements.page
    whole = [line.id for line in page(now=NOW, **wanted).statements]  # type: ignore[arg-type]
    found: list[int] = []
    after = None
    for _ in range(4):
        view = page(now=NOW, limit=2, after=after, **wanted)  # type: ignore[arg-type]
        found += [line.id for line in view.statements]
        after = view.next
    assert after is None
    assert found == whole
    assert len(whole) == 7


def test_what_is_rare_is_looked_for_bit_by_bit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    two_positions(store)
    monkeypatch.setattr(statements, "LOOKED", 2)
    view = store.board.statements.page(now=NOW, kind="reported")
    assert (view.statements, view.next is None) == ((), False)
    assert store.board.statements.page(now=NOW, kind="reported", after=view.next).next is None


def test_first_words_on_a_weapon_are_marked(store: Store) -> None:
    two_positions(store)
    say(store, 5, "Nobody asks for them any more", day=50, speaker=TRUMP)
    weave(store, now=at(60))
    fresh = {line.text: line.first_on for line in store.board.statements.page(now=at(60)).statements}
    assert fresh == {
        "We are thinking about the missiles": (TOMAHAWK,),
        "They would change nothing at the front": (TOMAHAWK,),
        "We need those weapons ourselves": (),
        "Nobody asks for them any more": (TOMAHAWK,),
    }


def test_a_position_is_the_first_and_the_latest_of_what_was_said(store: Store) -> None:
    two_positions(store)
    view = store.board.statements.page(now=NOW)
    (position,) = view.positions
    assert (position.speaker, position.subject, position.statements) == (TRUMP, TOMAHAWK, 2)
    assert (position.first, position.latest) == (
        "We are thinking about the missiles",
        "We need those weapons ourselves",
    )
    assert position.first_on < position.latest_on
    assert view.positions_since == at(0).date()
    assert store.board.statements.page(now=NOW, speaker=PUTIN).positions == ()


def test_a_stance_that_changed_is_told_with_its_sentences(store: Store) -> None:
    for n, stance in enumerate(("considered", "considered", "refused")):
        told = step(f"It was {stance}, article {n}.", step=stance, by=TRUMP)
        given = nothing(aid=(told,), reactions=(reaction(kind="warning" if n < 2 else "welcome"),))
        arrive(store, n, given, when=at(n))
    weave(store)
    view = store.board.statements.page(now=NOW)
    shifts = {shift.kind: shift for shift in view.shifts}
    aid = shifts["aid"]
    assert (aid.name, aid.subject) == (TRUMP, TOMAHAWK)
    assert [(each.stance, each.evidence) for each in aid.stances] == [
        ("considered", "It was considered, article 0."),
        ("refused", "It was refused, article 2."),
    ]
    assert (shifts["reaction"].name, [each.stance for each in shifts["reaction"].stances]) == (
        PUTIN,
        ["warning", "welcome"],
    )
    assert [shift.name for shift in store.board.statements.page(now=NOW, speaker=PUTIN).shifts] == [PUTIN]
    assert len(store.board.statements.page(now=NOW, about=TOMAHAWK).shifts) == 2
    assert store.board.statements.page(now=NOW, about="Taurus").shifts == ()


def test_statements_are_counted_by_day_for_the_leaders_or_for_who_is_asked_for(store: Store) -> None:
    two_positions(store)
    say(store, 7, "Somebody else has something to say", speaker="A Local Mayor")
    weave(store)
    view = store.board.statements.page(now=NOW)
    assert [(each.speaker, each.day, each.count) for each in view.per_day] == [
        (TRUMP, at(0).date(), 1),
        (TRUMP, at(2).date(), 1),
        (PUTIN, at(1).date(), 1),
    ]
    mayor = store.board.statements.page(now=NOW, speaker="A Local Mayor")
    assert [each.count for each in mayor.per_day] == [1]
    assert store.board.statements.page(now=NOW, until=date(2026, 1, 1)).per_day == ()


def test_one_statement_has_its_witnesses_replies_and_what_else_was_said(store: Store) -> None:
    two_positions(store)
    say(store, 4, "We are thinking about the missiles", by="wire", speaker=TRUMP)
    weave(store)
    first = store.board.statements.page(now=NOW).statements[-1]
    view = store.board.statements.statement(first.id, now=NOW)
    assert view is not None
    assert view.statement == first
    assert [witness.source.outlet for witness in view.witnesses] == ["news", "wire"]
    assert (len(view.voices), view.witnesses_left_out, view.replies) == (2, 0, ())
    assert [line.text for line in view.beside] == ["We need those weapons ourselves"]
    assert sum(story.articles for story in view.stories) == 2
    assert store.board.statements.statement(first.id + 1000, now=NOW) is None
