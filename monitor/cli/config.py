"""``monitor config``: every setting, its value and its meaning."""

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings


@click.command("config")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per setting, in an array.")
@click.pass_obj
def command(settings: "Settings", as_json: bool) -> None:
    """Show every setting, its value and its meaning.

    A value comes from MONITOR_<NAME> in the environment, else from the TOML settings file, else it is the default.
    """
    rows = [
        {
            "name": name,
            "value": _shown(name, getattr(settings, name)),
            "default": _default(name, field.default),
            "description": field.description or "",
        }
        for name, field in type(settings).model_fields.items()
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2, default=list))
        return
    for row in rows:
        changed = "" if row["value"] == row["default"] else click.style("  (changed)", fg="yellow")
        click.echo(f"{click.style(str(row['name']), bold=True)} = {json.dumps(row['value'], default=list)}{changed}")
        click.echo(f"    {row['description']}")


def _default(name: str, default: object) -> object:
    # Languages that nobody named have routes of their own, which pydantic adds after the default.
    from monitor.config import UNNAMED

    return UNNAMED if name == "languages" else default


def _shown(name: str, value: object) -> object:
    """The value as plain data, without passwords."""
    from monitor.config import SECRETS, WITH_PASSWORDS

    if name == "languages" and isinstance(value, dict):
        return {code: language.model_dump(exclude_unset=True) for code, language in value.items()}
    if name in SECRETS and value:
        return "***"
    if name not in WITH_PASSWORDS or "@" not in str(value):
        return value
    scheme, _, rest = str(value).partition("://")
    user, _, host = rest.rpartition("@")
    return f"{scheme}://{user.partition(':')[0]}:***@{host}"
