"""Mails into a folder: one file for each, whole or not there, and the same one when a mail is written again."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ConfigError
from monitor.notify import Outbox, envelope, outbox
from monitor.records.telling.messages import Reply
from tests.mail_server import SENDER, mail, mode


def test_each_mail_becomes_a_file_that_only_we_may_read(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "outbox"
    found = list(Outbox(folder, sender=SENDER).send([mail(1), mail(2)]))
    assert [outcome.reply for _, outcome in found] == [Reply.ACCEPTED] * 2
    files = sorted(folder.iterdir())
    assert [file.read_bytes() for file in files] == [envelope.letter(mail(n), sender=SENDER).data for n in (1, 2)]
    assert {mode(file) for file in files} == {0o600}
    assert mode(folder) == 0o700
    assert {outcome.detail for _, outcome in found} == {str(file) for file in files}


def test_a_mail_that_is_written_again_is_there_once(tmp_path: Path) -> None:
    for _ in range(3):
        list(Outbox(tmp_path, sender=SENDER).send([mail()]))
    assert [file.suffix for file in tmp_path.iterdir()] == [".eml"]


def test_a_mail_that_has_no_address_is_refused_and_the_next_is_written(tmp_path: Path) -> None:
    found = list(Outbox(tmp_path, sender=SENDER).send([replace(mail(), to="nobody"), mail(2)]))
    assert [outcome.reply for _, outcome in found] == [Reply.REFUSED, Reply.ACCEPTED]


def test_a_folder_that_cannot_be_made_postpones(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    ((_, outcome),) = Outbox(tmp_path / "outbox", sender=SENDER).send([mail()])
    assert outcome.reply is Reply.POSTPONED
    assert "outbox_folder" in outcome.detail


def test_a_file_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / outbox.file_name(mail().message_id)).mkdir()
    ((_, outcome),) = Outbox(tmp_path, sender=SENDER).send([mail()])
    assert outcome.reply is Reply.POSTPONED
    assert [path.name for path in tmp_path.iterdir()] == [outbox.file_name(mail().message_id)]


def test_a_link_that_somebody_put_there_is_replaced_and_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("dear")
    link = tmp_path / "outbox" / outbox.file_name(mail().message_id)
    link.parent.mkdir()
    link.symlink_to(victim)
    list(Outbox(link.parent, sender=SENDER).send([mail()]))
    assert victim.read_text() == "dear"
    assert not link.is_symlink()


def test_a_sender_that_is_no_address_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no mail address"):
        Outbox(tmp_path, sender="")


@given(st.text(max_size=300), st.text(max_size=300))
@settings(max_examples=50)
def test_every_message_id_has_a_safe_name_of_its_own(one: str, other: str) -> None:
    name = outbox.file_name(one)
    assert name == Path(name).name
    assert name.isascii()
    assert not name.startswith((".", "-"))
    assert len(name) <= 120
    assert (one == other) == (name == outbox.file_name(other))


def test_names_differ_where_the_file_system_does_not_see_case() -> None:
    assert outbox.file_name("<A@x.example>").lower() != outbox.file_name("<a@x.example>").lower()
