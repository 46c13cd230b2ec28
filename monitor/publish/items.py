"""Stories, statements, events and steps of aid as items of a feed. Articles come from the store as items. Pure."""

from uuid import uuid5

from monitor.chronicle import phrases
from monitor.records.chronicle import Happening, LadderStep, Rung, Source, Statement, Story
from monitor.records.telling.publishing import IDS, PublishedItem


def of_story(story: Story, urn: str) -> PublishedItem:
    """A story; ``urn`` is the name that the store gives it."""
    return PublishedItem(
        id=urn,
        title=story.title,
        url=story.url,
        outlet=story.outlet,
        published=story.first_seen,
        updated=story.last_seen,
        evidence=story.evidence,
        topics=story.topics,
        outlets=story.outlets,
        origins=story.origins,
        state_origins=story.state_origins,
        story_id=story.id,
    )


def of_statement(statement: Statement) -> PublishedItem:
    """A statement, in the article that was the first to tell it."""
    sources = [witness.source for witness in statement.witnesses]
    first = min(sources, key=_published)
    says = "" if statement.kind == "direct" else "reportedly "
    return _item(
        first,
        id=_urn("statement", statement.id),
        title=f"{statement.speaker} {says}on {phrases.listed(statement.about)}: {statement.text}"
        if statement.about
        else f"{statement.speaker}{f' {says}'.rstrip()}: {statement.text}",
        updated=max(source.published for source in sources),
        evidence=statement.text,
        topics=statement.about,
        **_support(sources, {witness.origin.key: witness.origin.state_controlled for witness in statement.witnesses}),
    )


def of_happening(happening: Happening) -> PublishedItem | None:
    """An event, in the article of its latest report; None when its reports are gone."""
    if not happening.reports:
        return None
    last = happening.reports[-1]
    sources = [report.source for report in happening.reports]
    days = ""
    if happening.when is not None:
        told = "/".join(day.isoformat() for day in happening.when)
        days = f", {phrases.days(told, happening.last_told.year)}"
    return _item(
        last.source,
        id=_urn("happening", happening.id),
        title=f"{phrases.title(happening)}: {phrases.status(happening.status)}{days}",
        published=happening.first_told,
        updated=max((step.at for step in happening.history), default=happening.first_told),
        evidence=last.event.evidence.text,
        topics=(happening.type,),
        **_support(sources, {report.origin.key: report.origin.state_controlled for report in happening.reports}),
    )


def of_step(told: LadderStep) -> PublishedItem:
    """A step of the aid ladder as one article reports it."""
    step = told.step
    rung = Rung(
        item=step.item,
        donor=step.donor,
        recipient=step.recipient,
        step=step.step,
        since=told.source.published,
        firmness=step.firmness,
        history=(),
    )
    by = f" ({step.by})" if step.by else ""
    denied = " denied" if step.firmness == "denial" else ""
    return _item(
        told.source,
        id=_urn("step", told.source.article_id, step.item, step.donor, step.recipient, step.step, step.evidence.start),
        title=f"{phrases.weapon(rung)}: {phrases.step(step.step)}{denied}{by}",
        evidence=step.evidence.text,
        topics=(step.item,),
    )


def _support(sources: list[Source], origins: dict[str, bool]) -> dict[str, object]:
    """How many stand behind it; ``origins`` says of each whether a state controls it."""
    state = sum(origins.values())
    outlets = len({source.outlet for source in sources})
    return {"outlets": outlets, "origins": len(origins) - state, "state_origins": state}


def _item(source: Source, **fields: object) -> PublishedItem:
    given: dict[str, object] = {
        "url": source.url,
        "outlet": source.outlet,
        "published": source.published,
        "updated": source.published,
        "country": source.country,
        "state_controlled": source.state_controlled,
        "article_id": source.article_id,
    }
    return PublishedItem(**given | fields)  # type: ignore[arg-type]


def _published(source: Source) -> tuple[object, ...]:
    return (source.published, source.article_id)


def _urn(*parts: object) -> str:
    return uuid5(IDS, " ".join(map(str, parts))).urn
