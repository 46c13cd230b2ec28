"""Every page, in the order of the menu."""

from monitor.dashboard.page import Page
from monitor.dashboard.pages import (
    classifier,
    entities,
    ladder,
    matches,
    messages,
    overview,
    places,
    sources,
    statements,
    stories,
    system,
    timeline,
)

PAGES: tuple[Page, ...] = (
    overview.PAGE,
    matches.PAGE,
    matches.ARTICLE,
    stories.PAGE,
    stories.STORY,
    timeline.PAGE,
    timeline.EVENT,
    places.PAGE,
    statements.PAGE,
    statements.STATEMENT,
    ladder.PAGE,
    ladder.WEAPON,
    entities.PAGE,
    entities.ENTITY,
    sources.PAGE,
    sources.SOURCE,
    classifier.PAGE,
    messages.PAGE,
    messages.EDITION,
    system.PAGE,
)
