"""Each file says what it is: release, method, licence, data status, question; and is the same whenever it is made."""

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy.orm import Session

from geodata.unit_reads import units
from mapapp import create_app
from mapapp.exports.sheet_paper import FONTS, MISSING, printable
from mapapp.settings import Settings
from tests.builders import an_institution, publish
from tests.mapapp.conftest import NOW, NOWHERE
from tests.mapapp.exports.conftest import OVERLAY, Export

VIEW = {"level": "province", "on": "2026-07-01", "release": "1", "type": "college"}
HEAVY = ["xlsx", "gpkg", "html", "pdf"]


def text_of(pdf: bytes) -> str:
    """The whole text of a sheet on one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def workbook_says(book: bytes) -> str:
    return json.dumps([list(sheet.values) for sheet in load_workbook(io.BytesIO(book))], ensure_ascii=False)


def plain(name: str, content: bytes) -> str:
    """What a reader of the file can find in it."""
    if name == "pdf":
        return text_of(content)
    return workbook_says(content) if name == "xlsx" else content.decode("utf-8", "replace")


@pytest.mark.parametrize("form", ["json", "csv", "geojson", "xlsx", "gpkg", "html", "pdf", "manifest"])
def test_every_file_says_what_it_is(export: Export, form: str) -> None:
    said = plain(form, export(form, **VIEW).data).replace(" ", "")
    for words in ("2222-teacher-digital-competence-2025", "type=college", "release=1"):
        assert words in said
    assert re.search("illustrative|Dữliệuminhhọa", said)
    assert "CC0" in said
    assert re.search("numerators|tửsố", said)


@pytest.mark.parametrize("form", HEAVY)
def test_a_file_is_the_same_however_often_it_is_made(planner: FlaskClient, export: Export, form: str) -> None:
    first = export(form, **VIEW).data
    store = planner.application.extensions["mapapp.exports"].store
    for path in store.folder.glob("*.*"):
        path.unlink()
    assert export(form, **VIEW).data == first


@pytest.mark.parametrize("form", ["csv", "geojson"])
def test_a_release_gives_the_same_bytes_after_the_next_one(export: Export, network: Session, form: str) -> None:
    first = export(form, **VIEW).data
    publish(network, an_institution(province="01"))
    assert export(form, **VIEW).data == first


def test_the_manifest_holds_the_sum_of_every_file(export: Export) -> None:
    manifest = export("manifest", **VIEW).get_json()
    assert (manifest["release"], manifest["data_status"], manifest["licence"]["name"]) == (1, "illustrative", "CC0-1.0")
    assert manifest["query"]["type"] == "college"
    forms = [one["name"].rsplit(".", 1)[1] for one in manifest["files"]]
    assert forms == ["json", "csv", "geojson", "xlsx", "gpkg", "html", "pdf"]
    for form, one in zip(forms, manifest["files"], strict=True):
        content = export(form, **VIEW).data
        assert (one["bytes"], one["sha256"]) == (len(content), hashlib.sha256(content).hexdigest()), form


def test_the_archive_holds_the_files_of_the_manifest_and_itself(export: Export) -> None:
    with zipfile.ZipFile(io.BytesIO(export("zip", **VIEW).data)) as archive:
        manifest = json.loads(archive.read(next(name for name in archive.namelist() if name.endswith("manifest.json"))))
        for one in manifest["files"]:
            assert hashlib.sha256(archive.read(one["name"])).hexdigest() == one["sha256"]
        assert len(archive.namelist()) == len(manifest["files"]) + 1


def test_created_is_the_time_of_the_release(export: Export, planner: FlaskClient) -> None:
    published = planner.get(f"{OVERLAY}?period=2024&release=1").get_json()["published_at"]
    assert export("manifest", **VIEW).get_json()["created"] == published
    info = PdfReader(io.BytesIO(export("pdf", **VIEW).data)).metadata
    assert info is not None
    assert info.creation_date is not None
    assert f"{info.creation_date:%Y-%m-%dT%H:%M:%S}" == published[:19]


def test_what_no_unit_and_no_data_are_is_counted(export: Export) -> None:
    about = export("json", **VIEW).get_json()
    rows = about["rows"]
    assert about["units"] == sum(1 for row in rows if row["unit"])
    assert about["units_without_data"] == sum(1 for row in rows if row["unit"] and row["N"] and row["no_data"])
    assert about["unplaced"]["N"] == sum(row["N"] for row in rows if not row["unit"]) > 0


def test_a_chosen_target_stays_chosen(export: Export, planner: FlaskClient) -> None:
    about = export("json", level="province", target="2222-teacher-digital-competence-2030").get_json()
    assert "target=2222-teacher-digital-competence-2030" in about["url"]
    assert planner.get(about["url"]).get_json()["rows"] == about["rows"]
    assert "2222-teacher-digital-competence-2030" in planner.get(about["page"]).text


# -- the licence -----------------------------------------------------------------------------------------------------


def licence_of(network: Session, **settings: Any) -> str:
    """The licence that an installation whose data are mixed names."""
    from sqlalchemy.orm import sessionmaker

    from geodata.models import Release

    release = network.get(Release, 1)
    assert release is not None
    release.summary = {**release.summary, "by_data_status": {"official": 1, "illustrative": 1}}
    network.flush()
    sessions = sessionmaker(network.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False)
    application = create_app(
        Settings(database_url=NOWHERE.database_url, data=NOWHERE.data, **settings), sessions, lambda: NOW
    )
    lines = application.test_client().get(f"{OVERLAY}?period=2024&format=csv").data.decode("utf-8-sig")
    return next(csv.DictReader(io.StringIO(lines)))["licence"]


def test_no_licence_is_claimed_for_data_without_one(network: Session) -> None:
    assert licence_of(network) == "undeclared"


def test_an_installation_says_its_own_licence(network: Session) -> None:
    assert licence_of(network, data_licence="CC-BY-4.0") == "CC-BY-4.0"


# -- the sheet -------------------------------------------------------------------------------------------------------


def test_the_sheet_has_all_that_a_map_on_paper_needs(export: Export) -> None:
    pdf = export("pdf", **VIEW).data
    said = text_of(pdf)
    for words in (
        *("Quần đảo Hoàng Sa", "Quần đảo Trường Sa", "Biển Đông", "200 km", "Tỷ lệ khoảng 1 :", "Chú giải"),
        *("Lần công bố 1", "Dữ liệu minh họa", "Nguồn", "Cách tính", "2222/QĐ-TTg", "ranh giới xấp xỉ", "Trang 1/2"),
    ):
        assert words in said
    assert [round(float(side)) for side in PdfReader(io.BytesIO(pdf)).pages[0].mediabox[2:]] == [595, 842]
    assert len(pdf) < 200_000


def test_the_sheet_comes_in_a3_and_in_english(export: Export) -> None:
    pdf = export("pdf", **VIEW, paper="a3", lang="en").data
    said = text_of(pdf)
    assert [round(float(side)) for side in PdfReader(io.BytesIO(pdf)).pages[0].mediabox[2:]] == [842, 1191]
    for words in ("Legend", "Scale about 1 :", "Illustrative data", "Page 1/2", "Hoàng Sa"):
        assert words in said


def test_the_font_has_every_letter_of_every_unit(network: Session) -> None:
    from reportlab.pdfbase.ttfonts import TTFont

    known = TTFont("probe", FONTS / "BeVietnamPro-Regular.ttf").face.charToGlyph
    found = [
        *units(network, level="commune", on=date(2025, 6, 30)),
        *units(network, level="commune", on=date(2026, 1, 1)),
    ]
    found += units(network, level="district", on=date(2025, 6, 30))
    letters = {letter for unit in found for letter in printable(f"{unit.full_name}{unit.name_en}")}
    letters |= set(printable("≥ > = − + ± % × · – ( ) “ ” …" + "".join(MISSING.values())))
    assert {letter for letter in letters if ord(letter) not in known} == set()


def test_letters_and_their_marks_are_printed_as_one() -> None:
    assert printable("Tie\u0302\u0301ng Vie\u0323\u0302t, Σ a") == "Tiếng Việt, tổng a"
