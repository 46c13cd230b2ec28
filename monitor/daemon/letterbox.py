"""The pages behind the links in mails: end a subscription (also by one POST, RFC 8058), confirm one.

A GET changes nothing: scanners of mail servers follow every link. Who posts without a signed token learns nothing.
"""

import html
import threading
from collections.abc import Callable
from datetime import datetime

import structlog

from monitor.daemon.inbound import BodyError, InboundHandler, InboundServer, read_body
from monitor.errors import ConfigError, MonitorError
from monitor.jobs.telling import links
from monitor.records.telling.subscribers import Subscriber, SubscriberState
from monitor.store import Store

log = structlog.get_logger()
MOST_BYTES = 4096
AT_ONCE = 8
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<style>
body {{ font: 17px/1.5 Georgia, serif; max-width: 32rem; margin: 15vh auto 0; padding: 0 1.25rem;
  color: #1c1c1c; background: #fbfaf7 }}
h1 {{ font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem }}
p {{ margin: 0 0 1.25rem }}
button {{ font: 600 1rem/1 Helvetica, Arial, sans-serif; padding: .8rem 1.2rem; border: 0; border-radius: 4px;
  color: #fff; background: #1f4e79; cursor: pointer }}
button:focus-visible {{ outline: 3px solid #e69f00; outline-offset: 2px }}
@media (prefers-color-scheme: dark) {{ body {{ color: #e8e6e1; background: #16181b }}
  button {{ color: #10222f; background: #8ec1ee }} }}
</style></head><body><main><h1>{title}</h1><p>{text}</p>{form}</main></body></html>
"""
_FORM = '<form method="post"><button type="submit">{label}</button></form>'
_CADENCES = {
    "hourly": "hourly digest",
    "daily": "daily digest",
    "weekdays": "weekday digest",
    "weekly": "weekly digest",
}


class Letterbox:
    """Serves on its own threads until closed."""

    def __init__(self, host: str, port: int, *, store: Store, clock: Callable[[], datetime]) -> None:
        self.store = store
        self.clock = clock
        try:
            self._server = _Server((host, port), self)
        except OSError as error:
            raise ConfigError(
                f"cannot listen on {host}:{port} for the links in mails: {error.strerror or error}. "
                "Stop what uses that port, or set public_port (0 picks a free one)."
            ) from error
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="letterbox", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Return http://host:port as bound."""
        host, port = self._server.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}"

    def close(self) -> None:
        """Stop listening and free the port."""
        self._server.shutdown()
        self._server.server_close()

    def find(self, path: str) -> tuple[str, Subscriber] | None:
        """What a path asks for, and for which subscription; None for what we never signed."""
        purpose, _, token = path.partition("?")[0].strip("/").rpartition("/")
        # A proxy may have put the pages below a path of its own.
        purpose = purpose.rpartition("/")[2]
        if purpose not in links.PURPOSES:
            return None
        number = links.subscriber_of(self.store.signing.key(purpose), purpose, token)
        subscriber = None if number is None else self.store.subscribers.get(number)
        return None if subscriber is None else (purpose, subscriber)

    def act(self, purpose: str, subscriber: Subscriber) -> None:
        """Do what was asked for; a second time changes nothing."""
        now = self.clock()
        if purpose == links.UNSUBSCRIBE:
            self.store.subscribers.end(subscriber.id, now=now)
        elif subscriber.state is SubscriberState.PENDING:
            self.store.subscribers.confirm(subscriber.id, now=now)
        log.info("subscription_link_used", purpose=purpose, subscriber=subscriber.id)


class _Server(InboundServer):
    def __init__(self, address: tuple[str, int], letterbox: Letterbox) -> None:
        self.letterbox = letterbox
        super().__init__(address, _Handler, at_once=AT_ONCE)


class _Handler(InboundHandler):
    server: _Server

    def get(self) -> None:
        """Show what a POST would do."""
        self._reply(act=False)

    def post(self) -> None:
        """Do it. What the body says does not count: the token in the path is all."""
        try:
            if "content-length" in self.headers or "transfer-encoding" in self.headers:
                read_body(self.rfile, self.headers, MOST_BYTES)
        except BodyError as error:
            self.refuse(error.status)
            return
        self._reply(act=True)

    def _reply(self, *, act: bool) -> None:
        box = self.server.letterbox
        try:
            found = box.find(self.path)
            if found is None:
                self._page(404, "This link does not work", "It is not whole, or not one of ours. Copy all of it.")
                return
            if act:
                box.act(*found)
        except MonitorError as error:
            log.error("subscription_link_failed", error=str(error))
            self._page(503, "Please try again later", "The database does not answer just now. Nothing was changed.")
            return
        self._page(200, *(_done if act else _asked)(*found))

    def _page(self, status: int, title: str, text: str, label: str = "") -> None:
        form = _FORM.format(label=html.escape(label)) if label else ""
        page = _PAGE.format(title=html.escape(title), text=html.escape(text), form=form)
        self.answer(status, page.encode(), _HEADERS)


def _asked(purpose: str, subscriber: Subscriber) -> tuple[str, str, str]:
    what = _CADENCES[subscriber.schedule.cadence.value]
    if purpose == links.UNSUBSCRIBE:
        if subscriber.state is SubscriberState.ENDED:
            return "You are unsubscribed", f"{subscriber.recipient} gets no {what} any more.", ""
        return "Unsubscribe?", f"{subscriber.recipient} will get no {what} any more.", "Unsubscribe"
    if subscriber.state is SubscriberState.PENDING:
        return f"Get the {what}?", f"It will be sent to {subscriber.recipient}.", "Yes, send it"
    return _done(purpose, subscriber)


def _done(purpose: str, subscriber: Subscriber) -> tuple[str, str, str]:
    what = _CADENCES[subscriber.schedule.cadence.value]
    if purpose == links.UNSUBSCRIBE:
        return "You are unsubscribed", f"{subscriber.recipient} gets no {what} any more.", ""
    if subscriber.state is SubscriberState.ENDED:
        return "This subscription has ended", "Ask for a new one where you asked for this one.", ""
    return "Thank you", f"The {what} will be sent to {subscriber.recipient}.", ""
