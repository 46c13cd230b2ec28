"""Rules over what came up to the messages that are due. Pure.

``plan`` says what a rule does now (``news`` what may set it off, ``due`` what comes of that), ``notice`` and ``mail``
put it into words; ``triggers``, ``quiet_hours`` and ``span`` read a rule's options as people write them.
"""

from monitor.alerts.composing import mail, notice
from monitor.alerts.deciding import due, ledger_key, plan
from monitor.alerts.gathering import looks_at_sources, news, sample
from monitor.alerts.options import quiet_hours, span, triggers

__all__ = [
    "due",
    "ledger_key",
    "looks_at_sources",
    "mail",
    "news",
    "notice",
    "plan",
    "quiet_hours",
    "sample",
    "span",
    "triggers",
]
