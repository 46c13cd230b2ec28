"""The settings of the dashboard."""

from pydantic import Field
from pydantic_settings import BaseSettings


class DashboardSettings(BaseSettings):
    """Where the dashboard listens, and who may come in."""

    dashboard_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#]+)?$",
        description="Public address of the dashboard, for links in mails and feeds; empty means none.",
    )
    dashboard_host: str = Field(
        default="127.0.0.1",
        description="Where the dashboard listens; any other address than this machine's own demands accounts.",
    )
    dashboard_port: int = Field(default=8790, ge=0, le=65535, description="Port of the dashboard; 0 picks a free one.")
    dashboard_names: tuple[str, ...] = Field(
        default=(),
        description="Names under which the dashboard is reached (dash.example.org); its own address always works.",
    )
    dashboard_proxies: tuple[str, ...] = Field(
        default=(),
        description="Addresses or networks of reverse proxies before the dashboard; no other's headers are believed.",
    )
    dashboard_proxy_user: str = Field(
        default="",
        pattern=r"^([A-Za-z][A-Za-z0-9-]*)?$",
        description="Header in which such a proxy names the person (Remote-User); empty means none is believed.",
    )
    dashboard_proxy_role: str = Field(
        default="reader",
        pattern="^(reader|analyst|admin)$",
        description="Role of people whom a proxy names and who have no account here.",
    )
