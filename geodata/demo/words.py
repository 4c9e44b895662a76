"""Words of the illustrative dataset. Every name carries "Minh họa" or "Illustrative"; none belongs to anyone."""

ILLUSTRATIVE_VI = "Minh họa"
ILLUSTRATIVE_EN = "Illustrative"

THEMES: tuple[tuple[str, str], ...] = (
    ("Hải Đăng", "Lighthouse"),
    ("Ánh Dương", "Sunlight"),
    ("Bình Minh", "Daybreak"),
    ("Sao Mai", "Morning Star"),
    ("Cánh Buồm", "Sail"),
    ("Hoa Ban", "Bauhinia"),
    ("Hoa Mai", "Apricot Blossom"),
    ("Trúc Xanh", "Green Bamboo"),
    ("Đồng Xanh", "Green Field"),
    ("Phù Sa", "Silt"),
    ("Sóng Biển", "Ocean Wave"),
    ("Đại Ngàn", "Great Forest"),
    ("Cầu Vồng", "Rainbow"),
    ("Ngọc Lan", "Magnolia"),
    ("Chim Én", "Swallow"),
    ("Bồ Câu", "Dove"),
    ("Tre Việt", "Viet Bamboo"),
    ("Lúa Vàng", "Golden Rice"),
    ("Thủy Tiên", "Narcissus"),
    ("Mây Trắng", "White Cloud"),
)
"""Invented names, Vietnamese and English."""

FIELDS: tuple[tuple[str, str], ...] = (
    ("", ""),
    ("Nghề", "Vocational"),
    ("Kỹ thuật", "Technical"),
    ("Công nghệ", "Technology"),
    ("Kinh tế - Kỹ thuật", "Economic and Technical"),
    ("Kỹ thuật Công nghệ", "Engineering and Technology"),
    ("Cơ điện", "Electromechanical"),
    ("Y tế", "Medical"),
    ("Du lịch", "Tourism"),
    ("Giao thông", "Transport"),
    ("Nông nghiệp", "Agricultural"),
    ("Xây dựng", "Construction"),
)
"""Fields that colleges and schools put into their names."""

POPULATION_THOUSANDS: dict[str, int] = {
    **{"01": 8587, "02": 899, "04": 547, "06": 327, "08": 812, "10": 782, "11": 646, "12": 489, "14": 1313},
    **{"15": 856, "17": 880, "19": 1351, "20": 807, "22": 1381, "24": 1922, "25": 1530, "26": 1211, "27": 1517},
    **{"30": 1957, "31": 2105, "33": 1302, "34": 1883, "35": 886, "36": 1888, "37": 1018, "38": 3740, "40": 3442},
    **{"42": 1324, "44": 919, "45": 655, "46": 1166, "48": 1245, "49": 1526, "51": 1248, "52": 1507, "54": 877},
    **{"56": 1260, "58": 601, "60": 1258, "62": 591, "64": 1614, "66": 1931, "67": 681, "68": 1345, "70": 1045},
    **{"72": 1194, "74": 2823, "75": 3310, "77": 1187, "79": 9457, "80": 1743, "82": 1790, "83": 1299, "84": 1019},
    **{"86": 1029, "87": 1600, "89": 1906, "91": 1756, "92": 1259, "93": 729, "94": 1199, "95": 925, "96": 1208},
}
"""Old province code → inhabitants in thousands, rounded, about 2023: weights for a plausible spread, not statistics."""
