"""Files and cells in every encoding Vietnamese offices use come back as the same Unicode text."""

import shutil
import subprocess
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import encodings
from geodata.legacy_fonts import TCVN3, VNI_PAIRS, VNI_SINGLE

ACCENTED = "".join(
    unicodedata.normalize("NFC", letter + tone)
    for letter in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for tone in ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
    if letter + tone not in "aeiouyAEIOUY"
) + "đĐ"  # fmt: skip
PROSE = (
    "Trường Cao đẳng Kỹ nghệ Dung Quất, Trường Trung cấp Y tế Võ Nhai; Trung tâm Giáo dục nghề nghiệp - Giáo dục "
    "thường xuyên huyện Đông Sơn. Quyết định số 197/2017: Điều dưỡng, Hàn, Điện tử, Nấu ăn, Ẩm thực, Ứng dụng."
)
WORDS = [word.strip(",.;:") for word in PROSE.split() if any(letter.isalpha() for letter in word)]

TO_TCVN3 = {letter: byte for byte, letter in TCVN3.items()}
TO_VNI = {unicodedata.normalize("NFC", letter): pair for pair, letter in reversed(VNI_PAIRS.items())}
TO_VNI |= {letter: single for single, letter in VNI_SINGLE.items()}


def as_tcvn3(text: str) -> bytes:
    return bytes(TO_TCVN3.get(letter, ord(letter)) for letter in text)


def as_vni(text: str) -> bytes:
    return b"".join(TO_VNI.get(letter) or letter.encode("latin-1") for letter in text)


def as_windows_1258(text: str) -> bytes:
    """Written as Windows does: â, ă, ê, ô, ơ, ư as one letter, the tone as a combining mark after it."""
    out = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tones = [part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323"]
        out.append(unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones)) + "".join(tones))
    return "".join(out).encode("cp1258")


LEGACY = {"tcvn3": as_tcvn3, "vni": as_vni, "windows-1258": as_windows_1258}


def test_there_are_134_accented_letters() -> None:
    assert len(set(ACCENTED)) == len(ACCENTED) == 134


@pytest.mark.parametrize("name", LEGACY)
@pytest.mark.parametrize("letter", ACCENTED)
def test_every_accented_letter_survives_the_round_trip(name: str, letter: str) -> None:
    read = dict(encodings._READINGS)[name]
    assert read(LEGACY[name](letter)) == letter


@pytest.mark.skipif(shutil.which("iconv") is None, reason="iconv is the independent witness")
def test_the_tcvn3_table_agrees_with_iconv() -> None:
    data = bytes(byte for byte in TCVN3 if byte not in range(0xB0, 0xB5))
    shown = subprocess.run(["iconv", "-f", "TCVN5712-1", "-t", "UTF-8"], input=data, capture_output=True, check=True)
    assert shown.stdout.decode() == "".join(TCVN3[byte] for byte in data)


def test_documents_known_from_life_are_read() -> None:
    vni = "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do - Haïnh phuùc, TRÖÔØNG CAO ÑAÚNG NGHEÀ"
    tcvn3 = "Céng hßa x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc, Tr­êng Cao ®¼ng nghÒ"
    expected = "Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc, "
    assert encodings.decode(vni.encode("cp1252")).text == expected + "TRƯỜNG CAO ĐẲNG NGHỀ"
    assert encodings.decode(tcvn3.encode("cp1252")).text == expected + "Trường Cao đẳng nghề"


@pytest.mark.parametrize("name", LEGACY)
@pytest.mark.parametrize("size", [1, 40])
def test_a_legacy_file_is_detected_and_named(name: str, size: int) -> None:
    found = encodings.decode(LEGACY[name]((PROSE + "\r\n") * size))
    assert (found.encoding, found.text) == (name, (PROSE + "\r\n") * size)
    assert found.confidence > 0.9
    assert found.notes


