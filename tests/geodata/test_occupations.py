"""The catalogue of occupations is well formed, and everyday words lead to the right codes."""

from pathlib import Path

import pytest

from geodata import occupations
from geodata.occupations import Catalogue, is_occupation_code
from geodata.vocabulary import TrainingLevel


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return occupations.load()


def test_every_row_is_complete_and_its_source_is_described(catalogue: Catalogue) -> None:
    assert len(catalogue.occupations) >= 150
    for code, row in catalogue.occupations.items():
        assert is_occupation_code(code)
        assert row.name_vi
        assert row.name_en
        assert row.source in catalogue.sources
        assert row.field in catalogue.fields


def test_rows_say_whether_they_were_read_in_a_document(catalogue: Catalogue) -> None:
    checked = [row for row in catalogue.occupations.values() if row.checked]
    assert len(checked) >= 60
    assert catalogue.get("6810207") in checked


def test_the_same_occupation_has_the_same_name_at_both_levels(catalogue: Catalogue) -> None:
    by_name_and_field: dict[tuple[str, str], set[str]] = {}
    for row in catalogue.occupations.values():
        by_name_and_field.setdefault((row.name_vi, row.training_level), set()).add(row.code)
    assert [codes for codes in by_name_and_field.values() if len(codes) > 1] == []


def test_the_first_digit_is_the_level(catalogue: Catalogue) -> None:
    welding = [catalogue.get(code) for code in ("5520123", "6520123")]
    assert [row and row.training_level for row in welding] == [TrainingLevel.INTERMEDIATE, TrainingLevel.COLLEGE]


def test_an_unknown_code_is_simply_unknown(catalogue: Catalogue) -> None:
    assert catalogue.get("5999999") is None


@pytest.mark.parametrize("text", ["520123", "7520123", "65201234", "652012a", "6520123\n", "٦٥٢٠١٢٣", ""])
def test_other_shapes_are_no_occupation_codes(text: str) -> None:
    assert not is_occupation_code(text)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("hàn", "6520123"),
        ("thợ hàn", "5520123"),
        ("han", "6520123"),
        ("sửa xe", "6510216"),
        ("sua xe", "5510216"),
        ("nấu ăn", "5810207"),
        ("đầu bếp", "6810207"),
        ("dau bep", "6810207"),
        ("điều dưỡng", "6720301"),
        ("y tá", "6720301"),
        ("lái xe nâng", "5520182"),
        ("làm tóc", "5810402"),
        ("may", "5540205"),
        ("điện lạnh", "6520205"),
        ("dien lanh", "5520205"),
        ("tiếng hàn", "6220211"),
        ("tieng han", "5220211"),
        ("IT", "6480201"),
        ("học nghề điện", "6520227"),
        ("Cắt gọt kim loại", "6520121"),
        ("welding", "6520123"),
    ],
)
def test_everyday_words_mean_occupations(catalogue: Catalogue, typed: str, code: str) -> None:
    (meaning,) = catalogue.meanings(typed)
    assert code in meaning.codes
    assert meaning.whole


def test_korean_is_not_welding(catalogue: Catalogue) -> None:
    assert all(code[1:3] == "22" for meaning in catalogue.meanings("học tiếng Hàn") for code in meaning.codes)


def test_typed_marks_must_agree(catalogue: Catalogue) -> None:
    assert catalogue.meanings("máy") == ()
    assert catalogue.meanings("hân") == ()
    assert catalogue.meanings("điều hoà")[0].codes == catalogue.meanings("điều hòa")[0].codes


def test_the_longest_phrase_wins(catalogue: Catalogue) -> None:
    (meaning,) = catalogue.meanings("sửa máy tính")
    assert set(meaning.codes) == {"5480102", "6480102"}


def test_a_place_beside_the_occupation_is_left_over(catalogue: Catalogue) -> None:
    (meaning,) = catalogue.meanings("hàn Đà Nẵng")
    assert (meaning.first, meaning.last, meaning.whole) == (0, 1, False)


@pytest.mark.parametrize("text", ["", "   ", "xyz", "Võ Nhai", "\x00", "x" * 10_000])
def test_other_texts_mean_no_occupation(catalogue: Catalogue, text: str) -> None:
    assert catalogue.meanings(text) == ()


def test_every_word_of_a_long_text_is_read(catalogue: Catalogue) -> None:
    assert len(catalogue.meanings("hàn " * 2_000)) == 2_000


def test_stewards_extend_the_words(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text('words:\n  - {words: [hồ quang, thợ hồ quang], codes: ["520123"]}\n', encoding="utf-8")
    (meaning,) = occupations.load(path).meanings("ho quang")
    assert meaning.codes == ("5520123", "6520123")
    assert occupations.load().meanings("ho quang") == ()


def test_added_words_without_a_known_occupation_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text('words:\n  - {words: [bay], codes: ["999999"]}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="bay"):
        occupations.load(path)


def test_a_prefix_means_the_group_at_both_levels(catalogue: Catalogue) -> None:
    assert catalogue.codes_under("520123") == ("5520123", "6520123")
    assert set(catalogue.codes_under("5202")) > {"5520205", "6520227"}
    assert catalogue.codes_under("6520123") == ("6520123",)


def test_names_are_found_whatever_the_marks(catalogue: Catalogue) -> None:
    assert [row.code for row in catalogue.named("dieu duong")] == ["5720301", "6720301"]
    assert [row.code for row in catalogue.named("Nursing")] == ["5720301", "6720301"]
