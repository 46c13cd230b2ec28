"""Statements: by person and subject, first words and changed positions; and one with everybody who carries it."""

from typing import Annotated, Literal

from fastapi import Path, Query

from monitor import charts
from monitor.charts.theme import Spec
from monitor.dashboard.page import NotFoundError, Page, Visit
from monitor.dashboard.pages.asked import Cursor, Day, Name
from monitor.records.board.statements import StatementsView, StatementView
from monitor.text import shorten
from monitor.understand import searching


def load(
    visit: Visit,
    *,
    speaker: Name = "",
    about: Name = "",
    kind: Annotated[Literal["direct", "reported"] | None, Query()] = None,
    since: Day = None,
    until: Day = None,
    after: Cursor = None,
) -> StatementsView:
    """What was said, the latest day first."""
    return visit.store.board.statements.page(
        now=visit.now,
        speaker=_known(speaker),
        about=_known(about),
        kind=kind,
        since=since,
        until=until,
        after=after,
    )


def _known(name: str) -> str | None:
    return (searching.canonical(name) or name) if name.strip() else None


def statement(visit: Visit, *, statement_id: Annotated[int, Path(ge=0, le=2**62)]) -> StatementView:
    """One statement: wordings, witnesses, reactions, what the speaker said of it before."""
    view = visit.store.board.statements.statement(statement_id, now=visit.now)
    if view is None:
        raise NotFoundError(f"There is no statement {statement_id}. It may have gone into another with the same words.")
    return view


def _per_day(view: StatementsView) -> Spec | None:
    last = max((each.day for each in view.per_day), default=None)
    return None if last is None else charts.said(view.per_day, last=last)


PAGE = Page(
    path="/statements", name="statements", title="Statements", load=load, nav="Statements", charts={"said": _per_day}
)
STATEMENT = Page(
    path="/statements/{statement_id}",
    name="statement",
    title="Statement",
    load=statement,
    heading=lambda view: f"{view.statement.speaker}: {shorten(view.statement.text, 90)}",
)
