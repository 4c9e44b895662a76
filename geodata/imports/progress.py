"""How far an import is, for whoever waits: `progress(step, done, total)`, steps named as in `STEPS`."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Progress = Callable[[str, int, int], None]
T = TypeVar("T")

STEPS = {
    "open_file": ("Mở tệp trong tiến trình cách ly", "Opening the file in a process of its own"),
    "read_rows": ("Đọc các dòng", "Reading rows"),
    "match": ("Đối chiếu với sổ đăng ký", "Matching with the register"),
    "compare": ("So sánh từng cơ sở", "Comparing institutions"),
    "compare_related": ("So sánh các trang khác", "Comparing the other sheets"),
    "store": ("Ghi bản xem trước", "Storing the preview"),
    "check_again": ("Kiểm tra sổ đăng ký có thay đổi không", "Looking whether the register moved on"),
    "write": ("Ghi thay đổi", "Writing the changes"),
    "derive": ("Tính lại tình trạng và số liệu", "Deriving states and figures"),
    "take_back": ("Trả lại như trước", "Saying again what was said before"),
}
"""Steps in the order of the work, in Vietnamese and English."""

EVERY = 500


def silent(_step: str, _done: int, _total: int) -> None:
    """Nobody waits."""


def told(items: Sequence[T], progress: Progress, step: str) -> Iterator[T]:
    """The items, told of every few hundred."""
    for at, item in enumerate(items):
        if at % EVERY == 0:
            progress(step, at, len(items))
        yield item
    if items:
        progress(step, len(items), len(items))
