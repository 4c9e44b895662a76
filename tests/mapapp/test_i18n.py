"""Two languages, both complete."""

import io
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import mapapp
from geodata import vocabulary
from mapapp import labels
from mapapp.i18n import catalogue

ROOT = Path(mapapp.__file__).parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"templates/**.html": {"newstyle_gettext": "true", "trimmed": "false"}}
SAME = {"identifiers", "n/N", "geometry"}
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def used() -> Iterator[tuple[str, str]]:
    """(place, msgid) of every text in the sources."""
    for file, line, message, _comments, _context in extract_from_dir(ROOT, METHODS, OPTIONS):
        for msgid in message if isinstance(message, tuple) else (message,):
            yield f"{file}:{line}", msgid


def test_every_text_has_its_english() -> None:
    english = catalogue("en")
    missing = [f"{place} {msgid!r}" for place, msgid in used() if english.gettext(msgid) == msgid and not same(msgid)]
    assert missing == []


def same(msgid: str) -> bool:
    """Texts that read the same in both languages, or stand in the catalogue in plural forms only."""
    if msgid in SAME:
        return True
    english = catalogue("en")
    return english.ngettext(msgid, msgid, 2) != msgid


def test_placeholders_survive_translation() -> None:
    wrong = [
        message.id
        for file in (ROOT / "translations/en/LC_MESSAGES").glob("*.po")
        for message in read_po(io.BytesIO(file.read_bytes()), locale="en")
        if message.id and isinstance(message.id, str) and isinstance(message.string, str)
        if set(PLACEHOLDER.findall(message.id)) != set(PLACEHOLDER.findall(message.string))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (vocabulary.InstitutionType, labels.TYPE),
        (vocabulary.Ownership, labels.OWNERSHIP),
        (vocabulary.TrainingLevel, labels.TRAINING_LEVEL),
        (vocabulary.Status, labels.STATUS),
        (vocabulary.Status, labels.STATUS_CONSEQUENCE),
        (vocabulary.Status, labels.STATUS_TONE),
        (vocabulary.LocationPrecision, labels.LOCATION_PRECISION),
        (vocabulary.UnitLevel, labels.UNIT_LEVEL),
        (vocabulary.DataStatus, labels.DATA_STATUS),
        (vocabulary.AttributeKind, labels.ATTRIBUTE),
        (vocabulary.Enrolment, labels.ENROLMENT),
        (vocabulary.HighQuality, labels.HIGH_QUALITY),
        (vocabulary.NameKind, labels.NAME_KIND),
        (vocabulary.IdentifierScheme, labels.IDENTIFIER_SCHEME),
        (vocabulary.CampusKind, labels.CAMPUS_KIND),
        (vocabulary.RelationKind, labels.RELATION_SUCCESSOR),
        (vocabulary.RelationKind, labels.RELATION_PREDECESSOR),
        (vocabulary.ReleaseKind, labels.SOURCE_KIND),
        (vocabulary.BoundaryQuality, labels.BOUNDARY_QUALITY),
    ],
)
def test_every_value_has_a_label(values: type[StrEnum], named: dict[str, str]) -> None:
    assert {value.value for value in values} <= set(named)


@pytest.mark.parametrize("path", ["/", "/nearby", "/about", "/docs", "/data", "/?q=cao+đẳng&type=college"])
def test_pages_name_their_language_and_the_other(client: FlaskClient, register: Session, path: str) -> None:
    vietnamese, english = client.get(path).text, client.get("/en" + path).text
    assert '<html lang="vi">' in vietnamese
    assert '<html lang="en">' in english
    for text in (vietnamese, english):
        assert 'hreflang="vi" href="http://localhost/' in text
        assert 'hreflang="en" href="http://localhost/en/' in text


def test_the_way_to_the_other_language_keeps_the_question(client: FlaskClient, register: Session) -> None:
    assert 'href="/en/?q=h%C3%A0n&amp;type=college"' in client.get("/?q=hàn&type=college").text
    assert 'href="/?q=h%C3%A0n&amp;type=college"' in client.get("/en/?q=hàn&type=college").text


def test_english_pages_link_to_english_pages(client: FlaskClient, register: Session) -> None:
    links = set(re.findall(r'<a [^>]*href="(/[^"]*)"', client.get("/en/").text))
    pages = {link for link in links if not link.startswith(("/api/", "/static/"))}
    assert {link for link in pages if not link.startswith("/en/")} <= {"/"}


@pytest.mark.parametrize("path", ["/en/", "/en/nearby", "/en/nothing", "/en/?lat=1"])
def test_english_pages_hold_no_vietnamese_words_of_ours(client: FlaskClient, register: Session, path: str) -> None:
    text = re.sub(r"<[^>]+>", " ", client.get(path).text)
    ours = {msgid for _, msgid in used() if re.search(r"[^\x00-\x7f]", msgid) and len(msgid) > 6 and "%" not in msgid}
    assert [msgid for msgid in ours if f" {msgid} " in text] == []
