"""A digest as a web page: one file that needs no other, pictures and style within."""

import base64
from collections.abc import Callable
from pathlib import Path

from monitor.digest.render import drawn, values
from monitor.digest.templating import filled
from monitor.digest.viewing import viewed
from monitor.records.telling.digests import Digest, Picture


def page(
    digest: Digest,
    *,
    dashboard_url: str = "",
    templates: Path | None = None,
    pictures: Callable[[Digest], tuple[Picture, ...]],
) -> str:
    """The whole digest as HTML, its pictures (PNG or SVG) within; without them where they cannot be drawn.

    A drawing goes in as the source of an image: so no script in it would ever run. Raises ConfigError when a template
    in ``templates`` is wrong.
    """
    shown = {picture.name: {"src": _data(picture.png), "alt": picture.alt} for picture in drawn(digest, pictures)}
    return filled("page.html", values(viewed(digest), dashboard_url, shown, ""), folder=templates)


def _data(picture: bytes) -> str:
    kind = "png" if picture.startswith(b"\x89PNG") else "svg+xml"
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
