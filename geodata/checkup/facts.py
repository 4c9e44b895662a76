"""Checks of what the register says: facts that fit together, and things that somebody should know."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from sqlalchemy import text

from geodata.checkup.looks import Look
from geodata.checkup.registered import Checks, Grade
from geodata.geometry import VIETNAM

CHECKS = Checks()

UNKNOWN_UNITS = """
    SELECT campus.institution_id || ': ' || asked.level || ' ' || asked.code FROM campus
    CROSS JOIN LATERAL (VALUES ('province', province_code), ('commune', commune_code),
        ('province', former_province_code), ('district', former_district_code), ('commune', former_commune_code)
    ) AS asked (level, code)
    WHERE release_to IS NULL AND asked.code IS NOT NULL AND NOT EXISTS (
        SELECT FROM administrative_unit AS unit WHERE unit.code = asked.code AND unit.level = asked.level)
    ORDER BY 1 LIMIT 1000
"""
ELSEWHERE = """
    SELECT institution_id || ': ' || round(ST_X(geom)::numeric, 4) || ' ' || round(ST_Y(geom)::numeric, 4) FROM campus
    WHERE release_to IS NULL AND geom IS NOT NULL
        AND NOT (ST_X(geom) BETWEEN :west AND :east AND ST_Y(geom) BETWEEN :south AND :north)
    ORDER BY 1 LIMIT 1000
"""
LOOSE = """
    SELECT institution_id || ': ' || occupation_code || ' under {what} ' || {key} FROM programme
    WHERE release_to IS NULL AND {key} IS NOT NULL AND NOT EXISTS (
        SELECT FROM {what} AS whole WHERE whole.{key} = programme.{key} AND whole.release_to IS NULL
            AND whole.institution_id = programme.institution_id)
    ORDER BY 1 LIMIT 1000
"""
SUCCESSIONS = """
    SELECT predecessor_id, successor_id FROM relation
    WHERE release_to IS NULL AND predecessor_id <> successor_id ORDER BY 1, 2
"""
WITHOUT_SUCCESSOR = """
    SELECT institution_id FROM institution_state AS state WHERE release_to IS NULL AND is_main AND status = 'merged'
        AND (valid_to IS NULL OR valid_to > :today) AND (valid_from IS NULL OR valid_from <= :today)
        AND NOT EXISTS (SELECT FROM relation WHERE predecessor_id = state.institution_id AND release_to IS NULL)
    ORDER BY 1 LIMIT 1000
"""
SHARED = """
    SELECT value || ': ' || string_agg(DISTINCT institution_id, ', ') FROM identifier
    WHERE release_to IS NULL
        AND (valid_from IS NULL OR valid_from <= :today) AND (valid_to IS NULL OR valid_to > :today)
    GROUP BY value HAVING count(DISTINCT institution_id) > 1 ORDER BY 1 LIMIT 1000
"""
PLACELESS = """
    SELECT institution_id FROM institution_state WHERE release_to IS NULL AND is_main AND province_code IS NULL
        AND (valid_to IS NULL OR valid_to > :today) AND (valid_from IS NULL OR valid_from <= :today)
    ORDER BY 1 LIMIT 1000
"""
STATUSES = """
    SELECT data_status || ': ' || count(*) FROM institution_state WHERE release_to IS NULL AND is_main
        AND (valid_to IS NULL OR valid_to > :today) AND (valid_from IS NULL OR valid_from <= :today)
    GROUP BY data_status ORDER BY 1
"""
HANDS = """
    SELECT person.id, act.act FROM person JOIN person_right AS held ON held.person_id = person.id
    JOIN role_act AS act ON act.role = held.role
    WHERE person.active AND held.valid_from <= now() AND (held.valid_to IS NULL OR held.valid_to > now())
        AND act.act IN ('propose', 'approve')
"""
CORRECTED = "Correct the record at /steward/institutions/<id>, or import a corrected list"


@CHECKS(CORRECTED)
def known_units(look: Look) -> Iterator[str]:
    """Every place lies in administrative units that exist or existed"""
    yield from look.session.scalars(text(UNKNOWN_UNITS))


@CHECKS("Correct the place at /steward/waiting/place/<id>/<campus>, or import a corrected list")
def inside_the_country(look: Look) -> Iterator[str]:
    """Every point lies in Viet Nam"""
    box = {name: getattr(VIETNAM, name) for name in ("west", "east", "south", "north")}
    yield from look.session.scalars(text(ELSEWHERE), box)


@CHECKS(CORRECTED)
def programmes(look: Look) -> Iterator[str]:
    """Every programme hangs on a licence and a campus of its own institution"""
    for what, key in (("licence", "licence_id"), ("campus", "campus_id")):
        yield from look.session.scalars(text(LOOSE.format(what=what, key=key)))


@CHECKS("Undo the release that joined them (its proposal's page), and record the event again")
def successions(look: Look) -> Iterator[str]:
    """No institution succeeds itself by way of others"""
    after: dict[str, list[str]] = {}
    for one, later in look.session.execute(text(SUCCESSIONS)):
        after.setdefault(one, []).append(later)
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        yield " ← ".join(error.args[1])


@CHECKS("Record the merger with who took over: /steward/institutions/<id>/merge", grade=Grade.NOTE)
def merged_into(look: Look) -> Iterator[str]:
    """Of every merged institution it is known what became of it"""
    yield from look.session.scalars(text(WITHOUT_SUCCESSOR), {"today": look.today})


@CHECKS("Verification answers `ambiguous` for them: find out whose it is, and end it for the other", grade=Grade.NOTE)
def shared_identifiers(look: Look) -> Iterator[str]:
    """No code belongs to several institutions today"""
    yield from look.session.scalars(text(SHARED), {"today": look.today})


@CHECKS("Place them at /steward/waiting/unplaced; until then the planner counts them in no province", grade=Grade.NOTE)
def provinces(look: Look) -> Iterator[str]:
    """Every institution has a province"""
    yield from look.session.scalars(text(PLACELESS), {"today": look.today})


@CHECKS("mapapp demo clear takes the illustrative data out; imports with --decision are official", grade=Grade.NOTE)
def one_data_status(look: Look) -> Iterator[str]:
    """All institutions have one data status"""
    told = list(look.session.scalars(text(STATUSES), {"today": look.today}))
    yield from told if len(told) > 1 else ()


@CHECKS("mapapp users add LOGIN --role approver (and another with national_steward)", grade=Grade.NOTE)
def two_people(look: Look) -> Iterator[str]:
    """There are two people, of whom one can propose what the other approves"""
    rows = look.session.execute(text(HANDS)).all()
    proposing, approving = ({person for person, act in rows if act == wanted} for wanted in ("propose", "approve"))
    if not any(one != other for one in proposing for other in approving):
        yield f"{len(proposing)} may propose, {len(approving)} approve: nothing can be published on the web"
