"""Coordinate reference systems that features come in (OGC API – Features Part 2), with the order of their axes."""

from dataclasses import dataclass

from geodata.errors import GeodataError

OGC = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


class UnknownSystem(GeodataError):
    """A coordinate reference system that is not offered."""


@dataclass(frozen=True)
class System:
    """`north_first`: the authority gives latitude (northing) before longitude (easting). `digits` after the point keep
    about a decimetre."""

    uri: str
    srid: int
    name: str
    north_first: bool
    digits: int

    @classmethod
    def named(cls, uri: str) -> "System":
        """By its URI, in https, URN or safe-CURIE form too. Raises `UnknownSystem`."""
        wanted = uri.strip().removeprefix("[").removesuffix("]").replace("https://", "http://", 1)
        if wanted.upper().startswith("URN:OGC:DEF:CRS:EPSG:") or wanted.upper().startswith("EPSG:"):
            wanted = EPSG + wanted.rsplit(":", 1)[1]
        if wanted.upper() in ("OGC:CRS84", "URN:OGC:DEF:CRS:OGC:1.3:CRS84", "URN:OGC:DEF:CRS:OGC::CRS84"):
            wanted = OGC
        for system in SYSTEMS:
            if system.uri == wanted:
                return system
        raise UnknownSystem(f"{uri[:200]!r} is not offered; choose one of: {', '.join(one.uri for one in SYSTEMS)}")


CRS84 = System(OGC, 4326, "WGS 84 (lon, lat)", north_first=False, digits=6)
SYSTEMS = (
    CRS84,
    System(f"{EPSG}4326", 4326, "WGS 84 (lat, lon)", north_first=True, digits=6),
    System(f"{EPSG}3857", 3857, "WGS 84 / Pseudo-Mercator", north_first=False, digits=1),
    System(f"{EPSG}4756", 4756, "VN-2000 (lat, lon)", north_first=True, digits=6),
    System(f"{EPSG}3405", 3405, "VN-2000 / UTM 48N", north_first=False, digits=1),
    System(f"{EPSG}3406", 3406, "VN-2000 / UTM 49N", north_first=False, digits=1),
)
