"""Distances to the nearest institution that qualifies, people within reach, and scenarios that write nothing."""

import math
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.access import Access, AccessQuestion, Condition, ImpossibleScenario, Scenario, access, distances
from geodata.access.effect import readiness_effect
from geodata.access.population import RefusedPopulation, import_population, population_sets, population_version
from geodata.access.scenario import resolve
from geodata.geometry import LonLat
from geodata.models import Base
from geodata.overlays import by_unit
from tests.builders import AnInstitution, an_institution, publish
from tests.geodata.overlays.reporting import tell

ON, OLD = date(2026, 11, 22), date(2025, 6, 30)
HOAN_KIEM, TRUONG_SA = "00070", "22736"
HANOI_CENTRE = LonLat(105.85, 21.03)
WELDING, TURNING = "6520123", "6520121"
ALWAYS = (None, None)


def a_school(at: LonLat | None, occupation: str = WELDING, **more: object) -> AnInstitution:
    level = "college" if occupation.startswith("6") else "intermediate"
    place = {"province": "01", "former_province": "01", **more}
    return an_institution(at=at, programmes=((occupation, level, ALWAYS),), **place)


def of(found: Access, code: str) -> distances.CommuneAccess:
    return next(row for row in found.rows if row.unit.code == code)


def test_distance_is_geodesic_to_the_nearest_of_those_that_teach_it(places: Session) -> None:
    near, far = a_school(HANOI_CENTRE), a_school(LonLat(106.69, 10.78))
    nearest_of_all = a_school(LonLat(105.851, 21.031), "6480201")
    publish(places, near, far, nearest_of_all)
    found = access(places, AccessQuestion(ON, occupations=(WELDING,)))
    row = of(found, HOAN_KIEM)
    exact = places.scalar(
        text(
            "SELECT ST_Distance(point::geography, ST_SetSRID(ST_MakePoint(105.85, 21.03), 4326)::geography) / 1000"
            " FROM administrative_unit WHERE key = :key"
        ),
        {"key": row.unit.key},
    )
    assert (row.institution_id, row.distance_km) == (near.id, round(exact, 2))
    assert of(found, TRUONG_SA).institution_id == far.id
    assert (found.institutions, found.unplaced, len(found.rows)) == (2, 0, 3321)


