"""What people say of a match: keep, reject, wrong topic, snooze, undo. All goes into SQL, with who and when."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from fastapi import FastAPI, Form, Path, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from monitor.dashboard.house import House
from monitor.dashboard.page import Visit
from monitor.dashboard.pages.asked import Topic
from monitor.dashboard.preferences import own_path
from monitor.records.accounts import Role
from monitor.records.feedback import Judgement, Verdict

Number = Annotated[int, Path(ge=1)]
LONGEST_SNOOZE = 24 * 30


def add(app: FastAPI, house: House) -> None:
    """Put the routes into the application; each answers with JSON where the request accepts it, else leads back."""

    @app.post("/articles/{article_id}/judge", tags=["corrections"], summary="Keep, reject or move a match")
    def judge(
        request: Request,
        article_id: Number,
        verdict: Annotated[Verdict, Form()],
        topic: Annotated[Topic | None, Form()] = None,
        to_topic: Annotated[Topic | None, Form()] = None,
        note: Annotated[str, Form(max_length=500)] = "",
        back: Annotated[str, Form()] = "/matches",
    ) -> Response:
        def act(visit: Visit) -> dict[str, object]:
            judgement = Judgement(
                article=article_id,
                verdict=verdict,
                person=visit.person.name,
                topic=topic,
                to_topic=to_topic,
                note=note,
            )
            found = house.store.labels.add(judgement, now=visit.now, audited=True)
            return {"labels": [label.id for label in found], "verdict": verdict.value}

        return _done(house, request, back, act)

    @app.post("/articles/{article_id}/undo", tags=["corrections"], summary="Take one's own last judgement back")
    def undo(request: Request, article_id: Number, back: Annotated[str, Form()] = "/matches") -> Response:
        def act(visit: Visit) -> dict[str, object]:
            undone = house.store.labels.undo_last(visit.person.name, article_id, now=visit.now)
            return {"undone": [label.id for label in undone]}

        return _done(house, request, back, act)

    @app.post("/articles/{article_id}/snooze", tags=["corrections"], summary="Hide a match for a while")
    def snooze(
        request: Request,
        article_id: Number,
        hours: Annotated[int, Form(ge=0, le=LONGEST_SNOOZE)] = 24,
        back: Annotated[str, Form()] = "/matches",
    ) -> Response:
        def act(visit: Visit) -> dict[str, object]:
            until = visit.now + timedelta(hours=hours)
            house.store.snoozes.set(visit.person.name, article_id, until=until, now=visit.now)
            return {"until": until.isoformat() if hours else None}

        return _done(house, request, back, act)


def _done(house: House, request: Request, back: str, act: Callable[[Visit], dict[str, object]]) -> Response:
    answer = act(house.visit(request, Role.ANALYST))
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(answer)
    return RedirectResponse(own_path(back), 303)
