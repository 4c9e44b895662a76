"""Which target holds: the territory's own, else the national one, at the next deadline; and what reaches it."""

from datetime import date

import pytest

from geodata.catalogue.documents import UnitRef
from geodata.indicators import AppliesTo, Theme, UnknownIndicator, indicator_named, indicators, readiness_indicators
from geodata.readiness_score import SCORE_ID, readiness_score, score_formula
from geodata.targets import EffectiveTarget, effective_target, local_documents, target_named, targets
from geodata.vocabulary import InstitutionType, Ownership, TrainingLevel

BINH_DINH = UnitRef("52", date(2025, 6, 30))
HO_CHI_MINH_CITY = UnitRef("79", date(2025, 6, 30))
HA_NOI = UnitRef("01", date(2025, 6, 30))
SCHOOLS = (InstitutionType.COLLEGE, InstitutionType.INTERMEDIATE_SCHOOL)


def held(indicator: str, territory: UnitRef | None, year: int) -> EffectiveTarget:
    found = effective_target(indicator, territory, year)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("indicator", "territory", "year", "target", "inherited"),
    [
        ("teacher_digital_competence", None, 2025, "2222-teacher-digital-competence-2025", False),
        ("teacher_digital_competence", None, 2023, "2222-teacher-digital-competence-2025", False),
        ("teacher_digital_competence", None, 2026, "2222-teacher-digital-competence-2030", False),
        ("teacher_digital_competence", None, 2035, "2222-teacher-digital-competence-2030", False),
        ("teacher_digital_competence", HO_CHI_MINH_CITY, 2025, "2550-teacher-digital-competence-2025", False),
        ("teacher_digital_competence", BINH_DINH, 2025, "binh-dinh-teacher-digital-competence-2025", False),
        ("teacher_digital_competence", BINH_DINH, 2030, "2222-teacher-digital-competence-2030", True),
        ("learner_records_digitised", BINH_DINH, 2025, "2222-learner-records-digitised-2025", True),
        ("learner_records_digitised", BINH_DINH, 2030, "binh-dinh-learner-records-digitised-2030", False),
        ("digital_school", HO_CHI_MINH_CITY, 2025, "2222-digital-school-2025", True),
        ("it_programmes_updated", HO_CHI_MINH_CITY, 2024, "2222-it-programmes-updated", True),
        ("it_programmes_updated", BINH_DINH, 2024, "binh-dinh-it-programmes-updated", False),
        ("network_map", HO_CHI_MINH_CITY, 2025, "2550-network-map-2025", False),
        ("local_platform", HO_CHI_MINH_CITY, 2025, "2550-local-platform-2025", False),
        ("s38_06_online_modules", HO_CHI_MINH_CITY, 2026, "38-06-online-modules", True),
    ],
)
def test_the_target_that_holds(
    indicator: str, territory: UnitRef | None, year: int, target: str, inherited: bool
) -> None:
    found = held(indicator, territory, year)
    assert (found.target.id, found.inherited) == (target, inherited)


def test_an_inherited_target_names_the_silent_local_plan() -> None:
    silent = held("learner_records_digitised", BINH_DINH, 2025).silent
    assert silent is not None
    assert silent.id == "kh-binh-dinh-2023"
    assert held("learner_records_digitised", HA_NOI, 2025).silent is None
    assert held("learner_records_digitised", BINH_DINH, 2030).silent is None


@pytest.mark.parametrize(
    ("indicator", "territory", "year"),
    [
        ("digital_learning_platform", None, 2025),  # monitored only
        ("local_platform", None, 2025),  # no such national milestone
        ("local_platform", BINH_DINH, 2025),
        ("teacher_digital_content", None, 2021),  # before the first period
        ("s38_06_online_modules", None, 2025),  # no verdict before 2026
        (SCORE_ID, None, 2025),
    ],
)
def test_nothing_is_asked_where_no_document_asks(indicator: str, territory: UnitRef | None, year: int) -> None:
    assert effective_target(indicator, territory, year) is None


def test_the_reused_code_52_is_not_binh_dinh_after_the_reform() -> None:
    found = held("teacher_digital_competence", UnitRef("52", date(2025, 7, 1)), 2025)
    assert (found.target.document.id, found.inherited, found.silent) == ("qd-2222-2021", True, None)


def test_an_unknown_indicator_is_named() -> None:
    with pytest.raises(UnknownIndicator, match="'schools'"):
        effective_target("schools", None, 2025)


def test_local_plans_know_their_territory_as_it_was() -> None:
    assert {str(document.territory) for document in local_documents()} == {"79@2025-06-30", "52@2025-06-30"}


def test_the_three_documents_differ_as_they_are_written() -> None:
    values = {t.id: t.value for t in targets()}
    assert [values[f"{d}-teacher-digital-content-2025"] for d in ("2222", "2550", "binh-dinh")] == [50, 70, 100]
    assert [values[f"{d}-digital-inspections-2025"] for d in ("2222", "2550", "binh-dinh")] == [50, 60, 50]
    assert [values[f"{d}-digital-inspections-2030"] for d in ("2222", "2550", "binh-dinh")] == [70, 80, 70]


