"""The aid ladder: where each weapon from each donor stands; and how one came there, sentence by sentence."""

from typing import Annotated

from fastapi import Path

from monitor import charts
from monitor.charts.theme import Spec
from monitor.dashboard.page import NotFoundError, Page, Visit
from monitor.records.board.ladder import LadderView, WeaponView


def load(visit: Visit) -> LadderView:
    """Weapons by donors: the rung that each decision has reached."""
    return visit.store.board.ladder.page(now=visit.now)


def weapon(visit: Visit, *, item_key: Annotated[str, Path(pattern="^[0-9a-f]{1,64}$")]) -> WeaponView:
    """One weapon: every move of its decisions, with who said so."""
    view = visit.store.board.ladder.weapon(item_key, now=visit.now)
    if view is None:
        raise NotFoundError("There is no weapon under this address. The ladder lists those that were told of.")
    return view


def _history(view: WeaponView) -> Spec | None:
    return charts.ladder_history(view.climbs, now=view.now)


PAGE = Page(path="/ladder", name="ladder", title="Aid ladder", load=load, nav="Aid ladder", kept=True)
WEAPON = Page(
    path="/ladder/{item_key}",
    name="weapon",
    title="Weapon",
    load=weapon,
    charts={"history": _history},
    heading=lambda view: view.item,
)