@pytest.mark.parametrize(
    ("encode", "name"),
    [
        (lambda text: text.encode("utf-8"), "utf-8"),
        (lambda text: text.encode("utf-8-sig"), "utf-8-sig"),
        (lambda text: b"\xff\xfe" + text.encode("utf-16-le"), "utf-16-le"),
        (lambda text: b"\xfe\xff" + text.encode("utf-16-be"), "utf-16-be"),
        (lambda text: text.encode("utf-16-le"), "utf-16-le"),
        (lambda text: text.encode("utf-16-be"), "utf-16-be"),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_unicode_files_are_read_with_and_without_marks(encode: Callable[[str], bytes], name: str, form: str) -> None:
    found = encodings.decode(encode(unicodedata.normalize(form, PROSE)))  # type: ignore[arg-type]
    assert (found.text, found.encoding) == (PROSE, name)
    assert found.notes == ()


@pytest.mark.parametrize(
    ("shown", "meant", "name"),
    [
        ("Tr­êng Cao ®¼ng", "Trường Cao đẳng", "tcvn3"),
        ("Hµ Néi", "Hà Nội", "tcvn3"),
        ("TR¦êNG CAO §¼NG NGHÒ", "TRƯỜNG CAO ĐẲNG NGHỀ", "tcvn3"),
        ("Tröôøng Cao ñaúng", "Trường Cao đẳng", "vni"),
        ("Caàn Thô", "Cần Thơ", "vni"),
        ("TrÆ°á»\u009dng Cao Ä‘áº³ng", "Trường Cao đẳng", "utf-8"),
    ],
)
def test_cells_shown_as_latin_letters_are_repaired(shown: str, meant: str, name: str) -> None:
    found = encodings.repair(shown)
    assert (found.text, found.encoding) == (meant, name)
    assert found.notes


@pytest.mark.parametrize("name", LEGACY)
def test_legacy_text_saved_again_as_utf_8_names_both_encodings(name: str) -> None:
    shown = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in LEGACY[name](PROSE))
    found = encodings.decode(shown.encode("utf-8"))
    assert (found.text, found.encoding) == (PROSE, f"utf-8+{name}")


@pytest.mark.parametrize(
    "text",
    ["Trường Cao đẳng Việt - Úc", "HÀ NỘI", "Café Müller", "Hà", "Ngô", "", "Plei Ku", "Đắk Lắk", "ñ", "“Hàn”", "Ô tô",
     "Krông Pắk", "Trường Cao đẳng Quốc tế Pegasus – 2°C", "Thuỵ Khuê", "Hoà Bình", "Quý", "Giêng", "Ý Yên"],
)  # fmt: skip
def test_proper_text_is_left_as_it_is(text: str) -> None:
    found = encodings.repair(text)
    assert (found.text, found.encoding, found.notes) == (text, "unicode", ())


@given(st.lists(st.sampled_from(WORDS), min_size=12, max_size=60), st.sampled_from(sorted(LEGACY)))
def test_any_dozen_vietnamese_words_are_read_whatever_the_encoding(words: list[str], name: str) -> None:
    text = " ".join([*words, "Trường", "đẳng", "nghiệp", "Điều"])
    assert encodings.decode(LEGACY[name](text)).text == text


@given(st.binary(max_size=300))
def test_no_bytes_are_refused(data: bytes) -> None:
    found = encodings.decode(data)
    assert 0 <= found.confidence <= 1
    assert found.text == unicodedata.normalize("NFC", found.text)


@given(st.text(max_size=200))
def test_no_cell_is_refused(text: str) -> None:
    assert isinstance(encodings.repair(text).text, str)


def test_what_is_not_vietnamese_comes_back_with_a_warning() -> None:
    found = encodings.decode(bytes(range(0x80, 0x100)) * 3)
    assert found.encoding == "windows-1252"
    assert found.confidence < 0.5
    assert found.notes


def test_an_ascii_file_is_utf_8_and_certain() -> None:
    assert encodings.decode(b"code,name\n01,Han\n") == encodings.Decoded("code,name\n01,Han\n", "utf-8", 1.0)


def test_a_utf_8_file_cut_in_the_middle_of_a_letter_is_still_utf_8_and_says_so() -> None:
    found = encodings.decode((PROSE * 3).encode("utf-8") + "ờ".encode()[:2])
    assert found.encoding == "utf-8"
    assert found.text == PROSE * 3 + "\ufffd"
    assert found.confidence < 1
    assert found.notes
