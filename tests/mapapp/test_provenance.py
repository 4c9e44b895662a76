"""Where each statement of an institution's page comes from: every one names its source, its decision and its day."""

import re
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.geometry import LonLat
from tests.builders import an_institution, publish

SINCE = (date(2017, 6, 1), None)
FACTS = ("institution_name", "identifier", "institution_attribute", "campus", "licence", "programme", "relation")
FACTS += ("completeness_declaration",)
STATEMENT = re.compile(
    r"<dd>(?:(?!<details).)*?</dd>|<dd>.*?<details|<li class=\"fact\">.*?</li>|<p class=\"fact\">.*?</p>"
    r"|<li class=\"campus\".*?</li>|<li>Tiếp nhận.*?</li>|<li>Được tiếp nhận.*?</li>",
    re.S,
)


def test_every_statement_names_its_source_decision_and_day(client: FlaskClient, register: Session) -> None:
    school = an_institution(
        "Trường Cao đẳng Một",
        codes=[("CDD0201", (None, None))],
        attributes=[("website", "mot.edu.vn", (None, None)), ("managing_body", "Sở GDĐT", (None, None))],
        licences=[("197/2017", SINCE)],
        programmes=[("6510202", "college", SINCE)],
        complete=[(date(2020, 1, 1), None)],
        at=LonLat(106.7, 10.8),
        province="79",
    )
    old = an_institution("Trường Trung cấp Cũ", status=[("merged", (date(2015, 1, 1), None))])
    publish(register, school, old, relations=[("absorb", old, school, date(2015, 1, 1))])
    decided = "INSERT INTO decision (number, issued_on) VALUES ('12/QĐ-UBND', '2014-12-01') RETURNING id"
    number = register.scalar(text(decided))
    for table in FACTS:  # as if they had been published with it
        register.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        register.execute(text(f"UPDATE {table} SET decision_id = :n"), {"n": number})
    register.commit()
    page = client.get(f"/institutions/{school.id}").text
    told = STATEMENT.findall(page)
    assert len(told) >= 11, told
    for one in told:
        assert 'class="source"' in one, one
        assert "12/QĐ-UBND" in one, one
        assert "nhận ngày" in one, one
    assert "được công bố là đã ghi đủ" in page
