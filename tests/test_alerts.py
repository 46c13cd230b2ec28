"""What sets rules off, what they do about it, and the words in which they tell it."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from monitor import alerts
from monitor.alerts import options, quiet, words
from monitor.errors import ConfigError
from monitor.records.telling.alerts import Candidates, News, Plan, QuietHours, Trigger
from monitor.records.telling.digests import DarkFeed
from tests.alert_builders import HOUR, MINUTE, NIGHT, NOW, change, match, news, rule, source

DOCS = Path(__file__).resolve().parents[1] / "docs" / "alerts.md"


def found(*, dark: tuple[DarkFeed, ...] = (), of: Any = None, **fields: Any) -> tuple[News, ...]:
    return alerts.news(Candidates(rule=of or rule(), **fields), dark, now=NOW)


# What sets a rule off


@pytest.mark.parametrize(
    ("kind", "trigger"),
    [
        ("new event", Trigger.EVENT),
        ("event status", Trigger.STATUS),
        ("event date", Trigger.STATUS),
        ("ladder", Trigger.LADDER),
        ("first statement", Trigger.LEADER),
        ("answer", Trigger.ANSWER),
        ("silence", Trigger.SILENCE),
    ],
)
def test_each_kind_of_change_sets_off_its_trigger_alone(kind: str, trigger: Trigger) -> None:
    (told,) = found(changes=(change(kind),), of=rule(triggers=(trigger,)))
    assert (told.trigger, told.title, told.url) == (trigger, f"{kind} 1", "https://news.example/1")
    # The store looks for what was told by this name.
    assert told.key == f"change:{kind}-1"
    others = tuple(other for other in Trigger if other is not trigger)
    assert found(changes=(change(kind),), of=rule(triggers=others)) == ()


def test_a_kind_of_change_that_nobody_knows_yet_sets_nothing_off() -> None:
    assert found(changes=(change("earthquake"),)) == ()


def test_a_match_below_the_threshold_is_no_news() -> None:
    pair = ((match(1, score=0.79), None), (match(2, score=0.8), 5))
    (told,) = found(matches=pair, of=rule(threshold=0.8))
    assert (told.key, told.story_id, told.score) == ("match:2", 5, 0.8)


def test_what_is_older_than_the_rule_is_never_told() -> None:
    old = rule(created_at=NOW)
    assert found(matches=((match(at=NOW - MINUTE), None),), changes=(change("ladder", at=NOW - MINUTE),), of=old) == ()


def test_what_a_back_catalogue_brings_is_never_told() -> None:
    assert found(changes=(change("ladder", told=source(backfill=True)),)) == ()


def test_only_leaders_first_words_and_silences_count() -> None:
    someone = ("A Deputy Mayor", "Tomahawk")
    assert found(changes=(change("first statement", names=someone),)) == ()
    habit = replace(change("silence", names=someone), source=None)
    assert found(changes=(habit,)) == ()
    assert len(found(changes=(replace(habit, names=("Donald Trump", "Tomahawk")),))) == 1


def test_a_change_takes_the_story_of_its_article_from_the_matches() -> None:
    told = found(matches=((match(1), 5),), changes=(change("ladder", 1),))
    assert {each.story_id for each in told} == {5}


def test_readers_learn_who_owns_and_who_translated_what_is_quoted() -> None:
    (told,) = found(matches=((match(state_controlled=True, translation="opus"), None),))
    assert told.outlet == "The News (state-controlled, translated by opus)"


def test_a_source_that_is_dark_is_told_once_and_again_when_it_goes_dark_again() -> None:
    first = DarkFeed(title="Wire", state="failing", since=NOW - HOUR, detail="HTTP 503")
    (told,) = found(dark=(first,))
    assert (told.title, told.evidence, told.at) == ("Wire: failing", "HTTP 503", NOW - HOUR)
    assert found(dark=(replace(first, detail="HTTP 500"),))[0].key == told.key
    assert found(dark=(replace(first, since=NOW - MINUTE),))[0].key != told.key


def test_a_source_that_was_dark_before_the_rule_was_made_is_dark_all_the_same() -> None:
    young = rule(created_at=NOW - HOUR)
    long_ago = DarkFeed(title="Wire", state="gone", since=NOW - timedelta(days=90))
    (told,) = found(dark=(long_ago,), of=young)
    assert told.at == NOW - HOUR
    assert sent(alerts.due(young, (told,), now=NOW + timedelta(days=20))) == (told,)


# What is done about it


def sent(plan: Plan) -> tuple[News, ...]:
    """What goes now: in one message, or in none."""
    assert len(plan.groups) <= 1
    assert all(group.not_before is None for group in plan.groups)
    return plan.groups[0].news if plan.groups else ()


def test_what_comes_up_is_told_at_once_in_one_message_the_most_important_first() -> None:
    told = (news(1), news(2, Trigger.DARK), news(3, Trigger.STATUS), news(4, Trigger.LADDER))
    plan = alerts.due(rule(), told, now=NOW)
    assert [each.trigger for each in sent(plan)] == [Trigger.STATUS, Trigger.LADDER, Trigger.MATCH, Trigger.DARK]
    assert (plan.muted, plan.waiting, plan.again_at) == ((), (), None)


def test_a_rule_that_is_switched_off_does_nothing() -> None:
    plan = alerts.due(rule(is_active=False), (news(),), now=NOW)
    assert (sent(plan), plan.muted, plan.waiting) == ((), (), ())


def test_a_story_that_was_told_is_no_news_but_what_becomes_of_its_event_is() -> None:
    told = (news(1, story_id=5), news(2, Trigger.STATUS, story_id=5), news(3, story_id=6))
    plan = alerts.due(rule(), told, told_stories={5}, now=NOW)
    assert [each.key for each in sent(plan)] == ["status:2", "match:3"]
    assert [each.key for each in plan.muted] == ["match:1"]


def test_of_a_story_only_the_first_match_is_told() -> None:
    told = (news(2, story_id=5, at=NOW), news(1, story_id=5, at=NOW - MINUTE), news(3), news(4))
    plan = alerts.due(rule(), told, now=NOW)
    assert {each.key for each in sent(plan)} == {"match:1", "match:3", "match:4"}
    assert [each.key for each in plan.muted] == ["match:2"]


def test_an_article_that_matches_two_topics_is_told_once() -> None:
    plan = alerts.due(rule(), (news(1, score=0.8), news(2, score=0.9, article_id=101)), now=NOW)
    assert [each.key for each in sent(plan)] == ["match:2"]


def test_a_match_of_the_article_that_a_change_cites_says_nothing_more() -> None:
    plan = alerts.due(rule(), (news(1), news(1, Trigger.LADDER)), now=NOW)
    assert ([each.key for each in sent(plan)], [each.key for each in plan.muted]) == (["ladder:1"], ["match:1"])


def test_what_was_told_already_is_passed_over() -> None:
    plan = alerts.due(rule(), (news(1), news(2, Trigger.DARK)), told={"match:1", "dark:2"}, now=NOW)
    assert (sent(plan), plan.muted) == ((), ())


def test_what_is_a_week_old_is_no_news_any_more() -> None:
    plan = alerts.due(rule(), (news(1, at=NOW - timedelta(days=8)), news(2)), now=NOW)
    assert ([each.key for each in sent(plan)], [each.key for each in plan.muted]) == (["match:2"], ["match:1"])


def test_in_quiet_hours_nothing_is_sent_and_their_end_brings_one_message() -> None:
    night = datetime(2026, 11, 20, 23, tzinfo=UTC)
    told = (news(1, at=night), news(2, at=night + HOUR))
    plan = alerts.due(rule(quiet=NIGHT), told, now=night + HOUR)
    morning = datetime(2026, 11, 21, 5, tzinfo=UTC)
    assert (sent(plan), plan.again_at, len(plan.waiting)) == ((), morning, 2)
    plan = alerts.due(rule(quiet=NIGHT), told, now=morning)
    assert len(sent(plan)) == 2
    assert alerts.notice(rule(quiet=NIGHT), sent(plan), id="d").data["note"] == "What came up in quiet hours."


def test_repeats_are_not_kept_as_told_while_the_first_of_their_story_waits() -> None:
    """The first may be withdrawn until then, and another must stand in for it."""
    night = datetime(2026, 11, 20, 23, tzinfo=UTC)
    plan = alerts.due(rule(quiet=NIGHT), (news(1, story_id=5, at=night), news(2, story_id=5, at=night)), now=night)
    assert (plan.muted, len(plan.waiting)) == ((), 2)


def test_a_group_waits_for_its_window_and_the_next_follows_a_window_later() -> None:
    five = rule(group_seconds=300)
    first = news(1, at=NOW)
    assert alerts.due(five, (first,), now=NOW + MINUTE).again_at == NOW + 5 * MINUTE
    assert len(sent(alerts.due(five, (first, news(2, at=NOW + 4 * MINUTE)), now=NOW + 5 * MINUTE))) == 2
    late = news(3, at=NOW - HOUR)
    plan = alerts.due(five, (late,), sent_lately=(NOW + 5 * MINUTE,), now=NOW + 6 * MINUTE)
    assert plan.again_at == NOW + 10 * MINUTE


def test_what_is_over_the_hourly_limit_comes_together_in_the_next_hour() -> None:
    two = rule(hourly_limit=2)
    lately = (NOW - 50 * MINUTE, NOW - 10 * MINUTE)
    plan = alerts.due(two, (news(1), news(2)), sent_lately=lately, now=NOW)
    assert plan.again_at == NOW + 10 * MINUTE
    assert len(sent(alerts.due(two, (news(1), news(2)), sent_lately=lately, now=NOW + 10 * MINUTE))) == 2


def test_a_snoozed_rule_sends_nothing_and_then_one_summary() -> None:
    snoozed = rule(snoozed_until=NOW + HOUR)
    told = tuple(news(n) for n in range(40))
    plan = alerts.due(snoozed, told, now=NOW)
    assert (sent(plan), plan.again_at) == ((), NOW + HOUR)
    plan = alerts.due(snoozed, told, now=NOW + HOUR)
    assert len(sent(plan)) == 40
    text = alerts.mail(snoozed, sent(plan))[1]
    assert text.startswith("What came up while this alert was snoozed.\n\nStory ")
    assert "snoozed" not in alerts.mail(snoozed, (news(1, at=NOW + 2 * HOUR),))[1]


def test_a_snooze_that_ends_at_night_is_followed_by_the_quiet_hours() -> None:
    snoozed = rule(snoozed_until=datetime(2026, 11, 20, 22, tzinfo=UTC), quiet=NIGHT)
    assert alerts.due(snoozed, (news(1),), now=NOW).again_at == datetime(2026, 11, 21, 5, tzinfo=UTC)


def test_a_clock_that_jumped_back_holds_nothing_up_for_long() -> None:
    lately = (NOW + 2 * HOUR,)
    plan = alerts.due(rule(group_seconds=60, hourly_limit=1), (news(1),), sent_lately=lately, now=NOW)
    assert plan.again_at == NOW + HOUR


def test_a_plan_is_made_of_all_that_came_up_for_a_rule() -> None:
    wire = DarkFeed(title="Wire", state="failing", since=NOW - HOUR)
    came_up = Candidates(rule=rule(), matches=((match(1), 5), (match(2), 6)), told_stories=frozenset({5}))
    plan = alerts.plan(came_up, dark=(wire,), now=NOW)
    assert [each.trigger for each in sent(plan)] == [Trigger.MATCH, Trigger.DARK]
    assert [each.key for each in plan.muted] == ["match:1"]
    told = frozenset(each.key for each in sent(plan) if each.trigger is Trigger.DARK)
    again = alerts.plan(replace(came_up, told=told, matches=()), dark=(wire,), now=NOW)
    assert again == Plan()
    full = replace(came_up, rule=rule(hourly_limit=1), sent_lately=(NOW - MINUTE,))
    assert alerts.plan(full, now=NOW).again_at == NOW + HOUR - MINUTE


def test_only_a_rule_that_asks_for_them_looks_at_sources() -> None:
    assert alerts.looks_at_sources(rule(triggers=(Trigger.MATCH, Trigger.DARK)))
    assert not alerts.looks_at_sources(rule(triggers=(Trigger.MATCH,)))


def test_a_sample_says_that_it_is_one_even_at_night_and_while_the_rule_is_snoozed() -> None:
    resting = rule(quiet=NIGHT, snoozed_until=NOW + 24 * HOUR)
    notice = alerts.notice(resting, (alerts.sample(resting, now=NOW + 9 * HOUR),), id="d")
    assert notice.title == "Test of the alert “Talks”"
    assert notice.text.startswith("“If you read this")
    assert notice.data["note"] == ""


# Quiet hours on days on which clocks change


@pytest.mark.parametrize(
    ("zone", "start", "end", "moment", "over"),
    [
        # An hour is skipped at 3:00: quiet from 23 to 7 lasts seven hours.
        ("Europe/Kyiv", 23, 7, "2026-03-28T22:00Z", "2026-03-29T04:00Z"),
        # 3:00 is not on the clock that night: the end is the moment of the change.
        ("Europe/Kyiv", 22, 3, "2026-03-29T00:30Z", "2026-03-29T01:00Z"),
        # 3:00 comes twice: the end is the first.
        ("Europe/Kyiv", 22, 3, "2026-10-24T23:30Z", "2026-10-25T00:00Z"),
        # The hour before the end comes twice: quiet in both.
        ("Europe/Kyiv", 22, 4, "2026-10-25T00:30Z", "2026-10-25T02:00Z"),
        # Midnight is skipped.
        ("Africa/Cairo", 20, 0, "2026-04-23T21:00Z", "2026-04-23T22:00Z"),
        # Half an hour.
        ("Australia/Lord_Howe", 22, 2, "2026-10-03T13:00Z", "2026-10-03T15:30Z"),
        # A whole day that was never on any wall there.
        ("Pacific/Apia", 22, 7, "2011-12-30T09:00Z", "2011-12-30T17:00Z"),
        ("Asia/Kathmandu", 9, 17, "2026-11-20T06:00Z", "2026-11-20T11:15Z"),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(zone: str, start: int, end: int, moment: str, over: str) -> None:
    hours = QuietHours(zone=zone, start=start, end=end)
    assert quiet.is_quiet(hours, datetime.fromisoformat(moment))
    assert quiet.end(hours, datetime.fromisoformat(moment)) == datetime.fromisoformat(over)


# The words


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name == "href"]
        assert not any(name.startswith("on") for name, _ in attrs)


def parsed(html: str) -> _Links:
    parser = _Links()
    parser.feed(html)
    return parser


HOSTILE = 'A<script>alert(1)</script>\r\nBcc: x@evil.example\x00\u202e "&" \ud800' + "x" * 5000


def test_a_mail_says_the_news_with_evidence_and_link() -> None:
    told = (news(1, Trigger.STATUS, title="Meeting in Budapest: called off"), news(2))
    subject, text, html = alerts.mail(rule(), told, dashboard_url="https://monitor.example/")
    assert subject == "Meeting in Budapest: called off (+1 more)"
    assert text.splitlines()[:4] == [
        "Meeting in Budapest: called off",
        "“What story 1 says.”",
        "Event · The News · 20 Nov 2026, 12:00 UTC",
        "https://news.example/1",
    ]
    assert "Match 0.90 · The News" in text
    assert text.endswith("Alert “Talks” of Talks monitor\nhttps://monitor.example/\n")
    assert parsed(html).addresses == ["https://news.example/1", "https://news.example/2", "https://monitor.example/"]


def test_times_are_in_the_zone_of_the_quiet_hours() -> None:
    assert "20 Nov 2026, 14:00 Europe/Kyiv" in alerts.mail(rule(quiet=NIGHT), (news(),))[1]


def test_a_group_of_forty_shows_ten_and_the_number_of_the_others() -> None:
    told = tuple(news(n) for n in range(40))
    notice = alerts.notice(rule(), told, id="d-1")
    assert (notice.id, notice.title) == ("d-1", "Story 0 (+39 more)")
    assert notice.text.count("https://news.example/") == 10
    assert notice.text.startswith("Story 0\n“What story 0 says.”\n")
    assert "And 30 more." in notice.text
    html = alerts.mail(rule(), told)[2]
    assert (len(parsed(html).addresses), "And 30 more." in html) == (10, True)
    assert (notice.data["count"], notice.data["more"]) == (40, 0)
    many = alerts.notice(rule(), tuple(news(n) for n in range(500)), id="d-2")
    assert (len(many.data["items"]), many.data["more"]) == (200, 300)  # type: ignore[arg-type]


def test_hostile_words_neither_act_nor_break_out_of_a_header() -> None:
    evil = news(1, title=HOSTILE, evidence=HOSTILE, outlet=HOSTILE, url="javascript:alert(1)", names=(HOSTILE,))
    subject, text, html = alerts.mail(rule(name=HOSTILE), (evil,), dashboard_url="javascript:x")
    header = EmailMessage()
    header["Subject"] = subject
    assert "\n" not in subject
    assert len(subject) <= 220
    assert set(parsed(html).tags) <= {"html", "head", "meta", "title", "body", "div", "p"}
    assert parsed(html).addresses == []
    assert "javascript" not in text + html
    (text + html).encode()
    data = alerts.notice(rule(name=HOSTILE), (evil,), id="d").data
    json.dumps(data, ensure_ascii=False).encode()


def test_news_without_words_still_says_what_it_is() -> None:
    notice = alerts.notice(rule(), (news(1, Trigger.SILENCE, title=" \r\n", evidence="", outlet="", url=""),), id="d")
    assert notice.title == "Silence"
    assert notice.text.startswith("Silence · 20 Nov 2026, 12:00 UTC\n")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ('https://news.example/a b?q=<x>&y="1"', "https://news.example/a%20b?q=%3Cx%3E&y=%221%22"),
        ("https://whitehouse.gov@evil.example/x", "https://evil.example/x"),
        ("https://новини.укр/Стаття", "https://xn--b1amarcd.xn--j1amh/%D0%A1%D1%82%D0%B0%D1%82%D1%82%D1%8F"),
        ("http://news.example:8080/a#part", "http://news.example:8080/a#part"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//news.example/x", ""),
        ("/x", ""),
        ("https://", ""),
        ("https://news.example/" + "x" * 5000, ""),
    ],
)
def test_only_whole_web_addresses_are_linked(url: str, shown: str) -> None:
    assert words.link(url) == shown


def test_the_data_of_a_webhook_are_what_the_docs_say() -> None:
    (schema,) = re.findall(r"```json schema\n(.*?)```", DOCS.read_text(encoding="utf-8"), flags=re.DOTALL)
    told = (news(1, Trigger.STATUS, names=("Donald Trump",)), news(2, story_id=3))
    data = alerts.notice(rule(), told, id="41", dashboard_url="https://monitor.example").data
    jsonschema.validate(json.loads(json.dumps(data)), json.loads(schema))


def test_the_docs_name_every_trigger() -> None:
    page = DOCS.read_text(encoding="utf-8")
    assert [trigger for trigger in Trigger if f"| `{trigger.value}` |" not in page] == []


# Options as people write them


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("22-7 Europe/Kyiv", QuietHours(zone="Europe/Kyiv", start=22, end=7)),
        (" 22:00 – 07:00  Europe/Kyiv ", QuietHours(zone="Europe/Kyiv", start=22, end=7)),
        ("0-6", QuietHours(zone="UTC", start=0, end=6)),
        ("20-24 UTC", QuietHours(zone="UTC", start=20, end=0)),
    ],
)
def test_quiet_hours_are_written_as_two_hours_and_a_zone(text: str, hours: QuietHours) -> None:
    assert options.quiet_hours(text) == hours


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("22-7 Europe/Kyv", "Did you mean Europe/Kyiv"),
        ("22-7 kyiv", "Did you mean Europe/Kyiv"),
        ("22-7 ../../etc/passwd", "no time zone"),
        ("22:30-7", "two full hours"),
        ("22-25", "0 to 24"),
        ("7-7", "quiet all day"),
        ("0-24", "quiet all day"),
        ("", "two full hours"),
        ("9" * 100_000, "two full hours"),
    ],
)
def test_wrong_quiet_hours_are_told_with_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(hint)):
        options.quiet_hours(text)


def test_triggers_are_named_one_after_the_other() -> None:
    assert options.triggers("match, Status;match") == (Trigger.MATCH, Trigger.STATUS)
    assert options.triggers("all") == tuple(Trigger)


@pytest.mark.parametrize(
    ("text", "hint"),
    [("ladders", "Did you mean ladder"), ("feeds", "Did you mean dark"), ("xyzzy", "match, event"), (" , ", "or all")],
)
def test_a_wrong_trigger_is_told_with_the_likely_one(text: str, hint: str) -> None:
    with pytest.raises(ConfigError, match=hint):
        options.triggers(text)


def test_stretches_of_time_are_a_number_and_a_letter() -> None:
    assert [options.span(text) for text in ("90", "5m", "2 H", "1w")] == [
        timedelta(seconds=90), timedelta(minutes=5), timedelta(hours=2), timedelta(days=7)
    ]  # fmt: skip
    for wrong in ("", "m", "5 years", "-3m", "9" * 500):
        with pytest.raises(ConfigError, match="90s, 5m"):
            options.span(wrong)