def test_both_ways_of_searching_find_the_same(network: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = AccessQuestion(ON, training_levels=("college", "intermediate"))
    answers = []
    for cost in (0, math.inf):
        monkeypatch.setattr(distances, "INDEXED_COST", cost)
        answers.append(access(network, asked).rows)
    assert answers[0] == answers[1]


def test_the_index_finds_the_nearest(network: Session) -> None:
    at = distances.moment(network, ON)
    asked = AccessQuestion(ON)
    sql = distances.BY_INDEX.format(
        places=distances.PLACES, qualifying=distances.qualifying(asked, at), close=distances.CLOSE
    )
    network.execute(text("SET LOCAL enable_seqscan = off"))
    given = {**distances.values(network, asked, at), "keys": ["00070@2025-07-01"]}
    plan = "\n".join(network.scalars(text(f"EXPLAIN {sql}"), given))
    assert "ix_institution_state_geog" in plan
    assert "<->" in plan


def test_an_institution_known_by_province_is_counted_and_never_placed(places: Session) -> None:
    publish(places, a_school(None))
    found = access(places, AccessQuestion(ON, occupations=(WELDING,)))
    assert (found.institutions, found.unplaced) == (1, 1)
    assert {row.distance_km for row in found.rows} == {None}
    assert found.reach(50).reached == 0
    assert found.reach(50).median_km is None


def test_closed_and_not_yet_open_institutions_do_not_count(places: Session) -> None:
    closed = a_school(HANOI_CENTRE, status=(("active", (None, date(2020, 1, 1))), ("closed", (date(2020, 1, 1), None))))
    future = a_school(HANOI_CENTRE, status=(("active", (date(2030, 1, 1), None)),))
    publish(places, closed, future)
    assert access(places, AccessQuestion(ON)).institutions == 0
    assert access(places, AccessQuestion(date(2019, 1, 1))).institutions == 1


def test_readiness_is_asked_of_what_was_reported(places: Session) -> None:
    ready, not_ready, silent = (a_school(HANOI_CENTRE) for _ in range(3))
    publish(places, ready, not_ready, silent)
    tell(
        places,
        2025,
        {
            ready.id: {"digital_infrastructure": True, "teacher_digital_competence": (8, 10)},
            not_ready.id: {"digital_infrastructure": False, "teacher_digital_competence": (79, 100)},
        },
    )

    def count(indicator: str, at_least: float) -> int:
        condition = Condition(indicator, "2025", at_least)
        return access(places, AccessQuestion(ON, condition=condition)).institutions

    assert [count("digital_infrastructure", 100), count("teacher_digital_competence", 80)] == [1, 1]
    assert count("teacher_digital_competence", 79) == 2
    assert count("teacher_digital_competence", 0) == 2


def test_derived_readiness_counts_like_the_overlay(network: Session) -> None:
    condition = Condition("readiness_score", "2025", 0)
    found = access(network, AccessQuestion(ON, condition=condition))
    whole = by_unit(network, "readiness_score", level="province", on=ON, period="2025").whole
    assert 0 < found.institutions <= whole.n


def test_reach_adds_up_over_the_provinces(network: Session) -> None:
    found = access(network, AccessQuestion(ON, training_levels=("college",)))
    provinces = {row.unit.parent_key for row in found.rows}
    parts = [found.reach(20, province) for province in provinces]
    whole = found.reach(20)
    assert (sum(one.communes for one in parts), sum(one.reached for one in parts)) == (whole.communes, whole.reached)
    assert whole.people is None
    order = [row.distance_km for row in found.farthest()]
    assert order == sorted(order, reverse=True)


def test_former_communes_measure_from_their_own_points(network: Session) -> None:
    assert len(access(network, AccessQuestion(OLD)).rows) > 10_000


POPULATION = "Mã xã;Dân số;Năm;Nguồn\n00070;105300;2025;Niên giám minh họa\n22736;100;2025;Niên giám minh họa\n"


def test_people_within_reach_once_a_population_is_imported(places: Session) -> None:
    publish(places, a_school(HANOI_CENTRE))
    before = population_version(places)
    done = import_population(places, POPULATION.encode("utf-8-sig"), on=ON, by="tester")
    assert (done.communes, done.people, done.years, done.left_out) == (2, 105_400, (2025,), 3_319)
    found = access(places, AccessQuestion(ON))
    reach = found.reach(20)
    assert (reach.people, reach.people_reached) == (105_400, 105_300)
    assert found.population is not None
    assert found.population.sources == ("Niên giám minh họa",)
    assert population_version(places) != before
    import_population(places, b"code,population,year,source\n00070,1,2025,again\n", on=ON, by="tester")
    assert [(one.people, one.source) for one in population_sets(places)] == [(100, "Niên giám minh họa"), (1, "again")]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "the column commune is missing"),
        (b"commune,people,year,source\n", "no line below"),
        (b"commune,people,year,source,note\n", "nobody reads the column 'note'"),
        (b"commune,people,year,source\n70,10,2025,x\n", "did it lose its zeros: 00070"),
        (b"commune,people,year,source\n99999,10,2025,x\n", "'99999' is unknown"),
        (b"commune,people,year,source\n00070,1.5,2025,x\n", "not a whole number"),
        (b"commune,people,year,source\n00070,-1,2025,x\n", "not a whole number"),
        (b"commune,people,year,source\n00070,10,25,x\n", "'25' is not a year"),
        (b"commune,people,year,source\n00070,10,2025,\n", "source is empty"),
        (b"commune,people,year,source\n00070,1,2025,x\n00070,2,2025,x\n", "line 3: 00070 of 2025 stands in line 2"),
        ("commune,people,year,source\n00070,1,2025,Hà\n".encode("utf-16"), "not UTF-8"),
    ],
)
def test_a_faulty_population_file_changes_nothing(places: Session, content: bytes, fault: str) -> None:
    with pytest.raises(RefusedPopulation, match=fault):
        import_population(places, content, on=ON, by="tester")
    assert population_sets(places) == []


def fingerprints(session: Session) -> dict[str, tuple[int, str]]:
    """(rows, hash of all rows) of every table."""
    return {
        name: tuple(
            session.execute(
                text(
                    f"SELECT count(*), coalesce(md5(string_agg(hash, '' ORDER BY hash)), '')"
                    f' FROM (SELECT md5(t::text) AS hash FROM "{name}" AS t) AS hashed'
                )
            ).one()
        )
        for name in Base.metadata.tables
        if name not in ("administrative_unit", "unit_boundary", "unit_succession")
    }


def test_closing_the_nearest_sends_a_commune_to_the_next(places: Session) -> None:
    near, next_ = a_school(HANOI_CENTRE), a_school(LonLat(105.78, 21.03))
    publish(places, near, next_)
    after = access(places, AccessQuestion(ON, scenario=Scenario(closed=(near.id,))))
    assert of(access(places, AccessQuestion(ON)), HOAN_KIEM).institution_id == near.id
    assert of(after, HOAN_KIEM).institution_id == next_.id


