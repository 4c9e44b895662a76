"""The catalogue says what the documents say: every clause is found where it is cited, with its number and its year."""

import re
import shutil
import unicodedata
from collections import Counter
from collections.abc import Callable
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from geodata.catalogue.documents import Clause, UnitRef, documents, load_documents
from geodata.catalogue.indicator import load_indicators
from geodata.catalogue.rows import CatalogueError
from geodata.catalogue.target import StatedAs, Target, load_targets
from geodata.indicators import indicators, readiness_indicators
from geodata.standard.load import load_standard, standard
from geodata.targets import TargetKind, targets, targets_of
from geodata.text import fold
from geodata.vocabulary import SubjectKind

SCANS = {
    "qd-2222-2021": "2222-QD-TTg_national-programme.txt",
    "qd-2550-2023": "2550-QD-UBND_ho-chi-minh-city-plan.txt",
    "kh-binh-dinh-2023": "binh-dinh-plan.txt",
    "qd-131-2022": "131-QD-TTg_education-it-scheme.txt",
    "qd-146-2022": "146-QD-TTg_digital-skills-scheme.txt",
    "tt-38-2026": "38-2026-TT-BGDDT_institution-standard_ocr.txt",
}
POLICY = [target for target in targets() if target.kind is not TargetKind.LEGAL]
IN_WORDS = {  # clauses that say "every" or "the whole" instead of 100%
    "131-online-access-students-2025",
    "131-online-access-teachers-2025",
    "131-content-repository-2030",
    "146-people-informed-2025",
}


def squeezed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def scanned(shared: Path, document_id: str) -> str:
    text = (shared / "policy" / SCANS[document_id]).read_text(encoding="utf-8")
    for scan, fixed in documents()[document_id].scan_fixes:
        assert scan in text, f"{document_id}: the fix of {scan!r} has nothing to fix"
        text = text.replace(scan, fixed)
    return text


def clauses(text: str) -> dict[str, str]:
    """The text of every numbered place of a document, headings and dashes alike, under the name the catalogue uses."""
    marks = (r"([IVX]+)\. (?=[A-ZĐ])", r"(\d+(?:\.\d+)?)\. ", r"([a-zđ])\) ", r"(-) ", r"(\+) ")
    found: dict[str, str] = {}
    place: dict[int, str] = {}
    counts: Counter[int] = Counter()
    name = ""
    for line in map(str.strip, text.splitlines()):
        depth, match = next(((d, m) for d, mark in enumerate(marks) if (m := re.match(mark, line))), (-1, None))
        if match:
            place = {d: word for d, word in place.items() if d < depth}
            counts = Counter({d: n for d, n in counts.items() if d <= depth}) if depth >= 3 else Counter()
            counts[depth] += 1
            place[depth] = match[1] if depth < 3 else ("dash", "plus")[depth - 3] + f" {counts[depth]}"
            if depth == 1 and "." in match[1]:
                place[1] = match[1]
            path = ".".join(place[d] for d in (0, 1, 2) if d in place)
            name = " ".join([path, *(place[d] for d in (3, 4) if d in place)])
            if name in found:
                name = f"{name} again {len(found)}"
        found[name] = squeezed(f"{found.get(name, '')} {line}")
    return found


@pytest.mark.parametrize(
    ("document_id", "rows", "objectives"),
    [
        ("qd-2222-2021", 20, 20),
        ("qd-2550-2023", 16, 16),
        ("kh-binh-dinh-2023", 15, 15),
        ("qd-131-2022", 32, 30),
        ("qd-146-2022", 15, 14),
        ("tt-38-2026", 16, 16),
    ],
)
def test_each_document_has_all_its_targets(document_id: str, rows: int, objectives: int) -> None:
    found = targets_of(document_id)
    assert len(found) == rows
    assert sum(target.stated_as is StatedAs.OBJECTIVE for target in found) == objectives


