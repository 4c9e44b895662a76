"""What the operations of the API do, in Vietnamese: (summary, description) by operation id."""

WORDS: dict[str, tuple[str, str]] = {
    "institutions": (
        "Tìm cơ sở",
        "Các cơ sở khớp mọi điều kiện: gần nhất trước khi có lat,lon (kèm `distance_m`), khớp nhất trước khi có "
        "q, còn lại theo tên; trong khung có hơn 500 địa điểm của sổ đăng ký trên 20.000 cơ sở thì theo vị trí, "
        "chỉ đếm khi có `count=exact`. Cơ sở chưa có tọa độ vẫn có trong kết quả với `geometry: null` và được đếm ở "
        "`withoutLocation`. Cơ sở đã giải thể, sáp nhập chỉ có khi hỏi theo `status` hoặc `identifier`.",
    ),
    "institution": (
        "Một cơ sở",
        "Mọi điều sổ đăng ký ghi về một cơ sở vào một ngày: tên, định danh, thuộc tính, địa điểm, giấy phép, "
        "ngành nghề, quan hệ và số liệu báo cáo, mỗi điều kèm thời gian hiệu lực và nguồn.",
    ),
    "institution_history": (
        "Lịch sử của một cơ sở",
        "Mỗi lần công bố đã làm thay đổi cơ sở, mới nhất trước: khi nào, bằng việc gì, theo nguồn và quyết định nào, "
        "từng thông tin trước và sau kèm thời gian hiệu lực. Không nêu tên cá nhân.",
    ),
    "clusters": (
        "Cơ sở gộp cho bản đồ",
        "Những gì bản đồ của một khung hiển thị ở một mức thu phóng: nhóm với số đếm chính xác hoặc từng cơ sở, "
        "tối đa 1.000 đối tượng; cơ sở chỉ biết đến tỉnh được gộp tại điểm của tỉnh.",
    ),
    "suggest": (
        "Gợi ý khi đang gõ",
        "Tối đa mười cơ sở, địa danh và ngành nghề, khớp nhất trước, kèm lý do khớp.",
    ),
    "pack": (
        "Một tỉnh mang theo",
        "Mọi thứ cần để tra cứu các cơ sở của một tỉnh khi không có mạng: bản ghi của từng cơ sở, ngành nghề và "
        "ranh giới.",
    ),
    "units": (
        "Đơn vị hành chính của một ngày",
        "Các đơn vị của một cấp vào một ngày, theo mã. Cấp huyện chỉ có đến 30/06/2025; hỏi sau ngày đó bị từ chối.",
    ),
    "unit": (
        "Một đơn vị hành chính",
        "Đơn vị với các cấp trên, nơi nó hình thành từ đó và nơi tiếp nhận đất của nó.",
    ),
    "boundaries": (
        "Ranh giới đơn vị hành chính",
        "Ranh giới theo mức chi tiết của một mức thu phóng, kèm chất lượng (xấp xỉ hoặc chính thức); luôn có "
        "Hoàng Sa và Trường Sa. Cấp xã, huyện hỏi theo từng tỉnh (`within`).",
    ),
    "indicators": (
        "Chỉ số",
        "Mọi chỉ số: định nghĩa, đơn vị, tử số và mẫu số, đối tượng áp dụng, văn bản và điều khoản.",
    ),
    "targets": (
        "Chỉ tiêu",
        "Mọi chỉ tiêu của các văn bản chính sách và của chuẩn pháp lý, kèm nguyên văn, văn bản và điều khoản.",
    ),
    "overlay": (
        "Mức sẵn sàng theo đơn vị hành chính",
        "Mỗi đơn vị của một cấp: giá trị, số có số liệu (n), số thuộc đối tượng (N), chỉ tiêu, chênh lệch, đạt "
        "hay chưa. Chưa ai báo cáo không bao giờ là 0; các dòng cộng lại bằng toàn bộ.",
    ),
    "overlay_change": (
        "Mức sẵn sàng thay đổi giữa hai năm",
        "Mỗi đơn vị của một cấp: giá trị của hai kỳ và hiệu của chúng; trống khi một kỳ chưa có số liệu.",
    ),
    "overlay_comparison": (
        "Hai năm hoặc hai chỉ số cạnh nhau",
        "Mỗi đơn vị của một cấp: giá trị của hai bên và hiệu của chúng, kèm cách tính và nguồn; tải được CSV, XLSX, "
        "bản kê mã SHA-256. Hiệu để trống khi một bên chưa có số liệu hoặc hai bên đo bằng đơn vị khác nhau.",
    ),
    "access": (
        "Khoảng cách từ từng xã",
        "Từ mỗi xã của ngày được hỏi: khoảng cách (km, đường chim bay) đến cơ sở đang hoạt động gần nhất đáp ứng "
        "điều kiện.",
    ),
    "what_if": (
        "Nếu giải thể, sáp nhập hoặc nâng cấp",
        "Cùng một câu hỏi trước và sau một thay đổi của mạng lưới: giải thể, sáp nhập hoặc nâng cấp cơ sở.",
    ),
    "reporting": (
        "Ai đã báo cáo, theo đơn vị",
        "Mỗi đơn vị của một cấp: số cơ sở phải báo cáo, đã báo cáo và chưa báo cáo của một kỳ.",
    ),
    "reporting_institutions": (
        "Các cơ sở đã hoặc chưa báo cáo",
        "Danh sách cơ sở đằng sau các số đếm, theo tên, của một đơn vị hoặc cả nước.",
    ),
    "reporting_duties": (
        "Nghĩa vụ báo cáo",
        "Ai phải báo cáo gì, trước ngày nào: theo Thông tư 38/2026, theo kế hoạch địa phương và theo kỳ thu thập "
        "của sổ.",
    ),
    "reporting_institutions_csv": (
        "Các cơ sở đã hoặc chưa báo cáo, dạng CSV",
        "Cùng danh sách dưới dạng bảng, không có liên hệ: nhắc ai, hạn nào.",
    ),
    "periodic_report_json": (
        "Báo cáo định kỳ của một tỉnh",
        "Cho Hệ thống thông tin báo cáo Chính phủ: mỗi chỉ số của một tỉnh trong một năm, với n trên N, chỉ tiêu, "
        "chênh lệch, ai đã báo cáo và nguồn. Chỉ gồm số liệu đã công bố; thiếu số liệu là null, không bao giờ là 0.",
    ),
    "periodic_report_xlsx": (
        "Báo cáo định kỳ dưới dạng bảng tính",
        "Cùng báo cáo dưới dạng XLSX: chỉ số và chỉ tiêu, tình hình báo cáo, nguồn. Ô trống là không có số liệu.",
    ),
    "periodic_report_schema": (
        "Lược đồ JSON của báo cáo định kỳ",
        "JSON Schema (bản 2020-12) của phiên bản 1. Các phiên bản 1.x chỉ thêm mục mới.",
    ),
    "institution_standard": (
        "Một cơ sở theo chuẩn pháp lý",
        "Thông tư 38/2026: sáu điều kiện và mười chỉ số của một năm số liệu, từng mục đạt, không đạt, thiếu số "
        "liệu hoặc không áp dụng.",
    ),
    "status": (
        "Tình trạng của sổ đăng ký",
        "Tình trạng dữ liệu, số và thời điểm công bố, số cơ sở vào ngày được hỏi, tuổi của dữ liệu.",
    ),
    "changes": (
        "Những thay đổi theo thứ tự",
        "Mỗi lần công bố và cơ sở một dòng: thêm, đổi hoặc bỏ (dấu xóa; định danh không bao giờ dùng lại). Hỏi "
        "lại với `cursor` của lần trước để chỉ nhận điều mới; không lặp, không sót khi sổ đang được ghi.",
    ),
    "changes_atom": (
        "Thay đổi mới nhất dạng Atom",
        "Một trăm thay đổi mới nhất dạng Atom (RFC 4287), lần công bố mới nhất trước; bản ghi bị bỏ là dấu xóa "
        "(RFC 6721).",
    ),
    "verify": (
        "Cơ sở có được phép không",
        "Một trong các câu trả lời cố định cho một cơ sở, hành vi, ngành nghề và ngày, kèm lý do, căn cứ và thời "
        "hạn. Câu hỏi đúng dạng luôn có câu trả lời.",
    ),
    "verify_many": (
        "Tối đa 1.000 câu hỏi một lần",
        "Cùng các câu trả lời, theo thứ tự câu hỏi, đều từ một lần công bố; câu hỏi sai dạng nhận câu trả lời "
        "`malformed`.",
    ),
    "audit_checkpoint": (
        "Trạng thái của nhật ký, có chữ ký",
        "Số lá của nhật ký minh bạch, gốc cây Merkle (RFC 6962) và đầu chuỗi băm, kèm chữ ký ES256.",
    ),
    "audit_inclusion": (
        "Chứng minh một điều có trong nhật ký",
        "Một lá của nhật ký và đường kiểm của nó (RFC 6962, 2.1.1) trong cây có `size` lá.",
    ),
    "audit_consistency": (
        "Chứng minh nhật ký chỉ dài thêm",
        "Nhật ký có `second` lá bắt đầu bằng nhật ký có `first` lá (RFC 6962, 2.1.2).",
    ),
    "offline_list_head": (
        "Danh sách toàn quốc mang theo: phần đầu có chữ ký",
        "Lần công bố, cỡ, mã băm và hạn dùng của danh sách mới nhất, kèm chữ ký ES256.",
    ),
    "offline_list": (
        "Danh sách toàn quốc của một lần công bố",
        "Các dòng JSON: nguồn và bản ghi của từng cơ sở, để xác minh khi không có mạng.",
    ),
    "offline_list_difference": (
        "Thay đổi của danh sách toàn quốc",
        "Các dòng mới hoặc đổi so với danh sách của lần công bố `base`, và các định danh không còn.",
    ),
}
