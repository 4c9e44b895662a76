"""`/api/v1/reporting/institutions.csv`: who has, or has not, reported, as a table for those who remind them."""

import csv
import io

from flask import Response

from geodata.administrative_units import unit as unit_named
from geodata.standard.reporting import reporters
from geodata.text import safe_cell
from mapapp.api import public_get
from mapapp.api_periodic import TAG
from mapapp.db import session, today
from mapapp.reporting_question import TOLD, ReportersQuestion, duty_asked, period_asked
from mapapp.schemas.periodic import SchemaDocument

HEADINGS = ("id", "name", "type", "period", "duty", "last_day", "reported", "sent_on", "late")
CSV = "text/csv"


@public_get(
    "/reporting/institutions.csv",
    "The institutions that have, or have not, reported, as CSV",
    tag=TAG,
    question=ReportersQuestion,
    answer=SchemaDocument,
    media_type=CSV,
    answers={"404": "There is no such unit."},
)
def reporting_institutions_csv(asked: ReportersQuestion) -> Response:
    """The same list as `/reporting/institutions`, page by page (`limit` up to 1,000), without any contact: whom to
    remind of which deadline. With a byte order mark, for spreadsheets."""
    duty, period = duty_asked(asked), period_asked(asked.period)
    found, _matched = reporters(
        session(),
        duty,
        period,
        unit=unit_named(session(), asked.unit, today()) if asked.unit else None,
        reported=TOLD[asked.reported],
        release=asked.release,
        limit=asked.limit,
        start=(asked.page - 1) * asked.limit,
    )
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    for one in found:
        told = (one.id, safe_cell(one.name), one.type, period, duty.id, duty.last_day(period))
        late = "" if one.late is None else str(one.late).lower()
        writer.writerow([*told, str(one.reported).lower(), one.sent_on or "", late])
    return Response(out.getvalue().encode("utf-8-sig"), content_type=f"{CSV}; charset=utf-8")