@pytest.mark.parametrize(
    ("document_id", "cited"),
    [
        (
            "qd-2222-2021",
            {
                **{"I.2.a dash 1": 2, "I.2.a dash 2": 2, "I.2.b dash 1": 2, "I.2.b dash 2": 1, "I.2.c dash 1": 1},
                **{"I.2.c dash 2": 2, "I.2.d dash 1": 1, "I.2.d dash 2": 2, "I.2.d dash 3": 2, "I.2.d dash 4": 2},
                **{"I.2.d dash 5": 1, "I.2.d dash 6": 2},
            },
        ),
        (
            "qd-2550-2023",
            {
                **{f"I.2.{item}": 1 for item in ("1 dash 1", "1 dash 2", "2 dash 1", "3 dash 1", "3 dash 2")},
                **{f"I.2.4 dash {dash}": 1 for dash in (1, 2, 3, 4)},
                **{f"I.3.{item}": 1 for item in ("1 dash 1", "1 dash 2", "2 dash 1", "3 dash 1")},
                **{f"I.3.4 dash {dash}": 1 for dash in (1, 2, 3)},
            },
        ),
        (
            "kh-binh-dinh-2023",
            {
                **{"II.2.a dash 1": 1, "II.2.a dash 2": 1, "II.2.b dash 1": 1, "II.2.b dash 2": 2, "II.2.c": 2},
                **{"II.2.d dash 1": 1, "II.2.d dash 2": 2, "II.2.d dash 3": 2, "II.2.d dash 4": 1, "II.2.d dash 5": 2},
            },
        ),
    ],
)
def test_each_clause_gives_one_row_per_population_and_year(document_id: str, cited: dict[str, int]) -> None:
    assert Counter(target.clause.text for target in targets_of(document_id)) == cited


@pytest.mark.parametrize("document_id", ["qd-2222-2021", "qd-2550-2023", "kh-binh-dinh-2023"])
def test_no_dash_among_the_objectives_is_left_out(shared: Path, document_id: str) -> None:
    objectives = {"qd-2222-2021": r"I\.2\.", "qd-2550-2023": r"I\.[23]\.", "kh-binh-dinh-2023": r"II\.2\."}[document_id]
    own = {name for name in _places(shared, document_id) if re.match(objectives, name) and " dash " in name}
    assert own == {target.clause.text for target in targets_of(document_id)} - {"II.2.c"}


@pytest.mark.parametrize("target", POLICY, ids=lambda target: target.id)
def test_each_wording_is_quoted_from_the_clause_it_cites(shared: Path, target: Target) -> None:
    assert squeezed(target.wording_vi) in _places(shared, target.document.id)[target.clause.text]


@pytest.mark.parametrize("target", [t for t in POLICY if t.value is not None], ids=lambda target: target.id)
def test_each_value_stands_in_the_quoted_wording(target: Target) -> None:
    written = f"{target.value:,}".replace(",", ".") + ("%" if target.unit == "percent" else "")
    said = target.note_vi if target.id in IN_WORDS else target.wording_vi
    assert written in str(said)


@pytest.mark.parametrize("target", POLICY, ids=lambda target: target.id)
def test_each_year_stands_in_the_clause_or_a_heading_above_it(shared: Path, target: Target) -> None:
    places = _places(shared, target.document.id)
    parts = target.clause.path.split(".")
    headings = [places.get(".".join(parts[: depth + 1]), "") for depth in range(1, len(parts))]
    years = set(re.findall(r"20[23]\d", " ".join([target.wording_vi, *headings])))
    assert str(target.year) in years if target.year else not years


def test_more_than_is_used_exactly_where_the_text_says_so() -> None:
    said = {target.id for target in POLICY if re.match(r"(Hơn|.*được trên) \d", target.wording_vi)}
    assert {target.id for target in POLICY if target.comparator == ">"} == said
    assert "2550-digital-infrastructure-2025" in said


