"""Every job by name: what a runner may be asked for."""

from collections.abc import Callable, Mapping

from monitor.jobs.analyse import analyse
from monitor.jobs.poll import poll
from monitor.jobs.read import read, screen
from monitor.jobs.services import Done, Services
from monitor.jobs.upkeep import upkeep

Job = Callable[[Services], Done]

JOBS: Mapping[str, Job] = {
    "poll": poll,
    "screen": screen,
    "read": read,
    "analyse": analyse,
    "upkeep": upkeep,
}
