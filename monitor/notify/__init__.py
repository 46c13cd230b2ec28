"""Messages to the outside: mail, webhooks, chats. A refusal is a value."""

from monitor.notify.chats import Chats
from monitor.notify.outbox import Outbox
from monitor.notify.smtp import Mailer
from monitor.notify.targets import checked_target, redacted
from monitor.notify.webhook import Webhooks

__all__ = ["Chats", "Mailer", "Outbox", "Webhooks", "checked_target", "redacted"]
