"""The sheets of the contract and their columns: Vietnamese heading, English field name, and what else people write."""

import re
from dataclasses import dataclass, field
from functools import cache

from geodata.text import fold


@dataclass(frozen=True)
class Field:
    """A column: `name` in English as in the API, `heading` as in the template, `example` for the template."""

    name: str
    heading: str
    aliases: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True)
class SheetKind:
    """One of the contract's sheets. A header row is one that has a column of `keys` and two columns in all."""

    name: str
    title: str
    keys: tuple[str, ...]
    fields: tuple[Field, ...]
    aliases: tuple[str, ...] = field(default=())

    def heading(self, name: str) -> str:
        return next((column.heading for column in self.fields if column.name == name), name)


_WHICH = (
    Field("id", "Mã sổ đăng ký", ("registry id", "id sổ đăng ký", "mã đăng ký"), "để trống, hoặc ghi 'mới'"),
    Field(
        "code", "Mã cơ sở", ("mã trường", "mã số", "mã đơn vị", "mã cơ sở gdnn", "mã csgdnn", "mã cs", "mã"), "CDT2502"
    ),
    Field(
        "name",
        "Tên cơ sở",
        (
            "tên trường",
            "tên cơ sở gdnn",
            "tên cơ sở giáo dục nghề nghiệp",
            "cơ sở giáo dục nghề nghiệp",
            "cơ sở gdnn",
            "tên cơ sở đào tạo",
            "tên cơ sở hoạt động gdnn",
            "tên đơn vị",
            "tên đầy đủ",
            "tên",
            "institution",
            "institution name",
        ),
        "Trường Cao đẳng Xây dựng Nam Định",
    ),
    Field(
        "province",
        "Tỉnh/Thành phố",
        ("tỉnh", "tỉnh, thành phố", "tỉnh thành", "tỉnh/tp", "tỉnh/thành", "thành phố", "địa phương", "city"),
        "Ninh Bình",
    ),
)

_PLACE = (
    Field(
        "district",
        "Quận/Huyện",
        ("huyện", "quận", "quận, huyện", "huyện/quận", "quận/huyện/thị xã"),
        "Thành phố Nam Định",
    ),
    Field(
        "commune",
        "Phường/Xã",
        ("xã", "phường", "xã/phường", "xã, phường", "phường, xã", "xã/phường/đặc khu", "xã/phường/thị trấn", "ward"),
        "Phường Nam Định",
    ),
    Field("address", "Địa chỉ", ("trụ sở", "trụ sở chính", "địa chỉ trụ sở", "địa chỉ trụ sở chính", "nơi đặt trụ sở")),
    Field("lat", "Vĩ độ", ("latitude", "vĩ độ (lat)", "x"), "20,4231"),
    Field("lon", "Kinh độ", ("longitude", "lng", "long", "kinh độ (lon)", "y"), "106,1684"),
    Field("coordinates", "Tọa độ", ("toạ độ", "tọa độ (vĩ độ, kinh độ)", "vị trí", "location", "gps")),
)

INSTITUTIONS = SheetKind(
    "institutions",
    "Cơ sở",
    ("name",),
    (
        *_WHICH,
        Field("name_en", "Tên tiếng Anh", ("english name", "tên giao dịch quốc tế", "tên tiếng anh (nếu có)")),
        Field("short_name", "Tên viết tắt", ("tên ngắn", "tên gọi tắt", "abbreviation"), "CĐXD Nam Định"),
        Field(
            "type", "Loại hình", ("loại hình cơ sở", "loại cơ sở", "loại trường", "mô hình", "loại"), "Trường cao đẳng"
        ),
        Field(
            "ownership", "Loại hình sở hữu", ("hình thức sở hữu", "sở hữu", "hình thức", "công lập/tư thục"), "công lập"
        ),
        Field("status", "Trạng thái", ("tình trạng", "tình trạng hoạt động", "trạng thái hoạt động"), "đang hoạt động"),
        *_PLACE,
        Field("e_id", "Mã định danh điện tử", ("mã định danh", "e-id", "mã định danh cơ quan"), "G12.34.56"),
        Field("website", "Website", ("trang web", "trang thông tin điện tử", "cổng thông tin điện tử", "web")),
        Field(
            "managing_body",
            "Cơ quan quản lý trực tiếp",
            ("cơ quan chủ quản", "cơ quan quản lý", "đơn vị chủ quản", "chủ quản"),
        ),
        Field("telephone", "Điện thoại", ("số điện thoại", "sđt", "đt", "phone", "tel")),
        Field("email", "Email", ("thư điện tử", "e-mail", "hộp thư")),
        Field("enrolment", "Tuyển sinh", ("tình trạng tuyển sinh",), "đang tuyển sinh"),
        Field("high_quality", "Trường chất lượng cao", ("chất lượng cao", "high quality"), "không"),
        Field("established_on", "Ngày thành lập", ("ngày quyết định thành lập", "năm thành lập", "established")),
    ),
    ("danh sách cơ sở", "danh sách", "co so gdnn"),
)

CAMPUSES = SheetKind(
    "campuses",
    "Địa điểm",
    ("campus_name", "campus_kind"),
    (
        *_WHICH,
        Field(
            "campus_name",
            "Tên địa điểm",
            ("tên địa điểm đào tạo", "địa điểm", "địa điểm đào tạo", "tên phân hiệu"),
            "Cơ sở 2",
        ),
        Field("campus_kind", "Loại địa điểm", ("kiểu địa điểm", "kind"), "địa điểm đào tạo"),
        *_PLACE,
    ),
)

