"""The links under which a page offers its view to take away."""

from collections.abc import Sequence
from dataclasses import dataclass

from geodata.overlays import Overlay
from mapapp.exports import address
from mapapp.i18n import N_, language
from mapapp.i18n import gettext as _

FOR_READING = (
    ("pdf", "a4", N_("PDF khổ A4")),
    ("pdf", "a3", N_("PDF khổ A3")),
    ("html", None, N_("Bản đồ HTML, không cần mạng")),
)
FOR_WORKING = (
    ("xlsx", "Excel (XLSX)"),
    ("csv", "CSV"),
    ("gpkg", N_("GeoPackage, có ranh giới")),
    ("geojson", N_("GeoJSON, có ranh giới")),
    (None, "JSON (API)"),
)
TOGETHER = (("zip", N_("Tất cả trong một tệp ZIP")), ("manifest", N_("Bản kê, mã SHA-256")))


@dataclass(frozen=True)
class Download:
    """`label` is finished; `url` gives the file."""

    label: str
    url: str


@dataclass(frozen=True)
class DownloadGroup:
    label: str
    links: tuple[Download, ...]


def downloads(overlay: Overlay, layers: Sequence[str] = ()) -> tuple[DownloadGroup, ...]:
    """Every format of the view, by what it is for; all of them say release, vintage, period, target, filters and the
    types of institutions above it."""
    lang = language()
    reading = [
        (_(text), address.of_values(overlay, form, layers, lang=lang, **paper_of(paper)))
        for form, paper, text in FOR_READING
    ]
    working = [(_(text), address.of_values(overlay, form, layers)) for form, text in FOR_WORKING]
    together = [(_(text), address.of_values(overlay, form, layers, lang=lang)) for form, text in TOGETHER]
    named = ((_("Để xem và in"), reading), (_("Để tính toán"), working), (_("Trọn bộ"), together))
    return tuple(DownloadGroup(label, tuple(Download(*link) for link in links)) for label, links in named)


COMPARISON = (("csv", "CSV"), ("xlsx", "Excel (XLSX)"), (None, "JSON (API)"))


def comparison_downloads(one: Overlay, two: Overlay) -> tuple[DownloadGroup, ...]:
    """Every format of two overlays side by side."""
    working = tuple(Download(text, address.of_comparison(one, two, form)) for form, text in COMPARISON)
    together = tuple(Download(_(text), address.of_comparison(one, two, form)) for form, text in TOGETHER)
    return DownloadGroup(_("Để tính toán"), working), DownloadGroup(_("Trọn bộ"), together)


def paper_of(paper: str | None) -> dict[str, str]:
    return {"paper": paper} if paper else {}
