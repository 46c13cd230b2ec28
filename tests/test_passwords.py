"""Passwords: which are taken, what is stored of them, and what comparing them costs."""

import subprocess
import sys

import pytest
from argon2 import PasswordHasher, extract_parameters

from monitor import passwords
from monitor.errors import ConfigError

GOOD = "seven grey herons waiting"

# One process between: what a new one says of its peak starts with the peak of whoever started it.
BETWEEN = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"
# The most memory that eight sign-ins at once take, in MiB.
CROWD = """
import resource, sys
from concurrent.futures import ThreadPoolExecutor
from monitor import passwords

stored = passwords.hashed("seven grey herons waiting")
with ThreadPoolExecutor(8) as pool:
    assert all(pool.map(lambda _: passwords.fits("seven grey herons waiting", stored), range(8)))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak // (2**20 if sys.platform == "darwin" else 2**10))
"""


def test_only_the_password_that_was_hashed_fits() -> None:
    stored = passwords.hashed(GOOD)
    assert passwords.fits(GOOD, stored)
    assert not passwords.fits(GOOD + " ", stored)
    assert not passwords.fits("", stored)


def test_the_hash_is_argon2id_and_another_one_each_time() -> None:
    stored = passwords.hashed(GOOD)
    assert stored.startswith("$argon2id$")
    assert stored != passwords.hashed(GOOD)
    parameters = extract_parameters(stored)
    # OWASP asks for 19 MiB and two rounds at least.
    assert parameters.memory_cost >= 19 * 1024
    assert parameters.time_cost >= 2


def test_nothing_fits_where_there_is_no_password_or_no_hash() -> None:
    for stored in (None, "", "no hash", "$argon2id$v=19$m=65536,t=3,p=4$broken"):
        assert not passwords.fits(GOOD, stored)


def test_an_accent_may_be_typed_in_either_of_its_two_forms() -> None:
    assert passwords.fits("caf\u0065\u0301 au lait, please", passwords.hashed("caf\u00e9 au lait, please"))


def test_a_password_that_is_no_text_is_a_wrong_one_and_no_crash() -> None:
    assert not passwords.fits("\udcff" * 12, passwords.hashed(GOOD))


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("elevenchars", "11 characters; 12 to 1000"),
        ("x" * 1001, "1001 characters"),
        ("abababababab", "easy to guess"),
        ("annabel.annabel", "easy to guess"),
        ("Anna Bel 123", "easy to guess"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason_and_without_itself(password: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as refused:
        passwords.require_strong(password, name="Annabel")
    assert password not in str(refused.value)


@pytest.mark.parametrize("password", [GOOD, "twelve chars", "annabel rides the long way home", "п'ять сірих чапель"])
def test_a_long_one_is_taken_in_any_script(password: str) -> None:
    passwords.require_strong(password, name="Annabel")


def test_a_hash_of_weaker_days_is_known_and_still_fits() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    assert passwords.is_dated(weak)
    assert passwords.fits(GOOD, weak)
    assert not passwords.is_dated(passwords.hashed(GOOD))


def test_secrets_hold_256_bits_and_are_stored_as_a_hash_of_as_many() -> None:
    secret = passwords.new_secret("tm_")
    assert secret.startswith("tm_")
    assert len(secret) == len("tm_") + 43
    assert secret != passwords.new_secret("tm_")
    assert len(passwords.fingerprint(secret)) == 64
    assert passwords.fingerprint(secret) != passwords.fingerprint(secret + "x")


def test_many_who_sign_in_at_once_wait_and_do_not_fill_the_memory() -> None:
    run = subprocess.run([sys.executable, "-c", BETWEEN, CROWD], capture_output=True, text=True, check=True)
    # Two hashes at a time are 128 MiB; eight would be 512.
    assert int(run.stdout) < 250
