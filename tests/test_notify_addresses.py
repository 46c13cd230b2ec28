"""Mail addresses: one bare address in one spelling, or an error that says what to do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ConfigError
from monitor.notify import addresses


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("desk@example.org", "desk@example.org"),
        (" desk@example.org\n", "desk@example.org"),
        ("Desk.One@EXAMPLE.Org", "Desk.One@example.org"),
        ("o'neil+news/x=1@example.org", "o'neil+news/x=1@example.org"),
        ("desk@bücher.example", "desk@xn--bcher-kva.example"),
        ("desk@BÜCHER.example", "desk@xn--bcher-kva.example"),
        ("desk@новини.укр", "desk@xn--b1amarcd.xn--j1amh"),
        ("desk@例え。テスト", "desk@xn--r8jz45g.xn--zckzah"),
        ("редакція@example.org", "редакція@example.org"),
        ("root@localhost", "root@localhost"),
        ("a" * 64 + "@example.org", "a" * 64 + "@example.org"),
    ],
)
def test_an_address_is_kept_in_one_spelling(written: str, kept: str) -> None:
    assert addresses.checked(written) == kept
    assert addresses.checked(kept) == kept


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "no @"),
        ("desk", "no @"),
        ("@example.org", "before the @"),
        ("desk@", "no domain"),
        ("desk@example.org\r\nBcc: all@example.org", "cannot stand before"),
        ("desk\r\nRCPT TO:<a@b.example>@example.org", "cannot stand before"),
        ("desk\x00@example.org", "cannot stand before"),
        ("a@example.org, b@example.org", "cannot stand before"),
        ("a@example.org;b@example.org", "cannot stand before"),
        ("a@b@example.org", "cannot stand before"),
        ("Desk <desk@example.org>", "cannot stand before"),
        ('"desk@bank.example" <thief@example.org>', "quoted"),
        ('"desk one"@example.org', "quoted"),
        ('"thief@example.org x"@bank.example', "quoted"),
        ("desk(comment)@example.org", "cannot stand before"),
        ("<desk@example.org>", "cannot stand before"),
        ("de sk@example.org", "cannot stand before"),
        (".desk@example.org", "a dot"),
        ("desk.@example.org", "a dot"),
        ("de..sk@example.org", "a dot"),
        ("desk@-example.org", "no domain"),
        ("desk@example..org", "no domain"),
        ("desk@example.org.", "no domain"),
        ("desk@exa mple.org", "no domain"),
        ("desk@exam_ple.org", "no domain"),
        ("desk@example.org>", "no domain"),
        ("desk@" + "x" * 64 + ".org", "no domain"),
        ("desk@[192.0.2.1]", "by its number"),
        ("desk@192.0.2.1", "by its number"),
        ("a" * 65 + "@example.org", "65 bytes"),
        ("я" * 40 + "@example.org", "80 bytes"),
        ("d" * 20 + "@" + ".".join(["x" * 60] * 4), "254"),
        ("desk＠example.org", "no @"),
        ("desk@evil.org\u2024example.org@", "cannot stand before"),
        ("de\u202esk@example.org", "cannot stand before"),
        ("de\u200bsk@example.org", "cannot stand before"),
        ("desk@exam\u202eple.org", "no domain"),
        ("desk@exam\ud800ple.org", "no domain"),
        ("x" * 100_000, "no @"),
    ],
)
def test_what_is_not_one_bare_address_is_refused_with_the_reason(written: str, why: str) -> None:
    with pytest.raises(ConfigError) as raised:
        addresses.checked(written)
    said = str(raised.value)
    assert why in said
    assert "desk@example.org" in said
    assert len(said) < 500
    assert said.isprintable()


def test_all_spellings_of_an_address_have_one_key() -> None:
    spellings = ["Desk@Bücher.example", "desk@xn--bcher-kva.EXAMPLE", "DESK@BÜCHER.EXAMPLE"]
    assert len({addresses.same(spelling) for spelling in spellings}) == 1
    assert addresses.same("re\u0301sume@example.org") == addresses.same("R\u00e9sume@example.org")
    assert addresses.same("a.desk@example.org") != addresses.same("adesk@example.org")


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("monitor@example.org", "", "monitor@example.org"),
        ("Talks monitor <monitor@localhost>", "Talks monitor", "monitor@localhost"),
        ('"Monitor, the" <monitor@example.org>', "Monitor, the", "monitor@example.org"),
        ("Монітор <monitor@Bücher.example>", "Монітор", "monitor@xn--bcher-kva.example"),
        ("<monitor@example.org>", "", "monitor@example.org"),
    ],
)
def test_a_sender_may_have_a_name(written: str, name: str, address: str) -> None:
    assert addresses.sender(written) == addresses.Sender(name=name, address=address)


@pytest.mark.parametrize("written", ["Monitor <a@b.example> <c@d.example>", "Mo\r\nBcc: x <a@b.example>", "Monitor"])
def test_a_sender_is_one_address_too(written: str) -> None:
    with pytest.raises(ConfigError):
        addresses.sender(written)


@given(st.text(max_size=40).map(lambda text: text if "@" in text else f"{text}@example.org"))
@settings(max_examples=50)
def test_whatever_is_taken_can_stand_in_a_command_and_stays_as_it_is(text: str) -> None:
    try:
        address = addresses.checked(text)
    except ConfigError:
        return
    assert not set(address) & set(' \t\r\n<>,;:"()[]\\')
    assert address.count("@") == 1
    assert addresses.checked(address) == address
    assert addresses.same(address) == addresses.same(addresses.same(address))
