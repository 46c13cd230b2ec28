"""The channel of what is said."""

import pytest

from tests.quotes_builders import read


def channels(text: str) -> list[str | None]:
    return [quote.channel for quote in read(text)[0]]


@pytest.mark.parametrize(
    ("behind", "channel"),
    [
        ("Trump wrote on Truth Social.", "Truth Social"),
        ("Trump said in a post on X.", "X"),
        ("Trump tweeted.", "X"),
        ("Trump said on his Telegram channel.", "Telegram"),
        ("Trump told the BBC.", "interview:BBC"),
        ("Trump said in an interview with CNN.", "interview:CNN"),
        ("Trump said in a CNN interview.", "interview:CNN"),
        ("Trump said during an appearance on Fox News.", "interview:Fox News"),
        ("Trump said at a news conference in Berlin.", "press conference"),
        ("Trump said at a briefing.", "press conference"),
        ("Trump said in a statement.", "statement"),
        ("Trump said in a speech in Berlin.", "speech"),
        ("Trump said in his nightly address.", "speech"),
        ("Trump told reporters aboard Air Force One.", "aboard Air Force One"),
        ("Trump told reporters.", None),
        ("Trump said in Berlin.", None),
        ("Trump said, addressing the plan.", None),
    ],
)
def test_the_attribution_names_the_channel(behind: str, channel: str | None) -> None:
    assert channels(f"“We will meet soon,” {behind}") == [channel]


def test_the_same_speaker_goes_on_in_the_same_channel() -> None:
    text = "“We will meet soon,” Trump wrote on Truth Social.\n\n“It will be a big meeting,” he added."
    assert channels(text) == ["Truth Social", "Truth Social"]


def test_another_speaker_does_not() -> None:
    text = "“We will meet soon,” Trump wrote on Truth Social.\n\n“Nothing has been fixed,” Peskov said."
    assert channels(text) == ["Truth Social", None]


def test_a_sentence_that_leads_in_names_the_channel() -> None:
    assert channels("Trump gave CNN an interview on Friday.\n\n“We will meet soon,” he said.") == ["interview:CNN"]


def test_a_channel_that_is_only_quoted_does_not_count() -> None:
    assert channels("“He tweeted on Truth Social again,” Trump said.") == [None]