@pytest.mark.parametrize(
    ("target_id", "types"),
    [
        ("2222-digital-infrastructure-2025", SCHOOLS),
        ("binh-dinh-digital-infrastructure-2025", (InstitutionType.COLLEGE,)),
        ("2222-learner-records-digitised-2025", SCHOOLS),
        ("2222-learner-records-digitised-2030", tuple(InstitutionType)),
        ("2550-learner-records-digitised-2025", SCHOOLS),
    ],
)
def test_a_target_covers_the_models_its_clause_names(target_id: str, types: tuple[InstitutionType, ...]) -> None:
    target = target_named(target_id)
    assert target is not None
    assert target.applies_to is not None
    assert target.applies_to.types == types
    assert target.applies_to.ownership == tuple(Ownership)


def test_only_recognised_high_quality_schools_must_be_digital_schools() -> None:
    applies = held("digital_school", None, 2025).target.applies_to
    assert applies is not None
    assert applies.covers(InstitutionType.COLLEGE, Ownership.PUBLIC, high_quality=True)
    assert not applies.covers(InstitutionType.COLLEGE, Ownership.PUBLIC)
    assert not applies.covers(InstitutionType.VOCATIONAL_CENTRE, Ownership.PUBLIC, high_quality=True)
    assert AppliesTo().covers(InstitutionType.VOCATIONAL_CENTRE, Ownership.UNKNOWN)


@pytest.mark.parametrize(
    ("target_id", "figure", "met", "gap"),
    [
        ("2550-digital-infrastructure-2025", 70.0, False, 0.0),  # "Hơn 70%"
        ("2550-digital-infrastructure-2025", 70.01, True, pytest.approx(0.01)),
        ("2222-digital-infrastructure-2025", 50.0, True, 0.0),
        ("2222-digital-infrastructure-2025", 0.0, False, -50.0),
        ("2222-digital-infrastructure-2025", None, None, None),
        ("2222-network-map-2025", 1, True, None),
        ("2222-network-map-2025", 0, False, None),
        ("2222-network-map-2025", None, None, None),
        ("38-02-scale-change", -30.0, True, 0.0),
        ("38-02-scale-change", -30.01, False, pytest.approx(-0.01)),
    ],
)
def test_a_figure_reaches_a_target_or_not(
    target_id: str, figure: float | None, met: bool | None, gap: float | None
) -> None:
    target = target_named(target_id)
    assert target is not None
    assert target.met(figure) is met
    assert target.gap(figure) == gap


def test_ratios_have_a_base_and_words_for_both_parts() -> None:
    ratios = [i for i in readiness_indicators() if i.kind in ("share", "average")]
    assert len(ratios) == len(readiness_indicators())
    assert all(i.base and i.numerator_vi and i.denominator_vi and i.numerator_en and i.denominator_en for i in ratios)


def test_yes_or_no_is_told_from_measured() -> None:
    assert indicator_named("digital_infrastructure").boolean
    assert indicator_named("s38_c6").boolean
    assert not indicator_named("teacher_digital_content").boolean
    assert not indicator_named("s38_06_online_modules").boolean
    assert indicator_named("s38_06_online_modules").applies_to == AppliesTo(
        training_levels=(TrainingLevel.INTERMEDIATE, TrainingLevel.COLLEGE, TrainingLevel.VOCATIONAL_HIGH)
    )


ALL = {
    "teacher_digital_competence",
    "teacher_digital_content",
    "programmes_digital_outcomes",
    "it_programmes_updated",
    "digital_infrastructure",
    "learner_records_digitised",
}


def test_the_score_weighs_four_themes_equally() -> None:
    values = {**dict.fromkeys(ALL, 0.0), "teacher_digital_competence": 80, "teacher_digital_content": 40}
    score = readiness_score({**values, "digital_infrastructure": 100}, ALL)
    assert score is not None
    assert score.themes == {Theme.PEOPLE: 60, Theme.PROGRAMMES: 0, Theme.INFRASTRUCTURE: 100, Theme.RECORDS: 0}
    assert (score.value, score.reported, score.applicable) == (40, 6, 6)


def test_a_missing_figure_is_not_zero() -> None:
    values = {**dict.fromkeys(ALL, 100.0)}
    del values["teacher_digital_content"]
    score = readiness_score(values, ALL)
    assert score is not None
    assert (score.value, score.reported, score.applicable) == (100, 5, 6)
    del values["teacher_digital_competence"]
    assert readiness_score(values, ALL) is None


def test_a_theme_that_does_not_apply_is_left_out() -> None:
    centre = ALL - {"digital_infrastructure", "it_programmes_updated"}
    score = readiness_score(dict.fromkeys(ALL, 100.0) | {"digital_infrastructure": 0.0}, centre)
    assert score is not None
    assert Theme.INFRASTRUCTURE not in score.themes
    assert (score.value, score.applicable) == (100, 4)


def test_nothing_that_applies_gives_no_score() -> None:
    assert readiness_score({}, set()) is None


def test_the_score_is_public_versioned_and_never_official() -> None:
    assert not indicators()[SCORE_ID].official
    assert [i.id for i in indicators().values() if not i.official] == [SCORE_ID]
    assert score_formula().version == "1.0"
    assert {member for members in score_formula().themes.values() for member in members} == ALL
