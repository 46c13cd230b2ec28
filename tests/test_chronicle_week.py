"""The bundled newsroom's week, told by hand as its script has it: the chronicle must come out as the script says."""

import time
import tomllib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import monitor.replay
from monitor.chronicle import changes, happenings, ladder
from monitor.records.chronicle import EventReport, Happening, LadderStep, Rung
from monitor.records.findings import When
from tests.chronicle_builders import PUTIN, TRUMP, ZELENSKY, event_report, step, woven_events

SCRIPT = tomllib.loads((Path(monitor.replay.__file__).parent / "week" / "script.toml").read_text(encoding="utf-8"))
TIMES = {row["key"]: [item["at"] for item in row["history"]] for row in SCRIPT["development"]}
SUMMIT = (TRUMP, PUTIN)
LEADERS = (TRUMP, ZELENSKY)
MINISTERS = ("Sergei Lavrov", "Marco Rubio")


def moment(key: str, place: int = 0, *, late: int = 0) -> datetime:
    """When the script's step happened; ``late`` minutes after it an outlet printed it."""
    return datetime.fromisoformat(TIMES[key][place]).astimezone(UTC) + timedelta(minutes=late)


def october(day: int) -> When:
    return When(start=date(2025, 10, day), end=date(2025, 10, day), certainty="exact")


def told(
    key: str, place: int, status: str, who: tuple[str, ...], outlets: Sequence[str], **fields: Any
) -> list[EventReport]:
    return [
        event_report(moment(key, place, late=5 + 30 * number), status, who, outlet=outlet, **fields)
        for number, outlet in enumerate(outlets)
    ]


REPORTS = [
    *told(
        "visit-confirmed",
        0,
        "planned",
        (ZELENSKY,),
        ["Wire", "Pulse"],
        type="visit",
        when=october(17),
        where="White House",
    ),
    *told("visit-confirmed", 0, "planned", LEADERS, ["Post"], when=october(17), where="Washington, D.C."),
    *told("call-announced", 0, "under_way", SUMMIT, ["Wire", "Pulse"], type="call", when=october(16)),
    *told("call-readout", 0, "held", SUMMIT, ["Wire", "Observer", "Ledger"], type="call", when=october(16)),
    *told("call-readout", 0, "planned", SUMMIT, ["Wire", "Courier", "Ledger"], where="Budapest", start=200),
    *told("zelensky-lands", 0, "planned", LEADERS, ["Courier"], when=october(17), where="White House"),
    *told("white-house-meeting", 0, "under_way", LEADERS, ["Pulse"], when=october(17), where="White House"),
    *told(
        "white-house-meeting", 1, "held", LEADERS, ["Wire", "Harbour", "Post"], when=october(17), where="White House"
    ),
    *told(
        "white-house-meeting", 1, "held", (ZELENSKY,), ["Ledger"], type="visit", when=october(17), where="Washington"
    ),
    *told("calls-europe", 0, "held", LEADERS, ["Tribune"], text="after his talks with Trump"),
    *told("peskov-no-date", 0, "planned", SUMMIT, ["Wire", "Nevsky", "Harbour"], where="Budapest"),
    *told("lavrov-rubio-call", 0, "planned", MINISTERS, ["Wire", "Nevsky"], type="call", when=october(20)),
    *told("lavrov-rubio-call", 1, "planned", MINISTERS, ["Post"], type="call"),
]
STEPS: list[LadderStep] = [
    step(moment("zelensky-asks"), "requested", by=ZELENSKY, outlet="Wire"),
    step(moment("trump-may-not-but"), "considered", by=TRUMP, firmness="hint", outlet="Wire"),
    step(moment("trump-may-not-but", late=90), "considered", by=TRUMP, firmness="hint", outlet="Ledger"),
    step(moment("white-house-meeting", 1), "refused", by=TRUMP, outlet="Wire"),
    step(moment("white-house-meeting", 1, late=99), "refused", by=TRUMP, outlet="Harbour"),
    step(
        moment("tomahawk-shipped-report"), "delivered", outlet="Pulse", text="a source familiar with transport said so"
    ),
    step(
        moment("tomahawk-shipped-report", late=170),
        "delivered",
        outlet="Courier",
        text="the outlet reports, citing one source",
    ),
    step(moment("tomahawk-shipped-report", late=285), "delivered", outlet="State", state_controlled=True),
    step(moment("tomahawk-shipped-report", 1), "delivered", firmness="denial", by="Pentagon", outlet="Pulse"),
    step(moment("merz-taurus-patriot"), "refused", by="Friedrich Merz", item="Taurus missiles", donor="Germany"),
    step(
        moment("merz-taurus-patriot"),
        "announced",
        by="Friedrich Merz",
        firmness="official_act",
        item="Patriot air defence system",
        donor="Germany",
    ),
]


