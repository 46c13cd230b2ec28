"""The channels: how each one's targets are checked when a person names them, and shown without their secrets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monitor.errors import ConfigError
from monitor.notify import addresses, chats, webhook
from monitor.records.telling.messages import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    option: str
    """Of the command that names a target."""
    checked: Callable[[str], str]
    """The target as it is kept; raises ConfigError."""
    redacted: Callable[[str], str]


CHANNELS: Mapping[Channel, _Kind] = {
    Channel.EMAIL: _Kind(option="--mail", checked=addresses.checked, redacted=str),
    Channel.WEBHOOK: _Kind(option="--webhook", checked=webhook.checked, redacted=webhook.redacted),
    Channel.APPRISE: _Kind(option="--apprise", checked=chats.checked, redacted=chats.redacted),
}


def checked_target(
    *, mail: str | None = None, webhook: str | None = None, apprise: str | None = None
) -> tuple[Channel, str]:
    """The one channel that is named, and its target as it is kept. Raises ConfigError for none, several, a bad one."""
    given = {Channel.EMAIL: mail, Channel.WEBHOOK: webhook, Channel.APPRISE: apprise}
    named = [(channel, target) for channel, target in given.items() if target]
    if len(named) != 1:
        options = ", ".join(kind.option for kind in CHANNELS.values())
        raise ConfigError(f"{len(named) or 'no'} places to send to are named. Name one: {options}.")
    channel, target = named[0]
    return channel, CHANNELS[channel].checked(target)


def redacted(channel: Channel, target: str) -> str:
    """``target`` for lists and logs: mail addresses as they are, of all else only what cannot be a secret."""
    return CHANNELS[channel].redacted(target)
