"""Quiet hours on a wall clock, over the days on which clocks change. Pure."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.records.telling.alerts import QuietHours

_DAY = timedelta(days=1)
# A zone may leave a whole day out (Samoa, 2011): then the end comes a day later.
_DAYS_AHEAD = 3


def is_quiet(quiet: QuietHours | None, moment: datetime) -> bool:
    """Whether the clock on the wall stands in the quiet hours. From an hour to the same hour is never."""
    if quiet is None or quiet.start == quiet.end:
        return False
    hour = moment.astimezone(ZoneInfo(quiet.zone)).hour
    if quiet.start < quiet.end:
        return quiet.start <= hour < quiet.end
    return hour >= quiet.start or hour < quiet.end


def end(quiet: QuietHours | None, moment: datetime) -> datetime:
    """When something that may leave at ``moment`` leaves: then, or at the end of the quiet hours it lies in (UTC).

    Where the clock skips the end, it is the moment of the change; where it shows the end twice, it is the first time.
    """
    if quiet is None or not is_quiet(quiet, moment):
        return moment
    zone = ZoneInfo(quiet.zone)
    today = moment.astimezone(zone).date()
    for ahead in range(_DAYS_AHEAD + 1):
        over = datetime.combine(today + ahead * _DAY, time(quiet.end), zone).astimezone(UTC)
        if over > moment and not is_quiet(quiet, over):
            return over
    return moment + _DAY
