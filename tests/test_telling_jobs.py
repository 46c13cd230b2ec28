"""From matches in the store to mails and notices: composing, handing over, alerting, watching."""

import threading
from datetime import timedelta

import pytest

from monitor.digest import periods
from monitor.errors import ConfigError
from monitor.jobs.telling.alert import alert_round
from monitor.jobs.telling.compose import compose_round
from monitor.jobs.telling.deliver import HAND_OVERS, deliver_round
from monitor.jobs.telling.desk import Desk
from monitor.jobs.telling.watch import OVERDUE, watch_round
from monitor.records.telling.alerts import Trigger
from monitor.records.telling.messages import Channel, Outcome, Reply
from monitor.records.telling.subscribers import Schedule, Selection, Subscriber
from monitor.store import Store
from tests.telling_builders import DAY, HOUR, arrive, at, one_of_each, weave
from tests.telling_desk import Clock, Letters, Notices, open_desk


def subscribe(store: Store, recipient: str = "ann@reader.example", **wishes: bool) -> Subscriber:
    schedule, selection = Schedule(), Selection()
    subscriber, _ = store.subscribers.add(
        recipient,
        recipient_key=recipient,
        stream=periods.stream_key(schedule, selection),
        schedule=schedule,
        selection=selection,
        now=at(-1),
        **wishes,
    )
    return subscriber


def send_all(desk: Desk) -> None:
    while any(work(desk) for work in (deliver_round, *HAND_OVERS.values())):
        pass


def test_a_match_of_the_day_reaches_its_subscriber_once_with_a_link_to_leave(store: Store) -> None:
    subscribe(store)
    arrive(store, 1, one_of_each(1), when=at(0, 10))
    weave(store)
    letters, clock = Letters(), Clock(at(1, 6.1))
    desk = open_desk(store, clock, mails=letters)
    assert compose_round(desk).counts == {"editions_composed": 1, "deliveries_entered": 1}
    send_all(desk)
    (mail,) = letters.mails
    assert mail.to == "ann@reader.example"
    assert "Number 1: we shall send Tomahawk missiles" in mail.text
    assert mail.unsubscribe.startswith("https://desk.example/m/unsubscribe/")
    assert mail.unsubscribe in mail.text
    again = open_desk(store, clock, mails=letters)
    compose_round(again)
    send_all(again)
    assert len(letters.mails) == 1


def test_after_three_days_down_one_digest_answers_for_all_of_them(store: Store) -> None:
    subscribe(store)
    letters, clock = Letters(), Clock(at(0, 6.1))
    desk = open_desk(store, clock, mails=letters)
    compose_round(desk)
    send_all(desk)
    arrive(store, 1, one_of_each(1), when=at(0, 10))
    weave(store)
    clock.now = at(4, 9)
    compose_round(desk)
    send_all(desk)
    assert len(letters.mails) == 2
    assert "Number 1: we shall send Tomahawk missiles" in letters.mails[1].text
    latest = store.editions.listed()[0]
    assert (latest.covers_from, latest.missed) == (at(0), 3)


def test_who_wants_no_empty_digest_gets_a_sign_of_life_after_a_week(store: Store) -> None:
    subscribe(store, skip_empty=True)
    letters, clock = Letters(), Clock()
    desk = open_desk(store, clock, mails=letters)
    sent = []
    for day in range(9):
        clock.now = at(day, 6.1)
        compose_round(desk)
        send_all(desk)
        sent.append(len(letters.mails))
    assert sent[5] == 0
    assert sent[-1] == 1


def test_a_mail_that_is_put_off_comes_later_and_a_refused_one_never(store: Store) -> None:
    subscribe(store)
    letters = Letters(answers=[Outcome(reply=Reply.POSTPONED, detail="451 later")])
    clock = Clock(at(1, 6.1))
    desk = open_desk(store, clock, mails=letters)
    compose_round(desk)
    send_all(desk)
    (line,) = store.deliveries.listed()
    assert (line.state.value, line.last_error) == ("composed", "451 later")
    clock.now += timedelta(minutes=2)
    letters.answers = [Outcome(reply=Reply.REFUSED, detail="550 nobody here")]
    send_all(desk)
    clock.now += DAY / 2
    send_all(desk)
    assert [mail.message_id for mail in letters.mails] == [line.message_id] * 2
    assert store.deliveries.get(line.id).state.value == "failed"  # type: ignore[union-attr]