def test_the_standard_is_quoted_from_the_circular(shared: Path) -> None:
    """The scan garbles words and mixes table columns, so nine words in ten must stand there in order, accents apart."""
    source = fold(scanned(shared, "tt-38-2026")).split()
    law = standard()
    quotes = {c.code: c.wording_vi for c in law.conditions} | {i.code: i.wording_vi for i in law.indicators}
    quotes |= {r.code: r.wording_vi for c in law.conditions for r in c.requirements}
    quotes |= {"14.1": law.transition.wording_vi}
    quotes |= {"8.1": law.applies_to.wording_vi, "8.2": law.defence_and_police.wording_vi}
    assert [code for code, quote in quotes.items() if _likeness(fold(quote).split(), source) < 0.9] == []
    assert len(quotes) == 6 + 10 + 20 + 3


def _likeness(quote: list[str], source: list[str]) -> float:
    """The best share of the quote's words found in order in one stretch of the source a half longer than it."""
    window = len(quote) + len(quote) // 2 + 4
    starts = [i for i, word in enumerate(source) if word in quote[:2]]
    return max(
        sum(
            block.size
            for block in SequenceMatcher(None, quote, source[i : i + window], autojunk=False).get_matching_blocks()
        )
        / len(quote)
        for i in starts
    )


def test_institutions_report_ten_indicators_of_which_seven_have_targets() -> None:
    asked = {target.indicator.id for target in POLICY if target.subject is SubjectKind.INSTITUTION}
    assert len(readiness_indicators()) == 10
    assert asked == {indicator.id for indicator in readiness_indicators() if indicator.role == "target"}
    assert len(asked) == 7


def test_every_indicator_of_a_document_is_used_by_a_target_or_is_monitored() -> None:
    used = {target.indicator.id for target in targets()}
    idle = {i.id for i in indicators().values() if i.id not in used}
    monitored = {i.id for i in readiness_indicators() if i.role == "monitored"}
    assert idle == monitored | {"readiness_score", "s38_meets_standard"}


def test_a_clause_reads_in_both_languages() -> None:
    clause = Clause.parse("II.2.a dash 2 plus 1")
    assert clause.vi == "mục II.2.a, gạch đầu dòng 2, dấu cộng 1"
    assert clause.en == "section II.2.a, second dash, first plus sign"
    assert Clause.parse("article 7.1.đ").vi == "Điều 7.1.đ"


@pytest.mark.parametrize("text", ["79", "@2025-06-30", "79@soon", "SG@2025-06-30", "", "79@2025-06-31"])
def test_a_unit_without_code_and_day_is_refused(text: str) -> None:
    with pytest.raises(CatalogueError, match="write code@date"):
        UnitRef.parse(text)


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """`edited(file, old, new)`: a copy of the catalogue with the first `old` of that file replaced."""

    def edit(file: str, old: str, new: str) -> Path:
        for source in files("geodata.catalogue").iterdir():
            if source.name.endswith(".yaml"):
                shutil.copy(str(source), tmp_path / source.name)
        text = (tmp_path / file).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return tmp_path

    return edit


