"""The settings of telling: mail, chats and webhooks, links."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class TellingSettings(BaseSettings):
    """How messages leave, and what their links point at."""

    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#]+)?$",
        description="Public address of this monitor, for links in mails (unsubscribe, confirm); empty means none.",
    )
    public_host: str = Field(default="127.0.0.1", description="Where the pages behind mail links listen.")
    public_port: int = Field(
        default=8789, ge=0, le=65535, description="Port of the pages behind mail links; 0 picks a free one."
    )
    double_opt_in: bool = Field(
        default=False, description="Ask new subscribers by mail whether they want the digest before sending any."
    )
    smtp_host: str = Field(
        default="", description="Mail server; empty means that mails are put into outbox_folder as .eml files."
    )
    smtp_port: int = Field(default=587, gt=0, le=65535, description="Port of the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="starttls, tls or none; with starttls a server that cannot encrypt gets nothing.",
    )
    smtp_user: str = Field(default="", description="User at the mail server; empty means no login.")
    smtp_password: str = Field(default="", repr=False, description="Password at the mail server.")
    smtp_timeout: float = Field(
        default=30.0, gt=0, le=600, description="Seconds for handing one mail over, connecting included."
    )
    smtp_rate: float = Field(default=10.0, gt=0, le=10_000, description="Mails a second at most.")
    mail_from: str = Field(
        default="Talks monitor <monitor@localhost>", description="Sender of the mails, with or without a name."
    )
    outbox_folder: str = Field(
        default="var/outbox", description="Where mails go as .eml files when no mail server is set."
    )
    webhook_secret: str = Field(
        default="", repr=False, description="Key of the signature (HMAC-SHA256) of webhooks; empty means unsigned."
    )
    operator: str = Field(
        default="",
        repr=False,
        description="Mail address or Apprise URL that is told when messages are stuck; empty means /health only.",
    )
    digest_templates: str = Field(
        default="", description="Folder with templates that replace the digest's own; empty means none."
    )
    digest_patience: float = Field(
        default=900.0,
        gt=0,
        le=86_400,
        description="Seconds after a period's end that a digest waits for articles still being read.",
    )
    deliver_days: float = Field(
        default=3.0, gt=0, le=30, description="Days that a message is tried before it counts as failed."
    )
