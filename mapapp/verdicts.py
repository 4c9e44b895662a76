"""The words for answers of verification: what each means for a person, every reason, every fault of a question."""

from geodata.verification import Action, Answer, Why
from mapapp.i18n import N_

ACTION = {
    Action.OPERATE: N_("hoạt động giáo dục nghề nghiệp"),
    Action.ENROL: N_("tuyển sinh"),
    Action.TRAIN: N_("đào tạo"),
    Action.AWARD: N_("cấp văn bằng, chứng chỉ"),
}
ANSWER = {
    Answer.MALFORMED: N_("Câu hỏi chưa đúng"),
    Answer.REGISTER_STALE: N_("Sổ đăng ký không trả lời được cho ngày này"),
    Answer.UNKNOWN_CODE: N_("Không có cơ sở nào mang mã hoặc tên này"),
    Answer.AMBIGUOUS: N_("Có nhiều cơ sở cùng mang mã hoặc tên này"),
    Answer.NOT_YET_OPEN: N_("Cơ sở chưa hoạt động vào ngày này"),
    Answer.MERGED_INTO: N_("Cơ sở đã được cơ sở khác kế thừa"),
    Answer.CLOSED: N_("Cơ sở đã giải thể"),
    Answer.SUSPENDED: N_("Cơ sở đang bị tạm đình chỉ"),
    Answer.AUTHORISED: N_("Được phép"),
    Answer.NOT_AUTHORISED: N_("Không được phép"),
    Answer.NOT_RECORDED: N_("Sổ đăng ký chưa ghi đủ để trả lời"),
}
MEANING = {
    Answer.MALFORMED: N_("Hãy sửa những chỗ nêu dưới đây rồi hỏi lại."),
    Answer.REGISTER_STALE: N_(
        "Lần công bố của sổ đăng ký quá xa ngày được hỏi. Hãy hỏi lại sau lần công bố mới, hoặc hỏi cơ quan quản lý."
    ),
    Answer.UNKNOWN_CODE: N_(
        "Sổ đăng ký không biết định danh này. Điều đó chưa nói lên điều gì về cơ sở: có thể mã bị gõ nhầm hoặc cơ sở "
        "chưa được đưa vào sổ."
    ),
    Answer.AMBIGUOUS: N_("Hãy chọn đúng cơ sở trong danh sách dưới đây; hệ thống không tự đoán."),
    Answer.NOT_YET_OPEN: N_("Theo sổ đăng ký, cơ sở bắt đầu hoạt động sau ngày được hỏi."),
    Answer.MERGED_INTO: N_(
        "Vào ngày được hỏi cơ sở không còn tồn tại riêng. Hãy hỏi cơ sở kế thừa về hồ sơ và văn bằng."
    ),
    Answer.CLOSED: N_("Vào ngày được hỏi cơ sở đã giải thể và sổ đăng ký không ghi cơ sở kế thừa."),
    Answer.SUSPENDED: N_("Vào ngày được hỏi cơ sở đang bị tạm đình chỉ hoạt động."),
    Answer.AUTHORISED: N_("Sổ đăng ký có đủ bằng chứng cho việc này vào ngày được hỏi."),
    Answer.NOT_AUTHORISED: N_(
        "Hồ sơ của cơ sở cho ngày này đã được khai báo là đầy đủ, và trong đó không có bằng chứng cho việc được hỏi."
    ),
    Answer.NOT_RECORDED: N_(
        "Thiếu bằng chứng trong sổ không có nghĩa là cơ sở không được phép. Hãy hỏi cơ sở hoặc cơ quan quản lý."
    ),
}
TONE = {
    Answer.AUTHORISED: "ok",
    Answer.NOT_AUTHORISED: "gone",
    Answer.CLOSED: "gone",
    Answer.MERGED_INTO: "warning",
    Answer.SUSPENDED: "warning",
    Answer.NOT_YET_OPEN: "warning",
}
"""How the answer looks; without an entry it is plain: nothing was found for or against."""

