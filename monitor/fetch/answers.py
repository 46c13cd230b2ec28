"""What an answer means, in words: statuses, Retry-After, and the library's exceptions as ``FetchError`` values."""

import math
import os
import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from monitor.errors import FetchError
from monitor.fetch.addresses import AddressError
from monitor.fetch.decoding import DecodingError
from monitor.records.feeds import FetchRequest

_SECONDS = re.compile(r"\d{1,9}(?:\.\d+)?")
_ADVICE = {
    401: "The address needs a login; use a public one.",
    403: "The site refuses programs or this network; set a contact, poll it less often, or use another address.",
    404: "The address is wrong or gone; `monitor feeds discover` on the site's front page finds the new one.",
    406: "The site has no form of it that we can read.",
    410: "It is gone for good; remove it or find its successor.",
    429: "We ask too often; it will be asked again later.",
    451: "It is blocked for legal reasons where this program runs.",
}


class RedirectError(Exception):
    """A redirect that cannot be followed."""


class SizeError(Exception):
    """A body over the limit."""


def failure(
    request: FetchRequest, kind: str, reason: str, *, elapsed: float, advice: str, retry_after: float | None = None
) -> FetchError:
    """A FetchError whose message is address, reason, advice."""
    return FetchError(
        f"{public_form(request.url)}: {reason}. {advice}",
        key=request.key,
        url=request.url,
        kind=kind,
        retry_after=retry_after,
        elapsed=elapsed,
    )


def held(request: FetchRequest, host: str, *, left: float, elapsed: float) -> FetchError:
    """The error for a request that was not sent, because its host asked to be left alone."""
    reason = f"not asked, {host} wants to be left alone for another {math.ceil(left)} s"
    advice = "It answered 429 or 503 before; it will be asked when that time is over."
    return failure(request, "held", reason, elapsed=elapsed, advice=advice, retry_after=left)


def elsewhere(request: FetchRequest, host: str, *, left: float, elapsed: float) -> FetchError:
    """The error for a request that was not sent, because other processes asked its host all the time."""
    reason = f"not asked, another worker was asking {host}"
    return failure(request, "held", reason, elapsed=elapsed, advice="It will be asked soon.", retry_after=left)


def status_failure(request: FetchRequest, response: httpx.Response, *, now: datetime, elapsed: float) -> FetchError:
    """The error of an answer that is neither a document nor "not modified"."""
    status = response.status_code
    phrase = next((item.phrase for item in HTTPStatus if item == status), "")
    reason = f"the server answered {status} {phrase}".rstrip()
    if "cf-mitigated" in response.headers:
        reason += ", a challenge that only a browser can pass"
    wait = retry_after(response.headers.get("retry-after", ""), now=_server_time(response, now))
    if wait is not None:
        reason += f" and asked to wait {wait:.0f} s"
    advice = _ADVICE.get(status, "It will be asked again." if status >= 500 else "Check the address.")
    return FetchError(
        f"{public_form(request.url)}: {reason}. {advice}",
        key=request.key,
        url=request.url,
        kind="status",
        status=status,
        retry_after=wait,
        elapsed=elapsed,
    )


def retry_after(value: str, *, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header, as seconds or date (RFC 9110 10.2.3); None when unreadable."""
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    when = http_date(value)
    return None if when is None else max(0.0, (when - now).total_seconds())


def exception_failure(request: FetchRequest, error: Exception, *, elapsed: float) -> FetchError:
    """The error for an exception of the network, of httpx, or of our own checks."""
    kind, reason, advice = _explain(error)
    return failure(request, kind, reason, elapsed=elapsed, advice=advice)


def _explain(error: Exception) -> tuple[str, str, str]:
    words = _words(error)
    match error:
        case AddressError():
            return error.kind, words, error.advice
        case RedirectError():
            return "redirect", words, "Open the address in a browser and use the one it ends at."
        case SizeError():
            return "too_large", words, "If the site is to be trusted, raise the limit in the settings."
        case DecodingError():
            return "decode", words, "The server is faulty; it will be asked again."
        case httpx.TimeoutException():
            return "timeout", f"no answer in time ({type(error).__name__})", "It will be asked again."
        case _ if any(isinstance(cause, ssl.SSLError) for cause in _chain(error)):
            return "tls", f"no safe connection: {_tls_words(error)}", "The site must mend its certificate."
        case httpx.ConnectError() | httpx.ProxyError():
            return (
                "connect",
                f"no connection: {_system_words(error) or words}",
                "The site or our network is down; it will be asked again.",
            )
        case _:
            return "protocol", f"the answer broke off or was no valid HTTP: {words}", "It will be asked again."


def _words(error: Exception) -> str:
    """The first message along the causes that says anything."""
    said = (str(cause).strip() for cause in _chain(error))
    return next((words for words in said if words), type(error).__name__).rstrip(".")


def _system_words(error: Exception) -> str:
    """What the operating system said, deepest in the causes."""
    said = [os.strerror(cause.errno) for cause in _chain(error) if isinstance(cause, OSError) and cause.errno]
    return said[-1].lower() if said else ""


def _tls_words(error: Exception) -> str:
    cause = next(item for item in _chain(error) if isinstance(item, ssl.SSLError))
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not valid ({cause.verify_message.rstrip('.')})"
    return str(cause.reason or cause).replace("_", " ").lower()


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def public_form(url: str) -> str:
    """``url`` for a message: without a password, and not longer than a line or two."""
    scheme, mark, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    shown = f"{scheme}{mark}{authority.rpartition('@')[2]}{slash}{path}" if mark else url
    return shown if len(shown) <= 300 else f"{shown[:299]}…"


def _server_time(response: httpx.Response, now: datetime) -> datetime:
    """The server's own clock, so that a wrong clock on either side does not change the wait."""
    return http_date(response.headers.get("date", "")) or now


def http_date(value: str) -> datetime | None:
    """A date of a header, in UTC; None when it is none."""
    try:
        when = parsedate_to_datetime(value)
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None
