"""The matches, filtered and judged; and one article with everything found in it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import Path, Query

from monitor import differences
from monitor.dashboard.page import NotFoundError, Page, Visit
from monitor.dashboard.pages.asked import LONGEST, Cursor, Topic
from monitor.records.board.matches import ArticleView, MatchesView, MatchFilter
from monitor.records.findings import Span
from monitor.understand import searching

Judged = Literal["any", "no", "keep", "reject", "wrong-topic"]


def load(
    visit: Visit,
    *,
    search: Annotated[str, Query(max_length=LONGEST, description="In the search language (docs/search.md).")] = "",
    topic: Annotated[Topic | None, Query()] = None,
    outlet: Annotated[str, Query(max_length=200, description="Part of the outlet's name.")] = "",
    country: Annotated[str, Query(pattern="^([A-Za-z]{2})?$", description="Two letters (ISO 3166).")] = "",
    who: Annotated[str, Query(max_length=200, description="Somebody or something the article names.")] = "",
    state: Annotated[Literal["any", "only", "without"], Query(description="Outlets that a state controls.")] = "any",
    since: Annotated[str, Query(pattern=r"^(\d{4}-\d\d-\d\d|\d{1,4}[hdw])?$", description="A day, or 24h, 7d.")] = "",
    minimum: Annotated[float, Query(ge=0, le=1, description="Least score of a topic.")] = 0.0,
    story: Annotated[int | None, Query(ge=0, le=2**62, description="Only articles of this story.")] = None,
    judged: Annotated[Judged, Query(description="What people say of it.")] = "any",
    snoozed: Annotated[bool, Query(description="Also what you have put off.")] = False,
    order: Annotated[
        Literal["newest", "score"], Query(description="score: of the newest few thousand matches the surest first.")
    ] = "newest",
    after: Cursor = None,
) -> MatchesView:
    """Matched articles, the newest match first. A short page need not be the last: `next` says."""
    if search.strip():
        # A mistake is shown where the reader made it, not in what we put together.
        searching.read(search)
    wanted = " ".join(
        part for part in (f"({search})" if search.strip() else "", *_fields(outlet, country, who, state, since)) if part
    )
    asked = MatchFilter(
        search=str(searching.read(wanted)) if wanted else "",
        topic=topic,
        story=story,
        minimum=minimum,
        judged=judged,
        snoozed=snoozed,
        order=order,
    )
    return visit.store.board.matches.page(asked, person=visit.person.name, now=visit.now, after=after)


def _fields(outlet: str, country: str, who: str, state: str, since: str) -> tuple[str, ...]:
    """The form's own fields in the search language, which quotes whatever a person may write."""
    return (
        f"outlet:{_quoted(outlet)}" if outlet.strip() else "",
        f"country:{country}" if country else "",
        f"who:{_quoted(who)}" if who.strip() else "",
        {"any": "", "only": "is:state", "without": "NOT is:state"}[state],
        (f"date:{since}.." if "-" in since else f"date:{since}") if since else "",
    )


def _quoted(text: str) -> str:
    return '"' + text.replace('"', " ").replace("\\", " ").strip() + '"'


def article(visit: Visit, *, article_id: Annotated[int, Path(ge=0)]) -> ArticleView:
    """One article: text, findings, versions, story, and its way through the funnel."""
    view = visit.store.board.article.page(article_id, person=visit.person.name, now=visit.now)
    if view is None:
        raise NotFoundError(f"There is no article {article_id}. It may have been pruned: docs/polling.md says when.")
    return view


def _marked(view: ArticleView) -> Mapping[str, object]:
    """Spans of the text to be marked, and how each version differs from the one before."""
    shift = len(view.title) + 2
    evidence = [
        (mark.start - shift, mark.end - shift)
        for mark in view.row.marks
        if mark.start is not None and mark.end is not None
    ]
    changes = [
        (new, differences.folded(differences.pieces(f"{old.title}\n\n{old.text}", f"{new.title}\n\n{new.text}")))
        for old, new in zip(view.versions, view.versions[1:], strict=False)
    ]
    return {
        "evidence": [Span(start=start, end=end, text="") for start, end in evidence if start >= 0],
        "changes": changes,
    }


PAGE = Page(path="/matches", name="matches", title="Matches", load=load, nav="Matches")
ARTICLE = Page(
    path="/articles/{article_id}",
    name="article",
    title="Article",
    load=article,
    heading=lambda view: view.row.title,
    beside=_marked,
)
