"""Coordinates as departments write them: decimal commas, degrees-minutes-seconds, swapped, VN-2000 metres."""

import re
from dataclasses import dataclass
from functools import lru_cache

from geodata.geometry import VIETNAM, LonLat
from geodata.unit_names import squeeze

CENTRAL_MERIDIANS = {
    103.0: "Lai Châu, Điện Biên",
    104.0: "Sơn La",
    104.5: "Kiên Giang, Cà Mau",
    104.75: "Lào Cai, Yên Bái, Nghệ An, Phú Thọ, An Giang",
    105.0: "Thanh Hóa, Vĩnh Phúc, Hà Tây, Đồng Tháp, Cần Thơ, Bạc Liêu, Hậu Giang, Hà Nội, Ninh Bình, Hà Nam",
    105.5: "Hà Giang, Hải Dương, Hà Tĩnh, Bắc Ninh, Hưng Yên, Thái Bình, Nam Định, Tây Ninh, Vĩnh Long, Sóc Trăng, "
    "Trà Vinh",
    105.75: "Cao Bằng, Long An, Tiền Giang, Bến Tre, Hải Phòng, Hồ Chí Minh, Bình Dương",
    106.0: "Tuyên Quang, Hòa Bình, Quảng Bình",
    106.25: "Quảng Trị, Bình Phước",
    106.5: "Bắc Kạn, Thái Nguyên",
    107.0: "Bắc Giang, Thừa Thiên Huế, Huế",
    107.25: "Lạng Sơn",
    107.5: "Kon Tum",
    107.75: "Quảng Ninh, Đồng Nai, Bà Rịa - Vũng Tàu, Quảng Nam, Lâm Đồng, Đà Nẵng",
    108.0: "Quảng Ngãi",
    108.25: "Ninh Thuận, Khánh Hòa, Bình Định",
    108.5: "Đắk Lắk, Đắk Nông, Phú Yên, Gia Lai, Bình Thuận",
}
"""Central meridian of the 3° zone of each province before 01/07/2025 (Circular 973/2001/TT-TCĐC, appendix 2)."""

_VN2000_TO_WGS84 = "-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278"
"""Seven parameters of Decision 05/2007/QĐ-BTNMT, in the position-vector form that PROJ reads."""

_DMS = re.compile(
    r"""(?P<d>\d{1,3})\s*[°ºođ˚]\s*(?:(?P<m>\d{1,2}(?:[.,]\d+)?)\s*['’′‘]\s*)?"""
    r"""(?:(?P<s>\d{1,2}(?:[.,]\d+)?)\s*(?:["”″“]|''|’’)?\s*)?(?P<h>[NSEWBDĐ])?""",
    re.I,
)
_HEMISPHERES = re.compile(r"^[NSEWBĐ]\s*|\s*[NSEWBĐ]$", re.I)


@dataclass(frozen=True)
class Located:
    """A point, and what had to be assumed to read it: `swapped`, `vn2000:<meridian>`."""

    point: LonLat
    assumptions: tuple[str, ...] = ()


class NotCoordinates(ValueError):
    """Texts that are no coordinates."""


class OutsideVietnam(ValueError):
    """Coordinates that lie outside the extent of Vietnam."""


def located(lat: str, lon: str, *, province: str | None) -> Located:
    """The point in degrees on WGS 84; raises `NotCoordinates` or `OutsideVietnam`.

    `province` is the name of the former province: VN-2000 metres are read in its zone, which the answer states.
    """
    first, second = _degrees(lat), _degrees(lon)
    if min(abs(first), abs(second)) > 180:
        return _from_vn2000(first, second, province)
    if max(abs(first), abs(second)) > 180:
        raise NotCoordinates(f"{lat} {lon}")
    for point, assumptions in ((LonLat(second, first), ()), (LonLat(first, second), ("swapped",))):
        if in_vietnam(point):
            return Located(point, assumptions)
    raise OutsideVietnam


def pair(text: str) -> tuple[str, str]:
    """The halves of one cell: "20.42, 106.17", "20,42; 106,17", two readings in degrees; raises `NotCoordinates`."""
    degrees = [match[0] for match in _DMS.finditer(text)]
    if len(degrees) == 2:
        return degrees[0], degrees[1]
    bare = text.strip(" ()")
    halves = re.split(r"\s*[;|]\s*|,\s+|\s+", bare)
    if len(halves) != 2:
        halves = bare.split(",")
    if len(halves) == 4:  # both with a decimal comma
        halves = [",".join(halves[:2]), ",".join(halves[2:])]
    if len(halves) != 2:
        raise NotCoordinates(text)
    return halves[0], halves[1]


def in_vietnam(point: LonLat) -> bool:
    return VIETNAM.west <= point.lon <= VIETNAM.east and VIETNAM.south <= point.lat <= VIETNAM.north


def central_meridian(province: str) -> float | None:
    """Of the 3° zone in which the province keeps its maps."""
    wanted = squeeze(re.sub(r"^(tỉnh|thành phố)\s+", "", province, flags=re.I))
    for meridian, names in CENTRAL_MERIDIANS.items():
        if wanted in {squeeze(name) for name in names.split(", ")}:
            return meridian
    return None


def _degrees(text: str) -> float:
    match = _DMS.fullmatch(text.strip())
    if match:
        minutes, seconds = ((match[part] or "0").replace(",", ".") for part in "ms")
        return float(match["d"]) + float(minutes) / 60 + float(seconds) / 3600
    digits = re.sub(r"\s", "", _HEMISPHERES.sub("", text.strip().rstrip("°")))
    if re.fullmatch(r"\d{3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}", digits):
        digits = digits.replace(".", "")
    if not re.fullmatch(r"-?\d+([.,]\d+)?", digits):
        raise NotCoordinates(text)
    return float(digits.replace(",", "."))


def _from_vn2000(first: float, second: float, province: str | None) -> Located:
    """Northing and easting in either order: in Vietnam the northing (over 900 km) is the larger one by far."""
    northing, easting = max(first, second), min(first, second)
    meridian = central_meridian(province) if province else None
    if meridian is None or not (200_000 < easting < 800_000 and 800_000 < northing < 2_700_000):
        raise NotCoordinates(f"{first} {second}")
    lon, lat = _transformer(meridian).transform(easting, northing)
    point = LonLat(round(lon, 7), round(lat, 7))
    if not in_vietnam(point):
        raise OutsideVietnam
    return Located(point, (f"vn2000:{meridian:g}",))


@lru_cache(maxsize=32)
def _transformer(meridian: float):  # type: ignore[no-untyped-def]  # pyproj carries no types here
    from pyproj import Transformer

    vn2000 = (
        f"+proj=tmerc +lat_0=0 +lon_0={meridian} +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 "
        f"+towgs84={_VN2000_TO_WGS84} +units=m +no_defs"
    )
    return Transformer.from_crs(vn2000, "EPSG:4326", always_xy=True)
