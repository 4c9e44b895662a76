"""Values of the registry in the words of the template and in English, for what findings tell the register says."""

VOCABULARIES: dict[str, dict[str, tuple[str, str]]] = {
    "type": {
        "college": ("trường cao đẳng", "college"),
        "intermediate_school": ("trường trung cấp", "intermediate school"),
        "vocational_high_school": ("trường trung học nghề", "vocational high school"),
        "vocational_centre": ("trung tâm GDNN", "vocational education centre"),
        "vocational_continuing_centre": ("trung tâm GDNN-GDTX", "vocational and continuing education centre"),
    },
    "ownership": {
        "public": ("công lập", "public"),
        "private": ("tư thục", "private"),
        "foreign_invested": ("có vốn đầu tư nước ngoài", "foreign-invested"),
        "unknown": ("chưa rõ", "not known"),
    },
    "status": {
        "active": ("đang hoạt động", "active"),
        "suspended": ("đình chỉ hoạt động", "suspended"),
        "closed": ("đã đóng cửa", "closed"),
        "merged": ("đã sáp nhập", "merged"),
    },
    "enrolment": {"open": ("đang tuyển sinh", "enrolling"), "stopped": ("dừng tuyển sinh", "enrolment stopped")},
    "high_quality": {
        "recognised": ("đã công nhận", "recognised"),
        "candidate": ("đang xây dựng", "candidate"),
        "none": ("không", "none"),
    },
}
"""{kind of attribute: {value: (Vietnamese, English)}}"""


def in_words(value: str, kind: str, language: str) -> str:
    """The value as people read it; itself where it is no value of such a vocabulary."""
    vietnamese, english = VOCABULARIES.get(kind, {}).get(value, (value, value))
    return english if language == "en" else vietnamese
