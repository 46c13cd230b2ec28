"""The calendar: what lies ahead, the nearest first, then what was held, called off or put off. Pure."""

from collections.abc import Sequence

from monitor.digest import naming
from monitor.digest.gathering import News, best_report
from monitor.digest.sections import Section, chosen, cited, fit, independent, standing
from monitor.records.chronicle import Happening
from monitor.records.telling.digests import CalendarLine, Facts

MOST_AHEAD, MOST_TURNED = 8, 6
NEW = "new"
_WHAT = 200


def calendar(facts: Facts, news: Sequence[News]) -> Section[CalendarLine]:
    """What lies ahead and what became of plans; where there is too much, what changed and leaders come before days."""
    changed = {each.happening.id: each for each in news if each.happening}
    ahead = [each for each in _once(facts.planned) if each.reports]
    shown = {each.id for each in ahead}
    turned = [each for each in _once(facts.turned) if each.reports and each.id not in shown]

    def weight(happening: Happening) -> tuple[bool, bool, int]:
        tellers = independent((report.source, report.origin) for report in happening.reports)
        return (tellers > 0, happening.id in changed, standing(happening.participants))

    picked = [*chosen(ahead, MOST_AHEAD, weight), *chosen(turned, MOST_TURNED, weight)]
    past = {each.id for each in facts.turned}
    return Section(
        lines=tuple(_line(each, changed.get(each.id), has_turned=each.id in past) for each in picked),
        left=len(ahead) + len(turned) - len(picked),
        told=frozenset(key for each in picked if each.id in changed for key in changed[each.id].keys),
    )


def _once(happenings: Sequence[Happening]) -> list[Happening]:
    return list({each.id: each for each in happenings}.values())


def _line(happening: Happening, news: News | None, *, has_turned: bool) -> CalendarLine:
    saying = [each for each in happening.reports if each.event.status == happening.status] or list(happening.reports)
    report = best_report(saying, news.source if news else None)
    origins = independent((each.source, each.origin) for each in saying)
    return CalendarLine(
        happening_id=happening.id,
        what=fit(naming.event(happening, place=", "), _WHAT),
        status=naming.status(happening.status),
        when=happening.when,
        is_certain=happening.certainty == "exact" and all(each.field != "when" for each in happening.contradictions),
        turn=fit(_turn(happening, news, has_turned=has_turned), _WHAT),
        evidence=cited(report.event.evidence.text, report.source, state_only=not origins),
        origins=origins,
    )


def _turn(happening: Happening, news: News | None, *, has_turned: bool) -> str:
    if news is None:
        return f"now {naming.status(happening.status)}" if has_turned else ""
    is_new = any(change.kind == "new event" for change in news.changes)
    return NEW if is_new and news.change.kind == "new event" and "; " not in news.turn else news.turn
