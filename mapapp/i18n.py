"""Languages: Vietnamese is the source of every text and the default, English lives under `/en/`.

Catalogues are the `.po` files in `mapapp/translations/en/LC_MESSAGES`, read when the application starts: `messages.po`
for templates and scripts, `server.po` for what Python says. No compile step.
"""

import gettext as stdlib_gettext
import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import flask
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Blueprint, Flask, g, request, url_for

LANGUAGES = ("vi", "en")
DEFAULT = "vi"
PLAIN_IN_QUERIES = "!$'()*,/:;?@"
"""As in the addresses that `url_for` makes."""

CATALOGUES = Path(__file__).parent / "translations"


@cache
def catalogue(lang: str) -> stdlib_gettext.NullTranslations:
    """The texts of a language; the source language answers with the msgid itself."""
    if lang == DEFAULT:
        return stdlib_gettext.NullTranslations()
    merged = Catalog(locale=lang)
    for file in sorted((CATALOGUES / lang / "LC_MESSAGES").glob("*.po")):
        with file.open("rb") as stream:
            for message in read_po(stream, locale=lang):
                if message.id and message.string:
                    merged[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return stdlib_gettext.GNUTranslations(compiled)


def language() -> str:
    """The language of the request: pages by their address, the API English; Vietnamese outside of a request."""
    return str(g.get("lang", DEFAULT)) if flask.has_request_context() else DEFAULT


def gettext(msgid: str, **values: object) -> str:
    """The text in the request's language with `%(name)s` filled in."""
    text = catalogue(language()).gettext(msgid)
    return text % values if values else text


def ngettext(singular: str, plural: str, n: int, **values: object) -> str:
    """Like `gettext` for a count, which is also the value `n`; Vietnamese has one form, so both msgids are equal."""
    text = catalogue(language()).ngettext(singular, plural, n)
    return text % {"n": number(n), **values}


def N_(msgid: str) -> str:  # noqa: N802  the customary name of the marker
    """Marks a text for the catalogue that is translated later, where the language is known."""
    return msgid


def number(value: float, *, digits: int = 0) -> str:
    """A number as the language writes it: 1.886 or 1,886."""
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return str(format_decimal(value, format=pattern, locale=language()))


def day(value: Any) -> str:
    """A date as the language writes it: 01/07/2025 or 1 July 2025."""
    return str(format_date(value, format="dd/MM/yyyy" if language() == "vi" else "d MMMM yyyy", locale=language()))


def page_url(endpoint: str, lang: str | None = None, **values: Any) -> str:
    """The path of a page in the request's language, or in `lang`; addresses without languages stay as they are."""
    english = f"en_{endpoint}"
    in_english = (lang or language()) == "en" and english in flask.current_app.view_functions
    return url_for(english if in_english else endpoint, **values)


def with_query(path: str, given: Mapping[str, Any]) -> str:
    """The path with a query of any names, which a stranger may have chosen: none of them may mean anything to `url_for`
    (`_scheme`, `lang`). Lists become the same name again and again; None is left out."""
    named = {name: value for name, value in given.items() if value is not None}
    return f"{path}?{urlencode(named, doseq=True, safe=PLAIN_IN_QUERIES)}" if named else path


def register_pages(app: Flask, pages: Blueprint) -> None:
    """Give the pages of a blueprint their Vietnamese addresses and the same under `/en`."""
    app.register_blueprint(pages)
    app.register_blueprint(pages, url_prefix="/en", name=f"en_{pages.name}")


def choose_language() -> None:
    """Before each request: `/en/…` is English, `/api/…` and other machine addresses speak English too."""
    path = request.path
    english = path == "/en" or path.startswith(("/en/", "/api/"))
    g.lang = "en" if english else DEFAULT


def install(app: Flask) -> None:
    """Set the language of every request and give templates their words."""
    app.before_request(choose_language)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: catalogue(language()).gettext(text),
        lambda one, many, n: catalogue(language()).ngettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.globals.update(url=page_url, format_number=number, format_day=day)
    app.context_processor(lambda: {"lang": language()})
