"""The table of institutions that have not sent their report, with the contacts that they publish themselves."""

import csv
import io

from geodata.reports.contacts import Contact, contacts
from geodata.reports.standings import SENT, ReportStanding, SubjectStanding, standings_of
from geodata.text import safe_cell
from mapapp.db import session, today
from mapapp.errors import Problem
from mapapp.i18n import gettext as _
from mapapp.reports_list_view import ListQuestion, readable, the_place
from mapapp.reports_words import STATE
from mapapp.sign_in import NOT_ALLOWED, Visitor

MOST_REMINDED = 50_000
HEADINGS = (
    *("id", "ma_co_so", "ten_co_so", "nam", "tinh_trang", "han", "qua_han_ngay"),
    *("dien_thoai_co_so", "thu_dien_tu_co_so", "trang_thong_tin"),
)


def reminder_file(visitor: Visitor, asked: ListQuestion) -> tuple[str, bytes]:
    """(file name, CSV with a byte order mark) of the institutions that have not sent the report, by state and name; one
    that corrects a published report has sent it. The
    contacts are those that the institutions publish; the register knows no person's."""
    place = the_place(visitor, asked, readable(visitor))
    if place is None:
        raise Problem(NOT_ALLOWED)
    silent = [state for state in ReportStanding if state not in SENT]
    found = standings_of(
        session(), asked.duty, asked.year, place, today=today(), states=silent, silent=True, limit=MOST_REMINDED
    )
    known = contacts(session(), [one.key for one in found], on=today())
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows(reminder(one, known.get(one.key, Contact()), asked) for one in found)
    return f"nhac-bao-cao-{place.code}-{asked.year}.csv", out.getvalue().encode("utf-8-sig")


def reminder(one: SubjectStanding, contact: Contact, asked: ListQuestion) -> list[str]:
    last = asked.duty.last_day(asked.year)
    overdue = max((today() - last).days, 0)
    told = [one.key, contact.code, one.name, str(asked.year), _(STATE[one.state][0]), last.isoformat(), str(overdue)]
    return [safe_cell(text) for text in (*told, contact.telephone, contact.email, contact.website)]
