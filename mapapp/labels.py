"""What the vocabulary of the registry is called on pages; every value of `geodata.vocabulary` has its label here."""

from mapapp.i18n import N_, gettext

TYPE = {
    "college": N_("Trường cao đẳng"),
    "intermediate_school": N_("Trường trung cấp"),
    "vocational_high_school": N_("Trường trung học nghề"),
    "vocational_centre": N_("Trung tâm giáo dục nghề nghiệp"),
    "vocational_continuing_centre": N_("Trung tâm giáo dục nghề nghiệp – giáo dục thường xuyên"),
}
OWNERSHIP = {
    "public": N_("Công lập"),
    "private": N_("Tư thục"),
    "foreign_invested": N_("Có vốn đầu tư nước ngoài"),
    "unknown": N_("Chưa rõ loại hình"),
}
TRAINING_LEVEL = {
    "elementary": N_("Sơ cấp"),
    "intermediate": N_("Trung cấp"),
    "college": N_("Cao đẳng"),
    "vocational_high": N_("Trung học nghề"),
}
STATUS = {
    "active": N_("Đang hoạt động"),
    "not_yet_open": N_("Chưa hoạt động"),
    "suspended": N_("Tạm đình chỉ hoạt động"),
    "closed": N_("Đã giải thể"),
    "merged": N_("Đã sáp nhập"),
}
STATUS_CONSEQUENCE = {
    "active": N_("Cơ sở đang hoạt động. Hãy liên hệ trực tiếp để biết lịch tuyển sinh."),
    "not_yet_open": N_("Cơ sở chưa bắt đầu hoạt động vào ngày này; chưa tuyển sinh, chưa đào tạo."),
    "suspended": N_("Cơ sở đang bị tạm đình chỉ: không tuyển sinh. Người đang học hỏi cơ quan quản lý của cơ sở."),
    "closed": N_("Cơ sở đã giải thể: không còn tuyển sinh và đào tạo."),
    "merged": N_("Cơ sở đã sáp nhập và không còn tồn tại riêng; hồ sơ người học hỏi cơ sở kế thừa."),
}
STATUS_TONE = {
    "active": "ok",
    "not_yet_open": "warning",
    "suspended": "warning",
    "closed": "gone",
    "merged": "gone",
}
LOCATION_PRECISION = {
    "surveyed": N_("Vị trí đo thực địa"),
    "address": N_("Vị trí theo địa chỉ"),
    "commune": N_("Vị trí gần đúng: trung tâm xã, phường"),
    "district": N_("Vị trí gần đúng: chỉ biết đến huyện, quận cũ"),
    "province": N_("Vị trí gần đúng: chỉ biết đến tỉnh, thành phố"),
    "none": N_("Chưa có vị trí"),
}
UNIT_LEVEL = {
    "province": N_("Tỉnh, thành phố"),
    "district": N_("Quận, huyện (đến 30/06/2025)"),
    "commune": N_("Xã, phường, đặc khu"),
}
BOUNDARY_QUALITY = {"approximate": N_("ranh giới xấp xỉ"), "official": N_("ranh giới chính thức")}
DATA_STATUS = {
    "illustrative": N_("Dữ liệu minh họa"),
    "unverified": N_("Dữ liệu chưa xác minh"),
    "official": N_("Dữ liệu chính thức"),
    "mixed": N_("Dữ liệu nhiều nguồn, một phần chưa chính thức"),
    "unknown": N_("Chưa đọc được tình trạng dữ liệu"),
    "empty": N_("Chưa có dữ liệu"),
}
DATA_WARNING = {
    "illustrative": N_(
        "Dữ liệu minh họa: tên, mã, vị trí và số liệu của các cơ sở đều được tạo ra để trình bày, không có thật."
    ),
    "unverified": N_("Dữ liệu chưa được cơ quan có thẩm quyền xác minh. Hãy kiểm tra lại với cơ sở trước khi sử dụng."),
    "mixed": N_("Dữ liệu gồm nhiều nguồn: một phần là minh họa hoặc chưa xác minh. Tình trạng được ghi ở từng cơ sở."),
    "empty": N_("Sổ đăng ký chưa có dữ liệu nào được công bố."),
}
ENROLMENT = {"open": N_("Đang tuyển sinh"), "stopped": N_("Đã dừng tuyển sinh")}
HIGH_QUALITY = {
    "recognised": N_("Trường chất lượng cao"),
    "candidate": N_("Được quy hoạch thành trường chất lượng cao"),
    "none": N_("Không phải trường chất lượng cao"),
}
CAMPUS_KIND = {"main": N_("Trụ sở chính"), "site": N_("Cơ sở đào tạo"), "branch": N_("Phân hiệu")}
RELATION_SUCCESSOR = {
    "rename": N_("Đổi tên thành"),
    "merge": N_("Sáp nhập vào"),
    "split": N_("Tách thành"),
    "absorb": N_("Được tiếp nhận bởi"),
    "upgrade": N_("Nâng cấp thành"),
}
RELATION_PREDECESSOR = {
    "rename": N_("Đổi tên từ"),
    "merge": N_("Sáp nhập từ"),
    "split": N_("Tách ra từ"),
    "absorb": N_("Tiếp nhận"),
    "upgrade": N_("Nâng cấp từ"),
}
RELATION = {
    "rename": N_("đổi tên"),
    "merge": N_("được sáp nhập"),
    "split": N_("chia tách"),
    "absorb": N_("được tiếp nhận"),
    "upgrade": N_("được nâng cấp"),
}
"""What happened to the earlier one, where no name follows but a day."""
NAME_KIND = {"official": N_("Tên chính thức"), "english": N_("Tên tiếng Anh"), "short": N_("Tên viết tắt")}
IDENTIFIER_SCHEME = {"code": N_("Mã cơ sở"), "e_id": N_("Mã định danh điện tử")}
ATTRIBUTE = {
    "type": N_("Loại cơ sở"),
    "ownership": N_("Loại hình sở hữu"),
    "status": N_("Trạng thái"),
    "enrolment": N_("Tuyển sinh"),
    "high_quality": N_("Chất lượng cao"),
    "managing_body": N_("Cơ quan quản lý trực tiếp"),
    "website": N_("Trang thông tin điện tử"),
    "telephone": N_("Điện thoại"),
    "email": N_("Thư điện tử"),
}
SOURCE_KIND = {
    "demo": N_("Bộ dữ liệu minh họa"),
    "import": N_("Tệp được nhập"),
    "undo": N_("Hoàn tác"),
    "edit": N_("Sửa trực tiếp"),
}
MATCHED = {
    "name": N_("khớp tên"),
    "former_name": N_("khớp tên cũ"),
    "english_name": N_("khớp tên tiếng Anh"),
    "short_name": N_("khớp tên viết tắt"),
    "code": N_("khớp mã"),
    "identifier": N_("khớp mã"),
    "licence": N_("khớp số giấy chứng nhận"),
    "place": N_("khớp địa danh"),
    "occupation": N_("khớp nghề đào tạo"),
    "website": N_("khớp trang thông tin điện tử"),
    "abbreviation": N_("khớp tên viết tắt"),
    "typing_error": N_("tên gần giống (có thể gõ nhầm)"),
}
FILTER = {
    "type": N_("Loại cơ sở"),
    "ownership": N_("Loại hình sở hữu"),
    "training_level": N_("Trình độ đào tạo"),
    "status": N_("Trạng thái"),
    "occupation": N_("Nghề đào tạo"),
    "unit": N_("Địa phương"),
}
FIELD_VALUES = {"type": TYPE, "ownership": OWNERSHIP, "training_level": TRAINING_LEVEL, "status": STATUS}
OF_ATTRIBUTE = {
    "type": TYPE,
    "ownership": OWNERSHIP,
    "status": STATUS,
    "enrolment": ENROLMENT,
    "high_quality": HIGH_QUALITY,
}
"""What the values of an institution's attributes are called."""


def label(vocabulary: dict[str, str], value: str) -> str:
    """The value's name in the request's language; a value without a name is shown as it is."""
    return gettext(vocabulary[value]) if value in vocabulary else value
