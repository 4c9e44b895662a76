"""Short forms people type for Vietnamese vocational education, as folded words (see ``geodata.text.fold``).

Tables only. ``CERTAIN`` may rewrite a stored key, so a short form stands there only when it has one sensible
meaning in this field; everything that has several is in ``POSSIBLE`` and only widens what a search tries.
"""

CERTAIN: dict[str, str] = {
    "cd": "cao dang",
    "cdn": "cao dang nghe",
    "cdsp": "cao dang su pham",
    "cdyt": "cao dang y te",
    "tcn": "trung cap nghe",
    "tccn": "trung cap chuyen nghiep",
    "thn": "trung hoc nghe",
    "gdnn": "giao duc nghe nghiep",
    "gdtx": "giao duc thuong xuyen",
    "ttgdnn": "trung tam giao duc nghe nghiep",
    "ttgdtx": "trung tam giao duc thuong xuyen",
    "ttdn": "trung tam day nghe",
    "dh": "dai hoc",
    "dhspkt": "dai hoc su pham ky thuat",
    "spkt": "su pham ky thuat",
    "ktkt": "kinh te ky thuat",
    "ktnv": "ky thuat nghiep vu",
    "gtvt": "giao thong van tai",
    "cntt": "cong nghe thong tin",
    "vhnt": "van hoa nghe thuat",
    "qtkd": "quan tri kinh doanh",
    "qtdn": "quan tri doanh nghiep",
    "khcn": "khoa hoc cong nghe",
    "nnptnt": "nong nghiep va phat trien nong thon",
    "lttp": "luong thuc thuc pham",
    "thpt": "trung hoc pho thong",
    "tw": "trung uong",
    "tp": "thanh pho",
    "tx": "thi xa",
    "tphcm": "thanh pho ho chi minh",
    "hcm": "ho chi minh",
    "hcmc": "ho chi minh",
    "sg": "sai gon",
    "hn": "ha noi",
    "brvt": "ba ria vung tau",
    "bmt": "buon ma thuot",
    "vn": "viet nam",
}

LEADING: dict[str, str] = {
    "tc": "trung cap",
    "tt": "trung tam",
}
"""Certain only as the first word of a name ("TC nghề", "TT GDNN"): elsewhere TC is also tài chính, TT thị trấn."""

POSSIBLE: dict[str, tuple[str, ...]] = {
    "bd": ("binh duong", "binh dinh"),
    "bk": ("bach khoa", "bac kan"),
    "bt": ("ben tre", "binh thuan"),
    "cg": ("co gioi",),
    "cn": ("cong nghe", "cong nghiep"),
    "cnc": ("cong nghe cao",),
    "ct": ("can tho", "cong thuong"),
    "dhspkt": ("cao dang su pham ky thuat",),
    "dl": ("du lich", "da lat"),
    "dn": ("da nang", "dong nai", "doanh nghiep", "day nghe"),
    "dt": ("dao tao", "dong thap"),
    "gd": ("giao duc",),
    "gt": ("giao thong",),
    "hcm": ("sai gon",),
    "hd": ("hai duong",),
    "hp": ("hai phong",),
    "hy": ("hung yen",),
    "kh": ("khanh hoa", "khoa hoc", "ke hoach"),
    "kn": ("ky nghe",),
    "ks": ("khach san",),
    "kt": ("ky thuat", "kinh te", "ke toan"),
    "ktcn": ("ky thuat cong nghe", "ky thuat cong nghiep", "kinh te cong nghe", "kinh te cong nghiep"),
    "ktktcn": ("kinh te ky thuat cong nghiep", "kinh te ky thuat cong nghe"),
    "nd": ("nam dinh",),
    "nn": ("nong nghiep", "nghe nghiep", "ngoai ngu"),
    "nt": ("nghe thuat", "ngoai thuong", "nha trang"),
    "pt": ("phu tho", "phat thanh", "phan thiet"),
    "qn": ("quang ninh", "quang nam", "quang ngai", "quy nhon"),
    "qt": ("quoc te", "quan tri", "quang tri"),
    "sg": ("thanh pho ho chi minh",),
    "sp": ("su pham",),
    "tc": ("trung cap", "tai chinh"),
    "th": ("truyen hinh", "thanh hoa", "tin hoc", "trung hoc"),
    "tm": ("thuong mai",),
    "tphcm": ("sai gon",),
    "tt": ("trung tam", "thi tran", "thong tin"),
    "tth": ("thua thien hue",),
    "vh": ("van hoa",),
    "vp": ("vinh phuc",),
    "vt": ("vung tau", "van tai"),
    "xd": ("xay dung",),
    "xh": ("xa hoi",),
    "yt": ("y te",),
}

SPELLINGS: dict[tuple[str, ...], tuple[str, ...]] = {
    tuple(other.split()): tuple(usual.split())
    for usual, others in {
        "ba ria vung tau": ("br vt",),
        "bac kan": ("bac can", "backan"),
        "buon ma thuot": ("buon me thuot", "ban me thuot", "buonmathuot"),
        "can tho": ("cantho",),
        "da lat": ("dalat",),
        "da nang": ("danang",),
        "dak lak": ("dac lac", "dak lac", "dac lak", "daklak", "darlac"),
        "dak nong": ("dac nong", "daknong"),
        "dong nai": ("dongnai",),
        "ha noi": ("hanoi",),
        "hai phong": ("haiphong",),
        "kon tum": ("kontum", "con tum", "cong tum"),
        "nha trang": ("nhatrang",),
        "pleiku": ("plei ku", "play cu", "plei cu", "playku", "play ku"),
        "quy nhon": ("qui nhon", "quinhon", "quynhon"),
        "sai gon": ("saigon",),
        "viet nam": ("vietnam",),
        "vung tau": ("vungtau",),
    }.items()
    for other in others
}
"""Other spellings of one name, word by word: the left side is what is written, the right side the usual form."""

Y_SPELLINGS = {"hi": "hy", "ki": "ky", "li": "ly", "mi": "my", "qui": "quy", "si": "sy", "ti": "ty"}
"""Syllables written with i or y (Kĩ thuật = Kỹ thuật, Lí Tự Trọng = Lý Tự Trọng): the y form is the key."""

ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
    "xi": "11",
    "xii": "12",
}
ROMAN_OR_WORD = frozenset({"i", "v", "vi", "x", "xi"})
"""Roman numerals that are also letters or syllables people type (xi măng, vi tính, the first letter of Viễn)."""

LOCAL_PREFIXES = {"q": "quan", "p": "phuong"}
"""A letter glued to a number names an urban unit: Q1, P.12."""
