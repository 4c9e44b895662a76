"""The two legacy Vietnamese font encodings as tables: TCVN3 (ABC) and VNI-Windows, both with all 134 accented letters.

TCVN3 is TCVN 5712:1993 (the table below is the full VN1 set, of which ABC fonts show the VN3 part). VNI writes a
letter followed by a byte for its mark; its tables are built from the marks so that none can be forgotten.
"""

TCVN3: dict[int, str] = {
    **dict(zip((0x01, 0x02, 0x04, 0x05, 0x06), "ÚỤỪỬỮ", strict=True)),
    **dict(zip(range(0x11, 0x18), "ỨỰỲỶỸÝỴ", strict=True)),
    **dict(zip(range(0x80, 0xA0), "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ", strict=True)),
    **dict(zip(range(0xA1, 0xB0), "ĂÂÊÔƠƯĐăâêôơưđẰ", strict=True)),
    **dict(zip(range(0xB0, 0xB5), "\u0300\u0309\u0303\u0301\u0323", strict=True)),
    **dict(zip(range(0xB5, 0xC0), "àảãáạẲằẳẵắẴ", strict=True)),
    **dict(zip(range(0xC0, 0xD0), "ẮẦẨẪẤỀặầẩẫấậèỂẻẽ", strict=True)),
    **dict(zip(range(0xD0, 0xE0), "éẹềểễếệìỉỄẾỒĩíịò", strict=True)),
    **dict(zip(range(0xE0, 0xF0), "Ổỏõóọồổỗốộờởỡớợù", strict=True)),
    **dict(zip(range(0xF0, 0x100), "ỖủũúụừửữứựỳỷỹýỵỐ", strict=True)),
}
"""Byte to letter (or to a combining tone mark, 0xB0 to 0xB4). 0xA0 is a no-break space and stays one."""

_TONES = "\u0300\u0301\u0309\u0303\u0323"  # grave, acute, hook, tilde, dot below
_PLAIN = (0xF8, 0xF9, 0xFB, 0xF5, 0xEF)
_CIRCUMFLEX = (0xE2, 0xE0, 0xE1, 0xE5, 0xE3, 0xE4)
_BREVE = (0xEA, 0xE8, 0xE9, 0xFA, 0xFC, 0xEB)
_SINGLE = {0xF1: "đ", 0xF4: "ơ", 0xF6: "ư", 0xEC: "ì", 0xED: "í", 0xE6: "ỉ", 0xF3: "ĩ", 0xF2: "ị", 0xEE: "ỵ"}

_FIRST = {b"a": "a", b"e": "e", b"o": "o", b"u": "u", b"y": "y", b"\xf4": "ơ", b"\xf6": "ư"}


def _marked(first: bytes, letter: str) -> dict[bytes, str]:
    """The letter with each mark it may carry: two bytes to the decomposed letter."""
    marks = dict(zip(_PLAIN, _TONES, strict=True))
    if letter in "aeo":
        marks.update(zip(_CIRCUMFLEX, ("\u0302", *("\u0302" + tone for tone in _TONES)), strict=True))
    if letter == "a":
        marks.update(zip(_BREVE, ("\u0306", *("\u0306" + tone for tone in _TONES)), strict=True))
    return {first + bytes([byte]): letter + mark for byte, mark in marks.items()}


def _capital(data: bytes) -> bytes:
    """The bytes of the capital letter or mark: 0x20 below the small one's, in ASCII as in the upper half."""
    return bytes(byte - 0x20 for byte in data)


def _in_every_case(small: dict[bytes, str]) -> dict[bytes, str]:
    """The sequences with letter and mark of either size; the size of the letter decides."""
    sizes = list(small.items())
    sizes += [(_capital(small_bytes[:1]) + small_bytes[1:], letter.upper()) for small_bytes, letter in small.items()]
    return dict(sizes) | {first[:1] + _capital(first[1:]): letter for first, letter in sizes if len(first) == 2}


VNI_PAIRS: dict[bytes, str] = {
    pair: letter for first, plain in _FIRST.items() for pair, letter in _in_every_case(_marked(first, plain)).items()
}
"""Letter byte and mark byte to the (decomposed) letter."""

VNI_SINGLE: dict[bytes, str] = _in_every_case({bytes([byte]): letter for byte, letter in _SINGLE.items()})
"""The letters that are one byte in VNI."""