PROGRAMMES = SheetKind(
    "programmes",
    "Ngành nghề",
    ("occupation", "occupation_name"),
    (
        *_WHICH,
        Field("occupation", "Mã ngành, nghề", ("mã ngành", "mã nghề", "mã ngành nghề", "occupation code"), "6510202"),
        Field(
            "occupation_name",
            "Tên ngành, nghề",
            ("tên ngành", "tên nghề", "ngành nghề", "tên ngành nghề đào tạo", "ngành, nghề"),
            "Công nghệ ô tô",
        ),
        Field("training_level", "Trình độ", ("trình độ đào tạo", "cấp trình độ", "level"), "cao đẳng"),
        Field(
            "quota", "Quy mô tuyển sinh", ("quy mô tuyển sinh/năm", "quy mô", "chỉ tiêu", "số lượng tuyển sinh"), "60"
        ),
        Field("licence", "Số giấy chứng nhận", ("số gcn", "giấy chứng nhận", "licence number")),
        Field("valid_from", "Từ ngày", ("ngày bắt đầu", "hiệu lực từ")),
        Field("valid_to", "Đến trước ngày", ("ngày kết thúc", "đến ngày", "hiệu lực đến")),
    ),
    ("ngành nghề đào tạo",),
)

LICENCES = SheetKind(
    "licences",
    "Giấy phép",
    ("number",),
    (
        *_WHICH,
        Field(
            "number", "Số giấy phép", ("số giấy chứng nhận", "số gcn đkhđ", "số hiệu", "licence"), "29/GCNĐKHĐ-SLĐTBXH"
        ),
        Field("issued_on", "Ngày cấp", ("ngày ký", "cấp ngày"), "15/03/2018"),
        Field("issuer", "Cơ quan cấp", ("nơi cấp", "đơn vị cấp"), "Sở Lao động - Thương binh và Xã hội"),
        Field("valid_from", "Từ ngày", ("hiệu lực từ", "ngày hiệu lực")),
        Field("valid_to", "Đến trước ngày", ("hiệu lực đến", "ngày hết hạn", "ngày hết hiệu lực")),
    ),
    ("giấy chứng nhận", "giấy chứng nhận đăng ký hoạt động"),
)

VALUES = SheetKind(
    "values",
    "Chỉ số",
    ("indicator",),
    (
        *_WHICH,
        Field("indicator", "Mã chỉ số", ("chỉ số", "indicator id")),
        Field("period", "Kỳ báo cáo", ("kỳ", "năm", "năm báo cáo"), "2025"),
        Field("value", "Giá trị", ("kết quả",), "45,5"),
        Field("numerator", "Tử số", ()),
        Field("denominator", "Mẫu số", ()),
        Field("missing_reason", "Lý do không có số liệu", ("lý do thiếu",)),
    ),
)

RELATIONS = SheetKind(
    "relations",
    "Quan hệ",
    ("relation",),
    (
        Field("relation", "Loại quan hệ", ("quan hệ", "kind"), "sáp nhập"),
        Field("predecessor", "Cơ sở trước", ("tên hoặc mã cơ sở trước", "cơ sở cũ"), "CDT2502"),
        Field("successor", "Cơ sở sau", ("tên hoặc mã cơ sở sau", "cơ sở mới"), "CDT2503"),
        Field("valid_from", "Từ ngày", ("ngày hiệu lực", "hiệu lực từ", "effective on"), "01/01/2026"),
    ),
)

KINDS: tuple[SheetKind, ...] = (INSTITUTIONS, CAMPUSES, PROGRAMMES, LICENCES, VALUES, RELATIONS)
OUTCOME, COMMENT = "Kết quả kiểm tra", "Ghi chú kiểm tra"
"""Columns that a report adds to the file; a file that comes back with them is read without them."""

IGNORED = frozenset({"stt", "tt", "so tt", "so thu tu", "no", "thu tu", fold(OUTCOME), fold(COMMENT)})
"""Running numbers carry nothing, nor do our own comments; they are known, so nobody needs to hear of them."""

LONGEST_HEADING = 120
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def column_of(kind: SheetKind, heading: str) -> str | None:
    """The field that a heading names, None for an unknown one; brackets are read only when they are needed."""
    if len(heading) > LONGEST_HEADING:
        return None
    names = _names(kind)
    key = fold(heading)
    return names.get(key) or names.get(fold(_BRACKETS.sub(" ", heading)))


def is_ignored(heading: str) -> bool:
    return fold(heading) in IGNORED


def kind_named(sheet: str) -> SheetKind | None:
    """The kind that a sheet's tab names."""
    key = fold(sheet)
    for kind in KINDS:
        if key in {fold(name) for name in (kind.name, kind.title, *kind.aliases)}:
            return kind
    return None


@cache
def _names(kind: SheetKind) -> dict[str, str]:
    """Folded heading → field; the template's own headings win over aliases."""
    names: dict[str, str] = {}
    for column in kind.fields:
        for name in (column.heading, column.name, column.name.replace("_", " ")):
            names.setdefault(fold(name), column.name)
    for column in kind.fields:
        for name in column.aliases:
            names.setdefault(fold(name), column.name)
    return names
