"""``monitor label`` as a person types it."""

import json

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli
from monitor.errors import ConfigError
from monitor.store import Store
from tests.store_builders import NOW, findings, matched, pending_article


@pytest.fixture
def url(sqlite_url: str) -> str:
    with Store.open(sqlite_url) as store:
        matched(store, 1)
        store.findings.record(pending_article(store, 2), findings(0.1, 0.2), now=NOW)
    return sqlite_url


def run(url: str, *arguments: str) -> Result:
    result = CliRunner().invoke(cli, ["--db", url, "label", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_judgement_is_said_back_with_what_the_model_said(url: str) -> None:
    kept = run(url, "1", "keep", "--by", "anna").stdout
    assert kept == "label 1: article 1 “Story 1”, talks: keep by anna (model: 0.90)\n"
    assert "reject by ben (model: 0.90, false alarm)" in run(url, "1", "reject", "--by", "ben").stdout
    assert (
        "missile_aid: keep by ben (model: 0.20, miss)"
        in run(url, "https://news.example/story/2", "keep", "--topic", "missile_aid", "--by", "ben").stdout
    )
    assert "talks: wrong-topic, is missile_aid by cora" in run(url, "1", "wrong-topic", "--by", "cora").stdout


def test_the_login_name_judges_when_no_other_is_given(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "desk")
    assert "by desk" in run(url, "1", "keep").stdout


def test_labels_are_listed_and_taken_back(url: str) -> None:
    assert "no label yet" in run(url, "--list").stderr
    run(url, "1", "keep", "--by", "anna", "--note", "on\tpage one")
    head, line = run(url, "--list").stdout.splitlines()
    assert head.startswith("label\tmade (UTC)\tarticle\ttopic")
    assert line.split("\t")[2:] == ["1", "talks", "keep", "0.90", "anna", "Story 1", "on page one"]
    (row,) = json.loads(run(url, "--list", "--json").stdout)
    assert (row["verdict"], row["score"], row["undone_at"]) == ("keep", 0.9, None)
    assert "label 1 is taken back" in run(url, "--undo", "1").stdout
    assert json.loads(run(url, "--list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Give ARTICLE and keep"),
        (("1",), "What about 1? Add keep"),
        (("1", "keep", "--list"), "Give ARTICLE and keep"),
        (("--list", "--undo", "1"), "Give ARTICLE and keep"),
        (("1", "keep", "--to", "talks"), "--to goes with wrong-topic only"),
        (("1", "perhaps"), "is not one of"),
        (("1", "keep", "--topic", "sport"), "is not one of"),
        (("--undo", "0"), "0 is not in the range"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_does(url: str, arguments: tuple[str, ...], words: str) -> None:
    refused = run(url, *arguments)
    assert (refused.exit_code, words in refused.stderr) == (2, True), refused.stderr


def test_an_article_that_matches_nothing_needs_a_topic(url: str) -> None:
    with pytest.raises(ConfigError, match=r"article 2 .*keep --topic talks` marks a miss"):
        run(url, "2", "keep", "--by", "anna")


@pytest.mark.parametrize(
    "article", ["9" * 5000, "\x1b[31m\udcff", "-1", "٣", "https://news.example/" + "x" * 100_000, "\x00"]
)
def test_what_leads_to_no_article_is_refused_and_harms_nothing(url: str, article: str) -> None:
    with pytest.raises(ConfigError, match="no stored article has the address") as refused:
        run(url, "--by", "anna", "--", article, "keep")
    assert len(str(refused.value)) < 500
    assert str(refused.value).isprintable()


def test_hostile_names_and_notes_are_stored_as_plain_text(url: str) -> None:
    run(url, "1", "keep", "--by", " an\x1b[2Jna\u200b\n", "--note", "a\x00b\x1b]0;x\x07\udcff")
    (row,) = json.loads(run(url, "--list", "--json").stdout)
    assert (row["person"].isprintable(), row["note"].isprintable()) == (True, True)
    assert "an[2Jna" in run(url, "--list").stdout


def test_two_who_do_not_agree_both_stand(url: str) -> None:
    run(url, "1", "keep", "--by", "anna")
    run(url, "1", "reject", "--by", "ben")
    assert {(row["person"], row["verdict"]) for row in json.loads(run(url, "--list", "--json").stdout)} == {
        ("anna", "keep"),
        ("ben", "reject"),
    }
