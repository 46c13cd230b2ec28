"""The one door to Jinja and to the CSS inliner: templates of our own, and a person's own before them."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from traceback import walk_tb

import css_inline
import jinja2

from monitor.errors import ConfigError

_OWN = Path(__file__).parent / "templates"
# What a mistake in a template comes out as, besides Jinja's own errors.
_MISTAKES = (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)


def filled(name: str, values: Mapping[str, object], *, folder: Path | None = None) -> str:
    """The template ``name``, filled. Templates in ``folder`` come before the program's own.

    Raises ConfigError with file and line when a template of the folder is wrong.
    """
    environment = _environment(folder)
    try:
        return environment.get_template(name).render(values)
    except _MISTAKES as error:
        if folder is None or (place := _place(error, folder)) is None:
            raise
        raise ConfigError(
            f"{place}: {type(error).__name__}: {str(error).partition(chr(10))[0]}. Correct the template, or take it "
            f"out of {folder} to use the program's own (setting digest_templates)."
        ) from error


def inlined(html: str) -> str:
    """``html`` with the rules of its style sheets written into the elements."""
    return _inliner().inline(html)


class _Loader(jinja2.FileSystemLoader):
    """Says which file cannot be read."""

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, object]:  # type: ignore[override]
        try:
            return super().get_source(environment, template)
        except jinja2.TemplateNotFound:
            raise
        except (UnicodeDecodeError, OSError) as error:
            path = str(Path(self.searchpath[0], template))
            raise jinja2.TemplateSyntaxError(f"cannot be read ({error})", 1, template, path) from error


@lru_cache(maxsize=8)
def _environment(folder: Path | None) -> jinja2.Environment:
    if folder is not None and not folder.is_dir():
        raise ConfigError(f"{folder}: no such folder. The setting digest_templates names it; create it or clear it.")
    folders = [folder, _OWN] if folder is not None else [_OWN]
    return jinja2.Environment(
        loader=jinja2.ChoiceLoader([_Loader(path) for path in folders]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # A person who works on a template sees it in the next preview, without a restart.
        auto_reload=folder is not None,
    )


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)


def _place(error: BaseException, folder: Path) -> str | None:
    """File and line in ``folder`` where it went wrong; None when it is no file of that folder."""
    if isinstance(error, jinja2.TemplateSyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}" if Path(error.filename).is_relative_to(folder) else None
    # Jinja puts the templates' own files and lines into tracebacks.
    places = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    inside = [f"{name}:{line}" for name, line in places if Path(name).is_relative_to(folder)]
    return inside[-1] if inside else None
