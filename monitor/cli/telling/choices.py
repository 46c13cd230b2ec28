"""Options that say when a digest comes and what is in it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitor.records.findings import TOPICS

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.telling.subscribers import Schedule, Selection

CADENCES = ("daily", "weekdays", "weekly", "hourly")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Function = TypeVar("Function", bound=Callable[..., Any])


def schedule_options(function: Function) -> Function:
    """``--cadence --zone --hour --day``."""
    for option in (
        click.option("--day", type=click.Choice(DAYS), default="monday", show_default=True, help="Of a weekly one."),
        click.option("--hour", type=click.IntRange(0, 23), default=6, show_default=True, help="Hour of the day there."),
        click.option("--zone", default="UTC", show_default=True, help="Time zone by its IANA name: Europe/Kyiv."),
        click.option("--cadence", type=click.Choice(CADENCES), default="daily", show_default=True, help="How often."),
    ):
        function = option(function)
    return function


def selection_options(function: Function) -> Function:
    """``--topic --search --saved --language``."""
    for option in (
        click.option("--language", "languages", multiple=True, help="Only articles in this language (en, uk ...)."),
        click.option("--saved", help="A saved search by its name (`monitor searches list`)."),
        click.option("--search", default="", help="Only what this search finds; docs/search.md has the language."),
        click.option("--topic", "topics", multiple=True, type=click.Choice(TOPICS), help="Only this topic."),
    ):
        function = option(function)
    return function


def schedule(*, cadence: str, zone: str, hour: int, day: str) -> "Schedule":
    """The options as a record. Raises ConfigError for a zone that is none."""
    from monitor.digest import periods
    from monitor.records.telling.subscribers import Cadence, Schedule

    chosen = Schedule(cadence=Cadence(cadence), zone=zone, hour=hour, weekday=DAYS.index(day))
    periods.check(chosen)
    return chosen


def selection(
    settings: "Settings", *, topics: tuple[str, ...], search: str, saved: str | None, languages: tuple[str, ...]
) -> "Selection":
    """The options as a record. Raises QueryError for a search that cannot be read, ConfigError for an unknown one."""
    from monitor.errors import ConfigError
    from monitor.records.telling.subscribers import Selection
    from monitor.store import Store
    from monitor.understand import searching

    if saved:
        if search:
            raise ConfigError("--search and --saved exclude each other: give one of them.")
        with Store.open(settings.database_url) as store:
            search = store.searches.get(saved).search
    if search:
        search = str(searching.read(search))
    for code in languages:
        if not (len(code) == 2 and code.isascii() and code.isalpha() and code.islower()):
            raise ConfigError(f"{code!r} is no ISO 639-1 code. Write two small letters, such as 'uk'.")
    return Selection(topics=tuple(sorted(set(topics))), search=search, languages=tuple(sorted(set(languages))))
