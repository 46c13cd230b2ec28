"""What holds for every rule and whatever comes up."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import alerts
from monitor.alerts import composing, quiet
from monitor.records.telling.alerts import AlertRule, News, QuietHours, Trigger
from tests.alert_builders import NOW, news, rule

ZONES = (
    "UTC",
    "Europe/Kyiv",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Havana",
    "Asia/Tehran",
)
HOURS = st.integers(0, 23)
QUIET = st.builds(QuietHours, zone=st.sampled_from(ZONES), start=HOURS, end=HOURS)
MINUTES = st.integers(0, 20_000).map(lambda n: NOW - timedelta(minutes=n))
# Days on which clocks change somewhere, and others.
MOMENTS = st.integers(0, 730 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))


@st.composite
def rules(draw: st.DrawFn) -> AlertRule:
    return rule(
        quiet=draw(st.none() | QUIET),
        group_seconds=draw(st.sampled_from((0.0, 60.0, 3600.0, 90_000.0))),
        hourly_limit=draw(st.integers(0, 4)),
        snoozed_until=draw(st.none() | st.integers(-300, 300).map(lambda n: NOW + timedelta(minutes=n))),
    )


@st.composite
def lists(draw: st.DrawFn) -> list[News]:
    made = []
    for n in range(draw(st.integers(0, 12))):
        trigger = draw(st.sampled_from(Trigger))
        story = draw(st.none() | st.integers(1, 3))
        made.append(news(n, trigger, at=draw(MINUTES), story_id=story, article_id=draw(st.none() | st.integers(1, 6))))
    return draw(st.permutations(made))


@settings(max_examples=60)
@given(rules(), lists(), st.lists(MINUTES, max_size=5), st.frozensets(st.integers(1, 3)))
def test_everything_is_either_told_muted_or_found_again(
    of: AlertRule, found: list[News], sent: list[datetime], stories: frozenset[int]
) -> None:
    plan = alerts.due(of, found, told_stories=stories, sent_lately=sent, now=NOW)
    assert len(plan.groups) <= 1
    group = [each for some in plan.groups for each in some.news]
    parts = [*group, *plan.muted, *plan.waiting]
    assert sorted(each.key for each in parts) == sorted(each.key for each in found)
    assert not (plan.groups and plan.waiting)
    assert (plan.again_at is None) == (not plan.waiting)
    assert all(each.trigger is Trigger.MATCH or each.at < NOW - timedelta(days=7) for each in plan.muted)
    told = [each.story_id for each in group if each.trigger is Trigger.MATCH and each.story_id]
    assert len(told) == len(set(told))
    assert not stories & set(told)


@settings(max_examples=60)
@given(rules(), lists(), st.lists(MINUTES, max_size=5))
def test_what_waits_goes_at_the_time_that_was_named_and_not_before(
    of: AlertRule, found: list[News], sent: list[datetime]
) -> None:
    plan = alerts.due(of, found, sent_lately=sent, now=NOW)
    if plan.again_at is None:
        return
    assert plan.again_at > NOW
    just_before = plan.again_at - timedelta(microseconds=1)
    assert not alerts.due(of, plan.waiting, sent_lately=sent, now=just_before).groups
    later = alerts.due(of, plan.waiting, sent_lately=sent, now=plan.again_at)
    assert not later.waiting


@settings(max_examples=40)
@given(rules(), lists(), st.lists(MINUTES, max_size=5), st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_found_changes_nothing(
    of: AlertRule, found: list[News], sent: list[datetime], random: object
) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = (alerts.due(of, some, sent_lately=sent, now=NOW) for some in (found, shuffled))
    assert first.groups == second.groups
    for one, other in zip(first.groups, second.groups, strict=True):
        assert alerts.ledger_key(of, one.news) == alerts.ledger_key(of, reversed(other.news))


@settings(max_examples=100)
@given(QUIET, MOMENTS)
def test_quiet_hours_end_at_the_first_moment_that_is_not_quiet(hours: QuietHours, moment: datetime) -> None:
    over = quiet.end(hours, moment)
    assert not quiet.is_quiet(hours, over)
    step = moment
    while step < over:
        assert quiet.is_quiet(hours, step)
        step += timedelta(minutes=15)
    if over > moment:
        assert quiet.is_quiet(hours, over - timedelta(microseconds=1))
        assert over - moment <= timedelta(hours=25)
        assert over.astimezone(ZoneInfo(hours.zone)).minute in {0, 30}


@settings(max_examples=50)
@given(st.lists(st.text(), min_size=1, max_size=4, unique=True), st.integers(1, 9))
def test_another_rule_or_other_news_have_another_ledger_key(keys: list[str], other: int) -> None:
    told = [News(key=key, trigger=Trigger.MATCH, at=NOW, title="x") for key in keys]
    key = alerts.ledger_key(rule(), told)
    assert key == alerts.ledger_key(rule(), [*reversed(told), told[0]])
    assert key != alerts.ledger_key(rule(id=7 + other), told)
    assert key != alerts.ledger_key(rule(), told[1:])


@settings(max_examples=50)
@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=80), st.integers(1, 60))
def test_whatever_strangers_write_the_message_is_bounded_and_can_be_sent(
    title: str, evidence: str, url: str, count: int
) -> None:
    told = tuple(news(n, title=title * 50, evidence=evidence * 50, url=url, outlet=title) for n in range(count))
    subject, text, html = alerts.mail(rule(name=title or "x"), told)
    assert subject.strip()
    assert len(subject.splitlines()) == 1
    assert subject.isprintable() or all(mark.isprintable() or not mark.isspace() for mark in subject)
    assert len(text.encode()) < 40_000
    assert len(html.encode()) < 60_000
    assert html.count("<p") == html.count("</p>")
    shown = min(count, composing.MOST_SHOWN)
    assert html.count("font-weight:600") == shown