def test_eight_threads_send_one_mail_to_each(store: Store) -> None:
    for n in range(5):
        subscribe(store, f"reader{n}@reader.example")
    letters, clock = Letters(), Clock(at(1, 6.1))
    broken: list[Exception] = []

    def work(n: int) -> None:
        try:
            desk = open_desk(store, clock, mails=letters, holder=f"here:{n}:test")
            compose_round(desk)
            send_all(desk)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must fail
            broken.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not broken
    assert sorted(mail.to for mail in letters.mails) == [f"reader{n}@reader.example" for n in range(5)]


def test_an_alert_goes_out_once_and_not_for_what_was_there_before(store: Store) -> None:
    arrive(store, 1, one_of_each(1), when=at(0, 8))
    weave(store)
    store.alerts.add(
        "all",
        triggers=(Trigger.MATCH,),
        selection=Selection(),
        channel=Channel.WEBHOOK,
        target="https://x",
        now=at(0, 9),
    )
    notices, clock = Notices(), Clock(at(0, 9) + HOUR / 60)
    desk = open_desk(store, clock, webhooks=notices)
    assert not alert_round(desk)
    arrive(store, 2, one_of_each(2), when=at(0, 9.5), by="other")
    weave(store)
    clock.now = at(0, 9.6)
    assert alert_round(desk).counts == {"alerts_raised": 1}
    clock.now += HOUR / 60
    assert not alert_round(desk)
    send_all(desk)
    ((notice, target),) = notices.notices
    assert target == "https://x"
    assert notice.data["rule"]


@pytest.mark.parametrize("operator", ["ops@desk.example", "ntfy://desk.example/ops"])
def test_the_operator_is_told_once_a_day_of_what_is_stuck(store: Store, operator: str) -> None:
    subscribe(store)
    clock = Clock(at(1, 6.1))
    post = Letters(answers=[Outcome(reply=Reply.REFUSED, detail="550 no")])
    urgent, chats = Letters(), Notices()
    desk = open_desk(store, clock, mails=post, urgent=urgent, chats=chats, operator=operator)
    compose_round(desk)
    send_all(desk)
    clock.now += OVERDUE + HOUR
    for _ in range(3):
        watch_round(desk)
        send_all(desk)
    assert len(urgent.mails) + len(chats.notices) == 1


def test_one_search_that_cannot_be_read_any_more_holds_up_nobody_else(store: Store) -> None:
    subscribe(store, "early@reader.example")
    broken = Selection(search="said:")
    store.subscribers.add(
        "bad@reader.example",
        recipient_key="bad@reader.example",
        stream=periods.stream_key(Schedule(), broken),
        schedule=Schedule(),
        selection=broken,
        now=at(-1),
    )
    letters = Letters()
    desk = open_desk(store, Clock(at(1, 6.1)), mails=letters)
    with pytest.raises(ConfigError, match="said:"):
        compose_round(desk)
    send_all(desk)
    assert [mail.to for mail in letters.mails] == ["early@reader.example"]


def test_one_alert_rule_that_cannot_be_read_any_more_holds_up_no_other(store: Store) -> None:
    for name, search in (("bad", "said:"), ("good", "")):
        store.alerts.add(
            name,
            triggers=(Trigger.MATCH,),
            selection=Selection(search=search),
            channel=Channel.WEBHOOK,
            target="https://x",
            now=at(0, 8),
        )
    arrive(store, 1, one_of_each(1), when=at(0, 9))
    weave(store)
    notices = Notices()
    desk = open_desk(store, Clock(at(0, 9.1)), webhooks=notices)
    with pytest.raises(ConfigError, match="said:"):
        alert_round(desk)
    send_all(desk)
    assert len(notices.notices) == 1


def test_a_mail_server_that_hangs_does_not_hold_up_a_webhook(store: Store) -> None:
    let_go = threading.Event()

    class Hangs(Letters):
        def _answer(self) -> Outcome:
            let_go.wait(30)
            return super()._answer()

    for channel, target in ((Channel.EMAIL, "ann@reader.example"), (Channel.WEBHOOK, "https://x")):
        store.alerts.add(
            channel.value,
            triggers=(Trigger.MATCH,),
            selection=Selection(),
            channel=channel,
            target=target,
            now=at(0, 8),
        )
    arrive(store, 1, one_of_each(1), when=at(0, 9))
    weave(store)
    notices = Notices()
    desk = open_desk(store, Clock(at(0, 9.1)), urgent=Hangs(), webhooks=notices)
    alert_round(desk)
    mails = threading.Thread(target=HAND_OVERS[Channel.EMAIL], args=(desk,))
    mails.start()
    HAND_OVERS[Channel.WEBHOOK](desk)
    arrived = len(notices.notices)
    let_go.set()
    mails.join()
    assert arrived == 1