def one(found: Sequence[Happening], kind: str, who: tuple[str, ...]) -> Happening:
    (happening,) = [h for h in found if h.type in {kind, "visit"} and set(h.participants) == set(who)]
    return happening


@pytest.mark.parametrize("order", [1, -1], ids=["as it happened", "backwards"])
def test_the_weeks_events_come_out_as_the_script_has_them(order: int) -> None:
    found = woven_events(sorted(REPORTS, key=lambda report: report.source.published)[::order])
    assert len(found) == 4
    meeting, summit = one(found, "meeting", LEADERS), one(found, "meeting", SUMMIT)
    call, ministers = one([h for h in found if h.type == "call"], "call", SUMMIT), one(found, "call", MINISTERS)
    assert [change.after for change in meeting.history if change.field == "status"] == ["planned", "under_way", "held"]
    assert (meeting.when, meeting.where) == ((date(2025, 10, 17),) * 2, "White House")
    assert (call.status, call.when) == ("held", (date(2025, 10, 16),) * 2)
    assert (summit.status, summit.when, summit.where) == ("planned", None, "Budapest")
    assert (ministers.status, ministers.when) == ("planned", (date(2025, 10, 20),) * 2)
    assert not any(happening.contradictions for happening in found)


def test_the_weeks_ladder_believes_no_false_delivery() -> None:
    rungs: dict[str, Rung] = {rung.item: rung for rung in ladder.rungs(STEPS)}
    tomahawk = rungs["Tomahawk missiles"]
    assert [told.step.step for told in tomahawk.history] == ["requested", "considered", "refused"]
    assert tomahawk.since == moment("white-house-meeting", 1)
    assert rungs["Taurus missiles"].step == "refused"
    assert (rungs["Patriot air defence system"].step, rungs["Patriot air defence system"].donor) == (
        "announced",
        "Germany",
    )
    meanwhile = [told for told in STEPS if told.source.published < moment("tomahawk-shipped-report", 1)]
    assert {rung.item: rung.step for rung in ladder.rungs(meanwhile)}["Tomahawk missiles"] == "refused"


def test_the_weeks_news_can_be_read_in_lines() -> None:
    found = changes.since(
        moment("call-announced"),
        happenings=woven_events(REPORTS),
        statements=(),
        rungs=ladder.rungs(STEPS),
        answers=(),
        now=moment("white-house-meeting", 1, late=120),
    )
    said = [change.what for change in reversed(found)]
    assert "Call of Donald Trump and Vladimir Putin: under way on 16 October" in said
    assert "Meeting of Donald Trump and Vladimir Putin in Budapest: planned" in said
    assert "Tomahawk missiles from the United States to Ukraine: refused, was considered (Donald Trump)" in said
    assert any(line.endswith(": under way, now held") and "the White House" in line for line in said)


@pytest.mark.alone
def test_an_event_of_a_thousand_reports_is_settled_quickly() -> None:
    start = datetime(2025, 10, 14, tzinfo=UTC)
    reports = [
        event_report(start + timedelta(minutes=number), when=october(17), outlet=f"O{number % 60}")
        for number in range(1_000)
    ]
    whole = happenings.settled(reports[:-1], id=1)
    before = time.perf_counter()
    happenings.weave([whole], reports[-1:])
    assert time.perf_counter() - before < 1
