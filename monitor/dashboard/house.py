"""What all routes share: the store, the door, the pictures; and how a request becomes a visit and a view a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request

from monitor.dashboard.keeping import Keeper
from monitor.dashboard.look import look
from monitor.dashboard.page import Page, Person, Visit, no_card
from monitor.dashboard.people import Door
from monitor.dashboard.pictures import Pictures
from monitor.dashboard.rendering import Here, render
from monitor.jobs.telling.desk import Sources
from monitor.pipeline.verdicts import Verdicts
from monitor.records.accounts import Role
from monitor.records.board.classifier import ModelCard
from monitor.store import Store


class SignInError(Exception):
    """Nobody has signed in."""


class ForbiddenError(Exception):
    """Who has signed in may not do this. The message says which role may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The dashboard's parts."""

    store: Store
    clock: Callable[[], datetime]
    door: Door
    pictures: Pictures
    pages: tuple[Page, ...]
    sources: Callable[[datetime], Sources]
    verdicts: Verdicts
    keeper: Keeper
    charts: Keeper
    """Of specifications: making one costs more than drawing it again does."""
    card: Callable[[], ModelCard | None] = no_card

    def visit(self, request: Request, needs: Role) -> Visit:
        """Who asks, and what for. Raises SignInError and ForbiddenError."""
        now = self.clock()
        person = self.door.who(request, self.store, now)
        if person is None:
            raise SignInError
        if not person.may(needs):
            raise ForbiddenError(f"This needs the role {needs.value}; {person.name} has {person.role.value}.")
        return self.visit_of(person, now)

    def visit_of(self, person: Person, now: datetime) -> Visit:
        """The visit of somebody who was let in."""
        return Visit(
            store=self.store, now=now, person=person, sources=self.sources, verdicts=self.verdicts, card=self.card
        )

    def view(self, page: Page, visit: Visit, asked: Mapping[str, Any]) -> Any:
        """The page's view, made now or, where the page says so, some seconds ago for the same person."""
        if not page.kept:
            return page.load(visit, **asked)
        key = (page.name, visit.person, *sorted(asked.items(), key=lambda pair: pair[0]))
        return self.keeper.view(key, lambda: page.load(visit, **asked))

    def shown(
        self, template: str, values: Mapping[str, object], visit: Visit | None, request: Request, here: Here
    ) -> bytes:
        """The template filled, with what the frame of every page needs."""
        person: Person | None = visit.person if visit else None
        frame = {
            "person": person,
            "menu": [page for page in self.pages if page.nav and person and person.may(page.needs)],
        }
        now = visit.now if visit else self.clock()
        return render(template, frame | dict(values), look=look(request.cookies), now=now, here=here).encode()
