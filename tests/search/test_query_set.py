"""The query set asks for things that exist, in enough numbers, and its judge is strict."""

import csv
import gzip
from collections import Counter
from importlib import resources
from pathlib import Path

import pytest

from geodata import occupations, query_set
from geodata.query_set import InvalidQuerySet, Query, Verdict, judge, load, shares
from geodata.text import fold, search_key
from geodata.vocabulary import InstitutionType, Ownership, Status

HERE = Path(__file__).parent
WELL_COVERED = (
    "no_accents",
    "typing_errors",
    "abbreviations",
    "former_places",
    "occupations",
    "former_names",
    "nonsense",
)


@pytest.fixture(scope="module")
def queries() -> tuple[Query, ...]:
    return load(HERE / "queries.csv")


@pytest.fixture(scope="module")
def institutions() -> list[dict[str, str]]:
    with (HERE / "institutions.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def unit_keys() -> frozenset[str]:
    source = resources.files("geodata") / "built" / "administrative_unit.csv.gz"
    if not source.is_file():
        pytest.skip("the administrative units have not been built here")
    with source.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as lines:
        return frozenset(row["key"] for row in csv.DictReader(lines))


def wanted(queries: tuple[Query, ...], kind: str) -> set[str]:
    return {
        reference.partition(":")[2] for query in queries for reference in query.wanted if reference.startswith(kind)
    }


def test_every_kind_is_asked_often_enough(queries: tuple[Query, ...]) -> None:
    counts = Counter(query.kind for query in queries)
    assert len(queries) >= 330
    assert min(counts[kind] for kind in WELL_COVERED) >= 30
    assert set(counts) == set(query_set.KINDS)


def test_no_query_is_asked_twice_and_each_says_why(queries: tuple[Query, ...]) -> None:
    assert [query for query, times in Counter(query.query for query in queries).items() if times > 1] == []
    assert [query.line for query in queries if len(query.why) < 5] == []


def test_every_institution_wanted_is_in_the_fixture(
    queries: tuple[Query, ...], institutions: list[dict[str, str]]
) -> None:
    assert wanted(queries, "name") - {row["name"] for row in institutions} == set()


def test_every_unit_wanted_exists(queries: tuple[Query, ...], unit_keys: frozenset[str]) -> None:
    assert wanted(queries, "unit") - unit_keys == set()


def test_every_occupation_wanted_is_in_the_catalogue(queries: tuple[Query, ...]) -> None:
    assert wanted(queries, "occupation") - set(occupations.load().occupations) == set()


def test_queries_without_accents_have_none(queries: tuple[Query, ...]) -> None:
    assert [query.query for query in queries if query.kind == "no_accents" and not query.query.isascii()] == []


def test_nonsense_and_only_wrong_codes_want_nothing(queries: tuple[Query, ...]) -> None:
    assert {query.kind for query in queries if not query.wanted} == {"nonsense", "codes"}
    assert all(not query.wanted for query in queries if query.kind == "nonsense")


def test_former_names_are_not_answered_by_the_present_name(
    queries: tuple[Query, ...], institutions: list[dict[str, str]]
) -> None:
    former = {row["name"]: row["former_names"] for row in institutions}
    for query in queries:
        if query.kind == "former_names":
            (name,) = (reference.partition(":")[2] for reference in query.wanted)
            assert set(search_key(query.query).split()) <= set(search_key(former[name]).split()), query.query


def test_the_fixture_holds_the_real_list_and_labelled_inventions(institutions: list[dict[str, str]]) -> None:
    assert len({row["name"] for row in institutions}) == len(institutions) >= 120
    real = [row for row in institutions if row["illustrative"] == "no"]
    assert len(real) == 40
    assert all(row["name"].endswith("(minh họa)") for row in institutions if row["illustrative"] == "yes")
    assert all(not row["code"] for row in institutions if row["illustrative"] == "yes")


def test_nothing_invented_is_attached_to_a_real_institution(institutions: list[dict[str, str]]) -> None:
    for row in institutions:
        if row["illustrative"] == "no":
            assert {row[field] for field in ("former_names", "occupations", "commune", "successor")} == {""}, row[
                "name"
            ]


def test_the_fixture_uses_the_registers_words_and_places(
    institutions: list[dict[str, str]], unit_keys: frozenset[str]
) -> None:
    names = {row["name"] for row in institutions}
    for row in institutions:
        InstitutionType(row["type"])
        Ownership(row["ownership"])
        Status(row["status"])
        assert {row[place] for place in row if place.endswith(("province", "district", "commune"))} - {""} <= unit_keys
        assert set(row["occupations"].split()) <= set(occupations.load().occupations)
        assert not row["successor"] or row["successor"] in names


@pytest.mark.parametrize(
    ("expect", "found", "verdict"),
    [
        ("name:A", [{"name:A"}], Verdict(True, True)),
        ("name:A", [{"name:B"}, {"name:A"}], Verdict(False, True)),
        ("name:A", [{"name:B"}] * 5 + [{"name:A"}], Verdict(False, False)),
        ("name:A", [], Verdict(False, False)),
        ("name:A|name:B", [{"name:B"}], Verdict(True, True)),
        ("unit:1@2025-07-01&unit:2@2025-07-01", [{"unit:1@2025-07-01"}], Verdict(True, False)),
        ("unit:1@2025-07-01&unit:2@2025-07-01", [{"unit:1@2025-07-01", "unit:2@2025-07-01"}], Verdict(True, True)),
        ("nothing", [], Verdict(True, True)),
        ("nothing", [{"name:A"}], Verdict(False, False)),
    ],
)
def test_the_judge(tmp_path: Path, expect: str, found: list[set[str]], verdict: Verdict) -> None:
    path = tmp_path / "set.csv"
    path.write_text(f"query,kind,expect,why\nx,places,{expect},reason\n", encoding="utf-8")
    (query,) = load(path)
    assert judge(query, found) == verdict


@pytest.mark.parametrize(
    "line", ["x,other,nothing,why", ",places,nothing,why", "x,places,colour:red,why", "x,places,,why"]
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "set.csv"
    path.write_text(f"query,kind,expect,why\n{line}\n", encoding="utf-8")
    with pytest.raises(InvalidQuerySet, match=r"set\.csv, line 2"):
        load(path)


def test_shares_are_counted_per_kind_and_in_all() -> None:
    asked = [Query("a", "codes", ("name:A",), False, "", 2), Query("b", "places", ("name:B",), False, "", 3)]
    counted = shares(zip(asked, [Verdict(True, True), Verdict(False, True)], strict=True))
    assert list(counted) == ["codes", "places", "all"]
    assert (counted["all"].first_pct, counted["all"].among_five_pct) == (50.0, 100.0)


def test_no_nonsense_is_hidden_in_a_name(queries: tuple[Query, ...], institutions: list[dict[str, str]]) -> None:
    names = [fold(row["name"] + " " + row["former_names"]) for row in institutions]
    hidden = [
        query.query
        for query in queries
        if query.kind == "nonsense" and fold(query.query) and any(fold(query.query) in name for name in names)
    ]
    assert hidden == []