@pytest.mark.parametrize(
    ("file", "old", "new", "row", "says"),
    [
        (
            "targets.yaml",
            'comparator: ">="',
            "comparator: at least",
            "2222-teacher-digital-competence-2025",
            "write one of >=",
        ),
        ("targets.yaml", "value: 50", "value: 500", "2222-teacher-digital-competence-2025", "a number from 0 to 100"),
        (
            "targets.yaml",
            "value: 50",
            "value: fifty",
            "2222-teacher-digital-competence-2025",
            "plain number such as 50",
        ),
        ("targets.yaml", "value: 50, year", "year", "2222-teacher-digital-competence-2025", "give a value"),
        ("targets.yaml", ", year: 2025", "", "2222-teacher-digital-competence-2025", "or year: null"),
        ("targets.yaml", "year: 2025", "year: 205", "2222-teacher-digital-competence-2025", "the year of the clause"),
        ("targets.yaml", "year: 2030", "year: 2025", "2222-teacher-digital-competence-2030", "give each row its own"),
        ("targets.yaml", "competence-2030", "competence-2025", "competence-2025", "give each row its own"),
        ("targets.yaml", "kind: average", "kind: share", "2222-teacher-digital-competence-2025", "of kind average"),
        ("targets.yaml", "kind: average", "kind: context", "row 1", "every non-binding document"),
        ("targets.yaml", "I.2.a dash 1", "first dash of I.2.a", "row 1", "the document's own numbering"),
        ("targets.yaml", "document: qd-2222-2021", "document: qd-2222", "row 1", "write one of qd-2222-2021"),
        ("targets.yaml", "indicator: teacher_digital_competence", "indicator: teachers", "row 1", "or correct the id"),
        ("targets.yaml", "wording_vi: >-", "words_vi: >-", "row 1", "use only"),
        (
            "targets.yaml",
            "comparator: exists",
            'comparator: ">="',
            "2222-national-platform-2025",
            "give a value, or exists",
        ),
        ("indicators.yaml", "numerator_vi", "numerator", "teacher_digital_competence", "use only"),
        ("indicators.yaml", "official: false", "official: true", "readiness_score", "write official: false"),
        (
            "indicators.yaml",
            "id: teacher_digital_content",
            "id: digital_school",
            "digital_school",
            "give each row its own",
        ),
        ("indicators.yaml", "high_quality: true", "high_quality: maybe", "digital_school", "true or false"),
        (
            "indicators.yaml",
            "types: [college,",
            "types: [university,",
            "digital_infrastructure",
            "write one of college",
        ),
        ("indicators-context.yaml", "document: qd-131-2022", "document: qd-2222-2021", "row 1", "in indicators.yaml"),
        ("documents.yaml", "territory: 79@2025-06-30", 'territory: "79"', "qd-2550-2023", "part of the name"),
        ("documents.yaml", "scope: territory", "scope: national", "qd-2550-2023", "where scope is territory"),
        ("documents.yaml", "fixed: Phấn đấu", "fixed: Phấn đấu 1", "qd-2222-2021", "never a number"),
        ("documents.yaml", "issued: 2021-12-30", "issued: 30/12/2021", "qd-2222-2021", "YYYY-MM-DD"),
        (
            "standard-38-2026.yaml",
            'exempt_conditions: ["5"]',
            'exempt_conditions: ["7"]',
            "defence_and_police",
            "listed under",
        ),
        ("standard-38-2026.yaml", 'code: "1.2"', 'code: "2.2"', "2.2", "move or renumber"),
        ("standard-38-2026.yaml", 'code: "02"', 'code: "01"', "(s38_02_scale_change)", "give each row its own"),
        ("standard-38-2026.yaml", 'data_fixed_on: "12-31"', 'data_fixed_on: "31/12"', "top level", "write it as MM-DD"),
    ],
)
def test_a_bad_row_is_refused_with_file_row_and_remedy(
    edited: Callable[[str, str, str], Path], file: str, old: str, new: str, row: str, says: str
) -> None:
    folder = edited(file, old, new)
    with pytest.raises(CatalogueError) as refused:
        load_all(folder)
    message = str(refused.value)
    assert message.startswith(f"{file}, ")
    assert row in message
    assert says in message


@pytest.mark.parametrize(
    ("content", "says"), [("", "begin every row"), ("- [1", "correct the line"), ("- 1", "field: value")]
)
def test_a_file_that_is_no_list_of_rows_is_refused(
    edited: Callable[[str, str, str], Path], content: str, says: str
) -> None:
    folder = edited("targets.yaml", "rows", "rows")
    (folder / "targets.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(CatalogueError, match=f"targets.yaml.*{says}"):
        load_targets(folder)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"documents\.yaml: the file is missing"):
        load_documents(tmp_path)


def load_all(folder: Path) -> None:
    load_standard(folder, load_documents(folder))
    load_targets(folder, load_indicators(folder))


@cache
def _places(shared: Path, document_id: str) -> dict[str, str]:
    return clauses(scanned(shared, document_id))