def test_an_upgraded_school_teaches_its_occupations_at_the_level_asked_for(places: Session) -> None:
    school, other = a_school(HANOI_CENTRE, "5520123"), a_school(HANOI_CENTRE, "5520121")
    publish(places, school, other)
    asked = {"occupations": (WELDING,), "training_levels": ("college",)}
    assert access(places, AccessQuestion(ON, **asked)).institutions == 0
    both = Scenario(upgraded=(school.id, other.id))
    found = access(places, AccessQuestion(ON, scenario=both, **asked))
    assert (found.institutions, of(found, HOAN_KIEM).institution_id) == (1, school.id)


def test_a_merged_school_goes_on_under_the_readiness_of_the_other(places: Session) -> None:
    weak, strong = a_school(HANOI_CENTRE), a_school(LonLat(106.69, 10.78))
    publish(places, weak, strong)
    tell(places, 2025, {weak.id: {"digital_infrastructure": False}, strong.id: {"digital_infrastructure": True}})
    condition = Condition("digital_infrastructure", "2025", 100)
    before = access(places, AccessQuestion(ON, condition=condition))
    after = access(places, AccessQuestion(ON, condition=condition, scenario=Scenario(merged=((weak.id, strong.id),))))
    assert of(before, HOAN_KIEM).institution_id == strong.id
    assert of(after, HOAN_KIEM).institution_id == weak.id  # the campus stays, in the hands of the stronger one


def test_readiness_before_and_after(places: Session) -> None:
    one, two, three, silent = (a_school(HANOI_CENTRE) for _ in range(4))
    publish(places, one, two, three, silent)
    figures = {one.id: (1, 10), two.id: (9, 10), three.id: (5, 10)}
    tell(places, 2024, {id_: {"teacher_digital_competence": told} for id_, told in figures.items()})

    def after(**scenario: object) -> tuple[int, int, float | None]:
        effect = readiness_effect(
            places, "teacher_digital_competence", Scenario(**scenario), level="province", on=ON, period="2024"
        )
        [(before, row)] = effect.rows
        assert (before.N, before.n, before.value) == (4, 3, 50.0)
        assert (row.N, row.n, row.value) == (effect.whole[1].N, effect.whole[1].n, effect.whole[1].value)
        return row.N, row.n, row.value

    assert after(closed=(one.id,)) == (3, 2, 70.0)
    assert after(upgraded=(one.id,)) == (4, 3, 80.0)
    assert after(merged=((one.id, two.id),)) == (3, 2, 50.0)
    assert after(closed=(one.id,), upgraded=(three.id,)) == (3, 2, 95.0)
    quiet = readiness_effect(
        places, "teacher_digital_competence", Scenario(upgraded=(silent.id,)), level="province", on=ON, period="2024"
    )
    assert quiet.unmeasured == (silent.id,)
    assert quiet.whole[0] == quiet.whole[1]


def test_a_scenario_writes_nothing(network: Session) -> None:
    ids = list(network.scalars(text("SELECT DISTINCT institution_id FROM institution_state ORDER BY 1 LIMIT 4")))
    before = fingerprints(network)
    scenario = Scenario(closed=(ids[0],), upgraded=(ids[1],), merged=((ids[2], ids[3]),))
    access(network, AccessQuestion(ON, scenario=scenario))
    readiness_effect(network, "digital_infrastructure", scenario, level="province", on=ON, period="2025")
    assert fingerprints(network) == before


@pytest.mark.parametrize(
    ("scenario", "part"),
    [
        (Scenario(closed=("a",), merged=(("a", "b"),)), "close"),
        (Scenario(closed=("a",), upgraded=("a",)), "upgrade"),
        (Scenario(merged=(("a", "b"), ("b", "c"))), "merge"),
        (Scenario(merged=(("a", "a"),)), "merge"),
        (Scenario(closed=tuple(map(str, range(51)))), "close"),
    ],
)
def test_a_scenario_that_contradicts_itself_is_refused(scenario: Scenario, part: str) -> None:
    with pytest.raises(ImpossibleScenario) as refused:
        scenario.check()
    assert refused.value.part == part


def test_institutions_of_a_scenario_are_named_by_any_identifier(places: Session) -> None:
    school = a_school(HANOI_CENTRE, codes=(("CDT0199", ALWAYS),))
    twin = a_school(HANOI_CENTRE, codes=(("CDT0200", ALWAYS),))
    other = a_school(HANOI_CENTRE, codes=(("CDT0200", ALWAYS),))
    publish(places, school, twin, other)
    scenario, names = resolve(places, ("cdt0199",), (twin.id.upper(),), ())
    assert scenario == Scenario(closed=(school.id,), upgraded=(twin.id,))
    assert set(names) == {school.id, twin.id}
    for identifier, reason in (("nothing", "unknown"), ("CDT0200", "ambiguous")):
        with pytest.raises(ImpossibleScenario) as refused:
            resolve(places, (identifier,), (), ())
        assert refused.value.reason == reason
