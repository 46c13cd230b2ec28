"""Who and what the news names; and one of them: when, with whom, in whose words, in which events."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import Path, Query

from monitor import charts
from monitor.charts.theme import Spec
from monitor.dashboard.page import NotFoundError, Page, Visit
from monitor.records.board.entities import EntitiesView, EntityView
from monitor.understand.names import link

Type = Literal["person", "organisation", "place", "weapon"]


def load(
    visit: Visit,
    *,
    type: Annotated[Type | None, Query()] = None,  # noqa: A002 -- the record's own word
    name: Annotated[str, Query(max_length=200, description="Part of the name.")] = "",
) -> EntitiesView:
    """Who and what the newest matched articles name, the most named first."""
    return visit.store.board.entities.page(type_=type, name=name)


def entity(visit: Visit, *, entity_id: Annotated[int, Path(ge=0, le=2**62)]) -> EntityView:
    """One person, organisation, place or weapon."""
    view = visit.store.board.entities.entity(entity_id, person=visit.person.name, now=visit.now)
    if view is None:
        raise NotFoundError(f"There is nobody and nothing with the number {entity_id}.")
    return view


def _known(view: EntityView) -> Mapping[str, object]:
    """What the knowledge base has of it."""
    return {"known": link(view.entity.name, view.entity.type)}


def _days(view: EntityView) -> Spec | None:
    return charts.named_on(view.days) if view.days else None


def _company(view: EntityView) -> Spec | None:
    return charts.company(view.entity, view.company, view.ties) if view.company else None


PAGE = Page(path="/entities", name="entities", title="Names", load=load, nav="Names", kept=True)
ENTITY = Page(
    path="/entities/{entity_id}",
    name="entity",
    title="Name",
    load=entity,
    heading=lambda view: view.entity.name,
    charts={"days": _days, "company": _company},
    beside=_known,
)
