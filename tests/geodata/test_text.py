"""Vietnamese text is compared the way people mean it."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import registry_ids
from geodata.text import (
    MAX_ALTERNATIVES,
    acronym,
    clean,
    compact,
    edit_budget,
    expand,
    fold,
    is_code_like,
    safe_cell,
    same_name,
    search_key,
    tokens,
    within_edits,
)

VIETNAMESE = st.text(
    alphabet="abcdeghiklmnopqrstuvxyàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ ĐÂƯI12"
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Trường Cao đẳng Kỹ nghệ Dung Quất", "truong cao dang ky nghe dung quat"),
        ("ĐẮK LẮK", "dak lak"),
        ("Ðà Nẵng", "da nang"),  # the letter eth, as old fonts write it
        ("Thuỵ Hoà", "thuy hoa"),
        ("Thụy Hòa", "thuy hoa"),
        (" GDNN - GDTX\tVõ\u00a0Nhai\r\n", "gdnn gdtx vo nhai"),
        ("TP.HCM", "tp hcm"),
        ("Hà\u200b Nội\x00", "ha noi"),
        ("Ｈà Ｎội", "ha noi"),
        ("№ Ⅱ", "no ii"),
        ("snake_case", "snake case"),
        ("\ud800", ""),
        ("…–—“”", ""),
        ("", ""),
    ],
)
def test_folding_keeps_only_what_people_compare(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(VIETNAMESE)
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert fold(text).isascii()


@given(VIETNAMESE)
def test_case_does_not_matter_when_folding(text: str) -> None:
    assert fold(text.upper()) == fold(text)


@given(st.text())
def test_a_search_key_is_its_own_key(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@pytest.mark.parametrize(
    "alike",
    [
        ("Trường Cao đẳng Giao thông Vận tải TP.HCM", "trường CĐ GTVT Thành phố Hồ Chí Minh", "truong cd gtvt tphcm"),
        (
            "Trung tâm GDNN - GDTX Võ Nhai",
            "TTGDNN-GDTX Vo Nhai",
            "TT Giáo dục nghề nghiệp, giáo dục thường xuyên Võ Nhai",
        ),
        ("Cao đẳng Hàng Hải và Đường thủy II", "CĐ hàng hải & đường thuỷ 2", "cao dang hang hai va duong thuy ii"),
        ("Cao đẳng Xây dựng số 1", "CĐ Xây dựng 1", "cao đẳng xây dựng số I"),
        ("Kĩ thuật Qui Nhơn", "Kỹ thuật Quy Nhơn"),
        ("Đắc Lắc", "Dak Lak", "Đắk Lắk", "daklak"),
        ("BR-VT", "Bà Rịa - Vũng Tàu", "BRVT"),
        ("Trung ương III", "TW 3", "TW3", "trung uong 3"),
        ("Quận 1", "Q.1", "q1", "Q 01"),
        ("ĐHSPKT", "Đại học Sư phạm Kỹ thuật"),
        ("TC nghề số 2", "Trung cấp nghề 2"),
        ("Hà Nội", "HN", "Hanoi"),
        ("Sài Gòn", "SG", "saigon"),
    ],
)
def test_different_writings_have_one_key(alike: tuple[str, ...]) -> None:
    assert len({search_key(text) for text in alike}) == 1


@pytest.mark.parametrize(
    "different",
    [
        ("Trung ương I", "Trung ương II"),
        ("Trung ương III", "Trung ương II"),
        ("Xi măng", "11 măng"),
        ("vi tính", "6 tính"),
        ("Hà Nam", "Hà Nội"),
        ("Quảng Nam", "Quảng Ngãi"),
        ("Tài chính TC", "Tài chính trung cấp"),
    ],
)
def test_different_things_have_different_keys(different: tuple[str, str]) -> None:
    assert search_key(different[0]) != search_key(different[1])


def test_a_roman_numeral_that_is_a_word_is_told_by_its_case() -> None:
    assert search_key("Cao đẳng Trung ương VI") == "cao dang trung uong 6"
    assert search_key("CAO ĐẲNG VI TÍNH") == "cao dang vi tinh"
    assert search_key("Trung cấp Y tế") == "trung cap y te"


def test_tokens_are_the_words_of_the_key() -> None:
    assert tokens("CĐ Y tế II") == ("cao", "dang", "y", "te", "2")


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Trường Cao đẳng Kỹ nghệ Dung Quất", "cdkndq"),
        ("Trung tâm GDNN - GDTX Võ Nhai", "ttgdnngdtxvn"),
        ("Trường Cao đẳng Lý Tự Trọng TP.HCM", "cdltttphcm"),
        ("Trường Cao đẳng Hàng Hải và Đường thủy II", "cdhhdt2"),
        ("Trường Cao đẳng nghề Hoa Sen (cơ sở Đà Nẵng)", "cdnhs"),
        ("Trường Cao đẳng KTCN Hà Nội", "cdktcnhn"),
        ("", ""),
    ],
)
def test_acronyms_are_the_initials_people_use(name: str, initials: str) -> None:
    assert acronym(name) == initials


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("CĐ KTCN", "cao dang ky thuat cong nghe"),
        ("CĐ KTCN", "cao dang ky thuat cong nghiep"),
        ("cdxd nd", "cao dang xay dung nam dinh"),
        ("gtvt tw iii", "giao thong van tai trung uong 3"),
        ("hàng hải i", "hang hai 1"),
        ("cd dn", "cao dang da nang"),
        ("cd dn", "cao dang dong nai"),
        ("bach khoa hcm", "bach khoa sai gon"),
        ("cao dang bach khoa sg", "cao dang bach khoa sai gon"),
        ("ttgdnngdtx vo nhai", "trung tam giao duc nghe nghiep giao duc thuong xuyen vo nhai"),
    ],
)
def test_short_forms_are_tried_in_every_meaning(typed: str, meant: str) -> None:
    assert meant in expand(typed)


@given(st.text())
def test_expansions_are_few_folded_and_begin_with_the_text(text: str) -> None:
    forms = expand(text)
    assert len(forms) == len(set(forms)) <= MAX_ALTERNATIVES
    assert all(form and form == fold(form) for form in forms)
    assert forms[:1] == ((fold(text),) if fold(text) else ())


def test_long_text_has_few_expansions() -> None:
    assert len(expand("cd kt cn dn " * 5_000)) <= 2


def test_plain_words_have_one_reading() -> None:
    assert expand("Dung Quất") == ("dung quat",)


@pytest.mark.parametrize(
    ("token", "budget"),
    [("", 0), ("hn", 0), ("6520123", 0), ("q12", 0), ("dang", 1), ("truong", 1), ("nghieng", 2), ("khachsan", 2)],
)
def test_longer_words_may_have_more_typing_errors(token: str, budget: int) -> None:
    assert edit_budget(token) == budget


@pytest.mark.parametrize(
    ("one", "other", "budget", "within"),
    [
        ("nang", "nagn", 1, True),
        ("nang", "nag", 1, True),
        ("nang", "nanng", 1, True),
        ("nang", "nong", 1, True),
        ("nang", "ngoi", 1, False),
        ("nang", "nang", 0, True),
        ("nang", "nan", 0, False),
        ("", "ab", 2, True),
        ("", "", 0, True),
    ],
)
def test_edits_are_counted_with_swaps(one: str, other: str, budget: int, within: bool) -> None:
    assert within_edits(one, other, budget) is within


@given(st.text("abc", max_size=8), st.text("abc", max_size=8), st.integers(0, 3))
def test_edits_are_the_same_both_ways(one: str, other: str, budget: int) -> None:
    assert within_edits(one, other, budget) == within_edits(other, one, budget)


@pytest.mark.parametrize(
    "code",
    [
        "CDT2502",
        "cdd0215",
        "TCD-0412",
        "6520123",
        "197/2017/GCNĐKHĐ-TCDN",
        "29/GCNĐKHĐ-SLĐTBXH",
        "29/GCNĐKHĐ - SLĐTBXH",
        "G12.34.56",
        " CDD0226 ",
        "26740",
    ],
)
def test_identifiers_are_recognised(code: str) -> None:
    assert is_code_like(code)


@given(st.integers())
def test_every_registry_id_is_an_identifier(seed: int) -> None:
    assert is_code_like(registry_ids.issue(random.Random(seed)))


@pytest.mark.parametrize(
    "text",
    [
        "hàn",
        "quận 12",
        "q12",
        "Q.12",
        "số 1",
        "I/1",
        "II",
        "da nang 2",
        "3 tháng 2",
        "dungquat.edu.vn",
        "",
        "2025",
        "a" * 500 + "1",
    ],
)
def test_other_texts_are_no_identifiers(text: str) -> None:
    assert not is_code_like(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Trường Cao đẳng Giao thông Vận tải TP.HCM", "CĐ Giao thông vận tải Thành phố Hồ Chí Minh"),
        ("TRUNG TÂM GDNN-GDTX VÕ NHAI", "Trung tâm Giáo dục nghề nghiệp - Giáo dục thường xuyên Võ Nhai"),
        ("Trường Cao đẳng Xây dựng số 1", "Cao đẳng Xây dựng I"),
    ],
)
def test_the_same_name_in_other_spellings_scores_one(one: str, other: str) -> None:
    assert same_name(one, other) == 1.0


def test_a_typing_error_scores_nearly_one() -> None:
    assert 0.9 < same_name("Trường Cao đẳng Kỹ nghệ Dung Quất", "Cao đẳng Kỹ nghệ Dung Quát") <= 1.0
    assert 0.9 < same_name("Trường Cao đẳng Kỹ nghệ Dung Quất", "Cao đẳng Kỹ nghê Dunng Quất") < 1.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Trường Cao đẳng Giao thông Vận tải Trung ương III", "Trường Cao đẳng Giao thông Vận tải Trung ương II"),
        ("Trường Cao đẳng Y tế Nam Định", "Trường Trung cấp Y tế Nam Định"),
        ("", "Trường Cao đẳng Đà Lạt"),
        ("???", "!!!"),
    ],
)
def test_another_number_or_model_is_another_institution(one: str, other: str) -> None:
    assert same_name(one, other) <= 0.5


@given(VIETNAMESE, VIETNAMESE)
def test_the_score_is_a_share(one: str, other: str) -> None:
    assert 0.0 <= same_name(one, other) <= 1.0


@pytest.mark.parametrize("cell", ["=1+1", "+84", "-2+3", "@SUM(A1)", "\tx", "\rx", "\n=1", " =1", "＝1", "\ufeff=1"])
def test_formulas_become_text(cell: str) -> None:
    assert safe_cell(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["Trường Cao đẳng", "a=b", "1-2", "", "'=1"])
def test_other_cells_stay(cell: str) -> None:
    assert safe_cell(cell) == cell


def test_clean_text_is_composed_squeezed_and_visible() -> None:
    assert clean(unicodedata.normalize("NFD", "  Hà\u200b  Nội\x00\n")) == "Hà Nội"


def test_compact_text_matches_website_names() -> None:
    assert compact("Cao đẳng Sài Gòn") == "caodangsaigon"
