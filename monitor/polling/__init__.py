"""When is a feed due again, are we the ones who are cut off, and how is each feed: pure, no clock, no dice, no I/O.

``rhythm`` learns when a feed publishes, ``expectation`` reads it, ``budget`` shares out the requests, ``decide`` puts
them together with what servers ask for; ``outage`` judges a round of polls, ``health`` a feed.
"""

from monitor.polling.budget import Claim, polls_a_day, scaled
from monitor.polling.decide import LONGEST_WAIT, NextPoll, PollFacts, least_interval, next_poll
from monitor.polling.expectation import pace
from monitor.polling.health import EMPTIED, FeedFacts, FeedHealth, FeedState, judge
from monitor.polling.outage import NETWORK_KINDS, Observation, at_most, is_outage, pause
from monitor.polling.policy import PollPolicy
from monitor.polling.rhythm import Rhythm, from_text, learn

__all__ = [
    "EMPTIED",
    "LONGEST_WAIT",
    "NETWORK_KINDS",
    "Claim",
    "FeedFacts",
    "FeedHealth",
    "FeedState",
    "NextPoll",
    "Observation",
    "PollFacts",
    "PollPolicy",
    "Rhythm",
    "at_most",
    "from_text",
    "is_outage",
    "judge",
    "learn",
    "least_interval",
    "next_poll",
    "pace",
    "pause",
    "polls_a_day",
    "scaled",
]
