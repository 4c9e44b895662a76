"""What can be wrong with a reported figure, and what to do."""

from geodata.imports.checks import Severity
from geodata.imports.checks import declare_plainly as _declare

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

_declare(
    "unknown_indicator",
    ERROR,
    "Không có chỉ số “{value}” trong danh mục",
    "The catalogue has no indicator “{value}”",
    "Ghi mã hoặc đúng tên chỉ số như ở trang Quy hoạch.",
    "Write the id or the exact name of an indicator of the catalogue.",
)
_declare(
    "computed_indicator",
    ERROR,
    "“{value}” do hệ thống tính, không báo cáo",
    "“{value}” is computed and not reported",
    "Bỏ dòng này.",
    "Leave the row out.",
)
_declare(
    "not_a_period",
    ERROR,
    "“{value}” không phải là kỳ báo cáo",
    "“{value}” is no reporting period",
    "Ghi năm bốn chữ số, ví dụ 2025.",
    "Write a year of four digits, for example 2025.",
)
_declare(
    "period_to_come",
    ERROR,
    "Kỳ báo cáo {value} chưa bắt đầu",
    "The period {value} has not begun",
    "Kiểm tra lại năm.",
    "Check the year.",
)
_declare(
    "before_first_period",
    ERROR,
    "Chỉ số này chỉ có số liệu từ năm {first}",
    "This indicator has figures from {first} only",
    "Kiểm tra chỉ số và năm.",
    "Check indicator and year.",
)
_declare(
    "not_a_number",
    ERROR,
    "“{value}” không phải là số",
    "“{value}” is no number",
    "Ghi số, ví dụ 45,5; không có số liệu thì để trống và ghi lý do.",
    "Write a number such as 45.5; leave it blank and give the reason where there is none.",
)
_declare(
    "not_yes_or_no",
    ERROR,
    "Chỉ số này trả lời có hoặc không; “{value}” không phải",
    "This indicator is answered by yes or no; “{value}” is neither",
    "Ghi “có” hoặc “không”.",
    "Write “có” (yes) or “không” (no).",
)
_declare(
    "no_figure",
    ERROR,
    "Không có giá trị và không nói lý do. Trống không phải là số 0",
    "Neither a value nor a reason. Blank is not zero",
    "Ghi giá trị, hoặc ghi lý do không có số liệu.",
    "Give the value, or the reason why there is none.",
)
_declare(
    "figure_and_reason",
    ERROR,
    "Vừa có giá trị vừa có lý do không có số liệu",
    "Both a value and a reason why there is none",
    "Giữ một trong hai.",
    "Keep one of them.",
)
_declare(
    "out_of_range",
    ERROR,
    "Giá trị “{value}” ngoài khoảng {lowest} đến {highest}",
    "The value “{value}” is outside {lowest} to {highest}",
    "Giá trị tính bằng phần trăm: 45,5 chứ không phải 0,455 hay 4550.",
    "Values are per cent: 45.5, not 0.455 or 4550.",
)
_declare(
    "more_than_all",
    ERROR,
    "Tử số “{value}” lớn hơn mẫu số",
    "The numerator “{value}” is more than the denominator",
    "Tử số là một phần của mẫu số: kiểm tra hai số.",
    "The numerator is a part of the denominator: check both.",
)
_declare(
    "denominator_zero",
    ERROR,
    "Có tử số mà không có mẫu số",
    "A numerator without a denominator",
    "Ghi mẫu số; nếu không có đối tượng nào, để trống cả hai và ghi lý do.",
    "Give the denominator; where there is nothing to count, leave both blank and give the reason.",
)
_declare(
    "parts_disagree",
    ERROR,
    "Giá trị “{value}” khác tử số chia mẫu số ({computed}%)",
    "The value “{value}” is not numerator over denominator ({computed}%)",
    "Kiểm tra ba số; có thể chỉ ghi tử số và mẫu số.",
    "Check the three numbers; numerator and denominator are enough.",
)
_declare(
    "no_denominator",
    WARNING,
    "Không có mẫu số: giá trị hiện ở trang của cơ sở nhưng không tính vào bình quân của địa phương",
    "No denominator: the value is shown but not counted in the averages of units",
    "Bổ sung tử số và mẫu số.",
    "Add numerator and denominator.",
)
_declare(
    "totals_differ",
    WARNING,
    "Mẫu số “{value}” khác mẫu số {denominator} của “{other}” cùng năm",
    "The denominator “{value}” differs from {denominator} of “{other}” in the same year",
    "Hai chỉ số cùng tính trên một tổng số: kiểm tra lại.",
    "Both figures are shares of the same total: check it.",
)
