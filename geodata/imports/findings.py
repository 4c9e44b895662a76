"""What reading, matching and comparing find on their way: what is wrong and what to do, in two languages."""

from geodata.imports.checks import Severity
from geodata.imports.checks import declare_plainly as _declare

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

_declare(
    "too_long",
    ERROR,
    "Ô dài hơn 500 ký tự",
    "The cell holds more than 500 characters",
    "Rút gọn; có thể dấu ngoặc kép chưa đóng.",
    "Shorten it; perhaps a quotation mark is not closed.",
)
_declare(
    "unknown_province",
    ERROR,
    "Không có tỉnh/thành phố nào tên “{value}”",
    "No province is called “{value}”",
    "Ghi đúng tên tỉnh/thành phố, trước hoặc sau 01/07/2025.",
    "Write the name of a province before or after 01/07/2025.",
)
_declare(
    "ambiguous_province",
    ERROR,
    "“{value}” có thể là nhiều tỉnh: {candidates}",
    "“{value}” may be several provinces: {candidates}",
    "Ghi tên đầy đủ.",
    "Write the full name.",
)
_declare(
    "unknown_district",
    WARNING,
    "Không tìm thấy quận/huyện “{value}” trong tỉnh; không ghi nhận quận/huyện",
    "No district “{value}” in the province; the district is not recorded",
    "Kiểm tra tên quận/huyện (trước 01/07/2025).",
    "Check the name of the district (before 01/07/2025).",
)
_declare(
    "unknown_commune",
    WARNING,
    "Không tìm thấy phường/xã “{value}” trong tỉnh; không ghi nhận phường/xã",
    "No commune “{value}” in the province; the commune is not recorded",
    "Kiểm tra tên phường/xã và tỉnh.",
    "Check the commune and the province.",
)
_declare(
    "ambiguous_commune",
    WARNING,
    "“{value}” có thể là: {candidates}; không ghi nhận phường/xã",
    "“{value}” may be: {candidates}; the commune is not recorded",
    "Ghi thêm quận/huyện cũ hoặc tên phường/xã mới.",
    "Add the former district or the commune's new name.",
)
_declare(
    "split_commune",
    WARNING,
    "Xã/phường cũ “{value}” đã chia vào nhiều đơn vị: {candidates}; chưa xác định đơn vị mới",
    "The former commune “{value}” was divided among {candidates}; today's commune stays open",
    "Ghi tên phường/xã hiện nay.",
    "Write today's commune.",
)
_declare(
    "not_in_vocabulary",
    ERROR,
    "Giá trị “{value}” không có trong danh mục của cột",
    "The value “{value}” is not in the column's vocabulary",
    "Chọn một giá trị trong danh sách của tệp mẫu.",
    "Choose a value from the template's list.",
)
_declare(
    "code_shape",
    ERROR,
    "Mã “{value}” không hợp lệ",
    "The code “{value}” is not valid",
    "Mã gồm 2-35 chữ cái không dấu, chữ số, dấu chấm hoặc gạch nối. Không có mã thì để trống.",
    "A code has 2-35 plain letters, digits, dots or hyphens. Leave the cell blank where there is none.",
)
_declare(
    "code_unusual",
    NOTE,
    "Mã “{value}” có dạng lạ",
    "The code “{value}” has an unusual shape",
    "Kiểm tra lại; mã trường thường có dạng CDT2502, CDD0203.",
    "Check it; codes of schools usually look like CDT2502 or CDD0203.",
)
_declare(
    "code_of_digits",
    WARNING,
    "Mã “{value}” chỉ gồm chữ số: có thể đã mất số 0 ở đầu",
    "The code “{value}” is all digits: a leading zero may be lost",
    "Định dạng cột mã là văn bản (Text) rồi ghi lại mã.",
    "Format the column as text and write the code again.",
)
_declare(
    "website_shape",
    WARNING,
    "“{value}” không phải địa chỉ trang web; không ghi nhận",
    "“{value}” is no web address; it is not recorded",
    "Ghi dạng truong.edu.vn.",
    "Write it like school.edu.vn.",
)
_declare(
    "email_shape",
    WARNING,
    "“{value}” không phải địa chỉ thư điện tử; không ghi nhận",
    "“{value}” is no e-mail address; it is not recorded",
    "Ghi một địa chỉ duy nhất.",
    "Write one address.",
)
_declare(
    "not_a_day",
    ERROR,
    "“{value}” không phải là một ngày",
    "“{value}” is not a day",
    "Ghi dạng ngày/tháng/năm, ví dụ 01/09/2020.",
    "Write it as day/month/year, for example 01/09/2020.",
)
_declare(
    "impossible_day",
    ERROR,
    "Ngày “{value}” không thể đúng",
    "The day “{value}” cannot be right",
    "Kiểm tra lại năm.",
    "Check the year.",
)
_declare(
    "half_coordinates",
    ERROR,
    "Chỉ có một trong hai tọa độ",
    "Only one of the two coordinates is given",
    "Ghi đủ vĩ độ và kinh độ, hoặc để trống cả hai.",
    "Give latitude and longitude, or leave both blank.",
)
_declare(
    "not_coordinates",
    ERROR,
    "“{value}” không phải tọa độ",
    "“{value}” is no coordinate",
    "Ghi độ thập phân (20,4231), độ-phút-giây, hoặc mét VN-2000 kèm tên tỉnh.",
    "Write decimal degrees (20.4231), degrees-minutes-seconds, or VN-2000 metres with the province.",
)
_declare(
    "outside_vietnam",
    ERROR,
    "Tọa độ nằm ngoài Việt Nam",
    "The coordinates lie outside Vietnam",
    "Kiểm tra vĩ độ (6-24) và kinh độ (102-118).",
    "Check latitude (6-24) and longitude (102-118).",
)
_declare(
    "swapped",
    WARNING,
    "Vĩ độ và kinh độ bị đảo: đã đổi lại thành {point}",
    "Latitude and longitude were swapped: read as {point}",
    "Sửa thứ tự hai cột trong tệp.",
    "Swap the two columns in the file.",
)
_declare(
    "vn2000",
    WARNING,
    "Tọa độ VN-2000: đã đổi theo kinh tuyến trục {meridian}° (múi 3°) thành {point}",
    "VN-2000 coordinates: converted with the central meridian {meridian}° (3° zone) to {point}",
    "Xác nhận kinh tuyến trục đúng với bản đồ gốc.",
    "Confirm that the central meridian is the one of the original map.",
)
_declare(
    "outside_province",
    WARNING,
    "Tọa độ cách địa phận {province} khoảng {distance_km} km",
    "The coordinates lie about {distance_km} km outside {province}",
    "Kiểm tra tọa độ và tỉnh/thành phố.",
    "Check the coordinates and the province.",
)
_declare(
    "unknown_id",
    ERROR,
    "Mã sổ đăng ký “{value}” không có trong sổ",
    "The register has no id “{value}”",
    "Ghi đúng mã trong sổ, hoặc “mới”, hoặc để trống.",
    "Write an id of the register, or “mới” (new), or nothing.",
)
_declare(
    "several_candidates",
    ERROR,
    "Có thể là nhiều cơ sở: {candidates}",
    "This may be several institutions: {candidates}",
    "Ghi mã sổ đăng ký của cơ sở đúng vào cột “Mã sổ đăng ký”, hoặc “mới”.",
    "Write the right one's id into the column “Mã sổ đăng ký”, or “mới” (new).",
)
_declare(
    "similar_name",
    ERROR,
    "Tên gần giống cơ sở đã có: {candidates}. Cùng một cơ sở?",
    "The name is close to one in the register: {candidates}. The same institution?",
    "Nếu là một: sửa tên hoặc ghi mã sổ đăng ký. Nếu khác: ghi “mới” vào cột “Mã sổ đăng ký”.",
    "If so, correct the name or give the id. If not, write “mới” (new) into “Mã sổ đăng ký”.",
)
_declare(
    "moved_namesake",
    ERROR,
    "Cơ sở cùng tên từng được ghi ở tỉnh này, nay ghi ở tỉnh khác: {candidates}. Cùng một cơ sở?",
    "An institution of this name was once recorded in this province and is now in another: {candidates}. The same one?",
    "Nếu là một: ghi mã sổ đăng ký. Nếu khác: ghi “mới” vào cột “Mã sổ đăng ký”.",
    "If so, give the id. If not, write “mới” (new) into “Mã sổ đăng ký”.",
)
_declare(
    "near_namesake",
    NOTE,
    "Tên chỉ khác một từ so với: {candidates}; coi là cơ sở khác",
    "The name differs by one word from {candidates}; taken as another institution",
    "Nếu là cùng một cơ sở, ghi mã sổ đăng ký của cơ sở đó.",
    "If it is the same one, give its id.",
)
_declare(
    "code_of_another",
    ERROR,
    "Mã trong dòng đang thuộc về {candidates}, tên và tỉnh đều khác",
    "The code belongs to {candidates}; name and province both differ",
    "Kiểm tra mã; nếu đúng là cơ sở đó, ghi mã sổ đăng ký; nếu là cơ sở khác dùng chung mã, ghi “mới”.",
    "Check the code; give the id if it is that one, or “mới” (new) if another one shares the code.",
)
_declare(
    "code_differs",
    ERROR,
    "Mã “{value}” khác mã trong sổ ({registered}) của {candidates}",
    "The code “{value}” differs from the registered one ({registered}) of {candidates}",
    "Sửa mã; nếu cơ sở đã đổi mã, ghi mã sổ đăng ký để xác nhận; nếu là cơ sở khác, ghi “mới”.",
    "Correct the code; give the id to confirm a new code; write “mới” (new) for another institution.",
)
_declare(
    "shared_identifier",
    WARNING,
    "Mã “{value}” cũng thuộc về: {candidates}",
    "The code “{value}” also belongs to {candidates}",
    "Kiểm tra xem mã có bị ghi nhầm; tra cứu theo mã này sẽ trả lời là không duy nhất.",
    "Check for a mistake; a lookup of this code will be answered as ambiguous.",
)
_declare(
    "duplicate_row",
    ERROR,
    "Trùng với dòng {row} (trang “{sheet}”)",
    "Repeats row {row} (sheet “{sheet}”)",
    "Xóa một trong hai dòng; nếu là hai cơ sở khác nhau, ghi mã của từng cơ sở hoặc “mới”.",
    "Delete one of them; for two institutions give each its code or write “mới” (new).",
)
_declare(
    "spelled_differently",
    NOTE,
    "Tên viết khác trong sổ (“{registered}”): giữ tên trong sổ",
    "Spelled otherwise in the register (“{registered}”): the register's name stays",
    "Nhập kèm số quyết định nếu cần sửa cách viết.",
    "Import with the number of a decision to correct the spelling.",
)
_declare(
    "name_changes",
    WARNING,
    "Tên trong sổ là “{registered}”: sẽ đổi",
    "The register's name is “{registered}”: it will change",
    "Xác nhận; ngày đổi tên ghi bằng --effective.",
    "Confirm; give the day of a new name with --effective.",
)
_declare(
    "former_identifier",
    NOTE,
    "“{value}” là mã cũ của cơ sở: không thay đổi",
    "“{value}” is a former code of the institution: nothing changes",
    "Ghi mã hiện nay nếu có.",
    "Write the present code if there is one.",
)
_declare(
    "status_without_day",
    WARNING,
    "Trạng thái thay đổi nhưng không có ngày: ghi từ hôm nay",
    "The status changes without a day: recorded from today",
    "Ghi ngày hiệu lực bằng --effective.",
    "Give the day with --effective.",
)
_declare(
    "overrides_official",
    ERROR,
    "Sổ đang ghi “{registered}” là dữ liệu chính thức; tệp không có quyết định, không qua phê duyệt, không được thay",
    "“{registered}” is official data; a file without a decision that nobody approves may not change it",
    "Nhập kèm số quyết định, hoặc gửi tệp trên trang để người thứ hai phê duyệt, hoặc sửa ô này.",
    "Import with the decision's number, or send it on the page for a second person to approve, or correct the cell.",
)
_declare(
    "changes_decided",
    WARNING,
    "Sổ đang ghi “{registered}” theo quyết định {decision}; tệp không có số quyết định nhưng sẽ thay",
    "The register says “{registered}” on decision {decision}; this file, without a decision, will change it",
    "Người phê duyệt đối chiếu với quyết định; nếu có quyết định mới, gửi lại tệp kèm số của quyết định đó.",
    "The approver compares it with the decision; if there is a new one, send the file again with its number.",
)
_declare(
    "missing_value",
    ERROR,
    "Ô bắt buộc đang để trống",
    "A required cell is blank",
    "Điền giá trị vào cột này.",
    "Fill in the column.",
)
_declare(
    "unknown_institution",
    ERROR,
    "Không tìm thấy cơ sở “{value}” trong sổ hay trong các dòng nhập được của tệp",
    "No institution “{value}” in the register or among the accepted rows of the file",
    "Ghi đúng mã hoặc tên và tỉnh của cơ sở; nhập cơ sở trước.",
    "Write the institution's code, or name and province; import the institution first.",
)
_declare(
    "contradicts_row",
    ERROR,
    "Dòng này khác với một dòng trước của tệp ({registered})",
    "The row says otherwise than an earlier row of the file ({registered})",
    "Giữ lại một dòng đúng.",
    "Keep the right one.",
)
_declare(
    "days_reversed",
    ERROR,
    "Ngày kết thúc không sau ngày bắt đầu",
    "The last day is not after the first",
    "Kiểm tra hai ngày.",
    "Check both days.",
)
_declare(
    "occupation_shape",
    ERROR,
    "Mã ngành, nghề “{value}” không gồm 7 chữ số",
    "The occupation code “{value}” is not 7 digits",
    "Tra mã trong danh mục ngành, nghề đào tạo cấp IV.",
    "Look the code up in the list of occupations.",
)
_declare(
    "level_of_code",
    WARNING,
    "Trình độ “{value}” không khớp với mã ngành, nghề (5: trung cấp, 6: cao đẳng)",
    "The level “{value}” does not agree with the occupation code (5 intermediate, 6 college)",
    "Kiểm tra mã và trình độ.",
    "Check code and level.",
)
_declare(
    "not_a_count",
    ERROR,
    "“{value}” không phải là số lượng",
    "“{value}” is no count",
    "Ghi số nguyên không âm.",
    "Write a whole number.",
)
_declare(
    "unknown_licence",
    WARNING,
    "Giấy phép “{value}” không có trong sổ hay trong tệp; không gắn với ngành, nghề",
    "The licence “{value}” is not in the register or the file; the programme is recorded without it",
    "Thêm giấy phép vào trang “Giấy phép”.",
    "Add the licence to the sheet “Giấy phép”.",
)
_declare(
    "own_successor",
    ERROR,
    "Cơ sở trước và cơ sở sau là một",
    "Predecessor and successor are the same",
    "Chỉ quan hệ đổi tên mới có thể nói về một cơ sở.",
    "Only a rename may be about one institution.",
)
_declare(
    "answered_by_review",
    NOTE,
    "Theo câu trả lời của {by} ngày {at}",
    "As {by} answered on {at}",
    "Sửa câu trả lời ở trang câu hỏi nếu không còn đúng.",
    "Withdraw the answer if it no longer holds.",
)
_declare(
    "rejected_by_review",
    ERROR,
    "{by} đã quyết định không nhập dòng này (ngày {at}): {reason}",
    "{by} decided on {at} not to import this row: {reason}",
    "Bỏ câu trả lời đó nếu cần nhập dòng này.",
    "Withdraw that answer to import the row.",
)
_declare(
    "sheet_not_imported",
    ERROR,
    "Trang này chưa nhập được: dòng không được ghi nhận",
    "Rows of this sheet cannot be imported yet",
    "Giữ lại để nhập sau.",
    "Keep them for later.",
)
