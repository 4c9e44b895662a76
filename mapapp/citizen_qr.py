"""The QR code of an institution's page, for paper and for the telephone beside the screen."""

import io

import segno
from flask import Response, request

from geodata.records import SeveralInstitutions, UnknownInstitution, get
from mapapp.citizen import bp
from mapapp.db import session, today
from mapapp.i18n import page_url
from mapapp.identifiers import readable_identifier
from mapapp.params import CatalogueQuestion, read
from mapapp.questions import external


@bp.get("/institutions/<id_or_code>/qr.svg")
def qr(id_or_code: str) -> Response:
    """An SVG drawing, dark on white in every colour scheme because scanners want that."""
    read(CatalogueQuestion, request.args)
    try:
        found = get(session(), readable_identifier(id_or_code), on=today())
    except SeveralInstitutions as several:
        raise UnknownInstitution(id_or_code) from several
    return Response(drawing(external(page_url("citizen.institution", id_or_code=found.id))), mimetype="image/svg+xml")


def drawing(address: str) -> str:
    """The address as a QR code of medium error correction with its quiet zone."""
    svg = io.BytesIO()
    code = segno.make_qr(address, error="m")
    code.save(
        svg, kind="svg", border=4, dark="#000", light="#fff", omitsize=True, nl=False, svgclass=None, lineclass=None
    )
    return svg.getvalue().decode()