WHY = {
    Why.NOTHING_PUBLISHED: N_("Sổ đăng ký chưa có lần công bố nào."),
    Why.REGISTER_TOO_OLD: N_("Ngày được hỏi quá xa sau lần công bố này."),
    Why.REGISTER_AWAY: N_(
        "Không kết nối được cơ sở dữ liệu, và bản lưu trên máy chủ đã quá hạn hoặc không phải lần công bố được hỏi."
    ),
    Why.NOBODY_KNOWN_BY_THIS: N_("Không cơ sở nào mang hoặc từng mang định danh được hỏi."),
    Why.CODE_AND_NAME_DISAGREE: N_("Mã và tên được hỏi thuộc về các cơ sở khác nhau."),
    Why.SEVERAL_INSTITUTIONS: N_("Nhiều cơ sở mang định danh này; không thể chọn thay người hỏi."),
    Why.OPENS_LATER: N_("Trạng thái đầu tiên được ghi bắt đầu sau ngày được hỏi."),
    Why.SUCCEEDED: N_(
        "Có quyết định sáp nhập, chia tách, tiếp nhận hoặc đổi thành cơ sở khác, có hiệu lực vào ngày này."
    ),
    Why.SUCCESSOR_NOT_RECORDED: N_("Sổ ghi cơ sở đã sáp nhập nhưng không ghi sáp nhập vào đâu."),
    Why.CLOSED: N_("Sổ ghi cơ sở đã giải thể."),
    Why.SUSPENDED: N_("Sổ ghi cơ sở bị tạm đình chỉ vào ngày này."),
    Why.OPEN: N_("Cơ sở đang hoạt động vào ngày này."),
    Why.STATUS_NOT_RECORDED: N_("Sổ không ghi trạng thái của cơ sở cho ngày này."),
    Why.SUCCESSION_WITHOUT_DAY: N_("Sổ ghi một lần sáp nhập không rõ ngày, nên không chắc cơ sở còn tồn tại riêng."),
    Why.LICENCE_IN_FORCE: N_("Có giấy chứng nhận đăng ký hoạt động còn hiệu lực vào ngày này."),
    Why.LICENCE_WITHOUT_START: N_(
        "Có giấy chứng nhận nhưng không rõ hiệu lực từ ngày nào; nó chưa chứng minh được cho ngày được hỏi."
    ),
    Why.NO_LICENCE_IN_FORCE: N_("Sổ không ghi giấy chứng nhận đăng ký hoạt động nào có hiệu lực vào ngày này."),
    Why.PROGRAMME_LICENSED: N_("Giấy chứng nhận còn hiệu lực bao gồm ngành, nghề và trình độ được hỏi."),
    Why.PROGRAMME_WITHOUT_LICENCE: N_("Sổ ghi ngành, nghề này nhưng không ghi theo giấy chứng nhận nào."),
    Why.PROGRAMME_LICENCE_ENDED: N_("Ngành, nghề này được ghi theo giấy chứng nhận không có hiệu lực vào ngày này."),
    Why.PROGRAMME_CAMPUS_NOT_OPEN: N_("Ngành, nghề này gắn với một địa điểm không được ghi là hoạt động vào ngày này."),
    Why.NO_PROGRAMME: N_("Sổ không ghi ngành, nghề và trình độ được hỏi cho ngày này."),
    Why.TEACH_OUT: N_("Ngày này nằm trong thời gian đào tạo nốt đã được ghi sau khi ngành, nghề dừng."),
    Why.ENROLMENT_STOPPED: N_("Sổ ghi cơ sở dừng tuyển sinh vào ngày này."),
    Why.ENROLMENT_NOT_STOPPED: N_("Sổ không ghi việc dừng tuyển sinh vào ngày này."),
    Why.DECLARED_COMPLETE: N_("Giấy chứng nhận và ngành, nghề của cơ sở đã được khai báo là đầy đủ cho ngày này."),
    Why.NOT_DECLARED_COMPLETE: N_("Chưa ai khai báo rằng hồ sơ của cơ sở cho ngày này là đầy đủ."),
    Why.OCCUPATION_NOT_CONSIDERED: N_(
        "Câu hỏi “hoạt động” không xét ngành, nghề. Về ngành, nghề, hãy hỏi tuyển sinh, đào tạo hoặc cấp bằng."
    ),
}
FAULT = {
    "missing": N_("phải có mã hoặc tên"),
    "too_long": N_("quá dài"),
    "control_character": N_("có ký tự điều khiển, không phải văn bản"),
    "unknown_value": N_("không phải giá trị dùng được"),
    "not_seven_digits": N_("phải là mã ngành, nghề gồm 7 chữ số"),
    "not_a_day": N_("phải là ngày có thật, dạng NĂM-THÁNG-NGÀY"),
    "needed_for_action": N_("cần có cho câu hỏi về đào tạo hoặc cấp bằng"),
    "not_text": N_("phải là văn bản"),
    "unknown_parameter": N_("không có tham số này"),
    "given_twice": N_("chỉ được cho một lần"),
    "not_a_release": N_("phải là số của một lần công bố"),
    "not_a_list": N_("phải là danh sách từ 1 đến 1000 câu hỏi"),
    "not_an_object": N_("phải là một đối tượng JSON"),
}
