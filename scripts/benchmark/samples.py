"""What is asked about: drawn from the register itself, the same for the same register."""

import random
from dataclasses import dataclass
from datetime import date

import psycopg

from geodata.text import fold
from geodata.tiles.grid import QUAD_ZOOM, Tile

MOST = 20_000
"""More different questions than a worker can keep the answers of in its memory, few enough to be listed."""

MOST_PAGES = 400
CITY_BOX_DEGREES = (0.12, 0.08)
"""What a telephone or a small window shows of a city at zoom 12 (east-west, north-south)."""

SHOWN = """
    state.release_to IS NULL AND (state.valid_from IS NULL OR state.valid_from <= '{on}')
    AND (state.valid_to IS NULL OR state.valid_to > '{on}') AND state.status NOT IN ('closed', 'merged')
"""
"""The rows that a question about the day sees by default."""

INSTITUTIONS = """
    WITH shared AS MATERIALIZED (
        SELECT coalesce(array_agg(value), '{{}}') AS codes FROM (
            SELECT value FROM identifier GROUP BY value HAVING count(DISTINCT institution_id) > 1) AS several
    ), drawn AS MATERIALIZED (
        SELECT * FROM institution_state AS state WHERE is_main AND {shown} ORDER BY md5(institution_id) LIMIT {limit}
    )
    SELECT institution_id, ARRAY(SELECT code FROM unnest(identifiers) AS code WHERE code <> ALL (shared.codes)),
        name, name_folded, ST_X(geom), ST_Y(geom)
    FROM drawn CROSS JOIN shared ORDER BY md5(institution_id)
"""
"""With the identifiers that nobody else carries: a shared one is answered by a choice."""

DENSEST = """
    SELECT ST_X(geom), ST_Y(geom) FROM institution_state AS state
    WHERE {shown} AND geom IS NOT NULL AND province_code = (
        SELECT province_code FROM institution_state AS state WHERE is_main AND {shown} AND geom IS NOT NULL
        GROUP BY province_code ORDER BY count(*) DESC, province_code LIMIT 1)
    ORDER BY md5(institution_id || campus_id) LIMIT {limit}
"""

LIVE_ZOOM = 14
CELLS_OF_TILES = """
    SELECT cell FROM (SELECT DISTINCT quad >> {shift} AS cell FROM tile_point) AS tile ORDER BY md5(cell::text)
    LIMIT {limit}
"""
"""Morton codes of the tiles that hold somebody."""


@dataclass(frozen=True)
class Institution:
    """One that is shown today; `code` None where the register knows none."""

    id: str
    code: str | None
    name: str
    name_folded: str


@dataclass(frozen=True)
class Samples:
    """`points` and `city` are (lon, lat): of institutions all over the country, and of the densest province. `tiles`:
    streets where institutions are, all over the country, each as often as the other."""

    on: date
    institutions: tuple[Institution, ...]
    points: tuple[tuple[float, float], ...]
    city: tuple[tuple[float, float], ...]
    tiles: tuple[Tile, ...] = ()

    @property
    def few(self) -> tuple[Institution, ...]:
        return self.institutions[:MOST_PAGES]


def draw(connection: psycopg.Connection[tuple[object, ...]], on: date) -> Samples:
    shown = SHOWN.format(on=on)
    rows = connection.execute(INSTITUTIONS.format(shown=shown, limit=MOST).encode()).fetchall()
    city = connection.execute(DENSEST.format(shown=shown, limit=MOST).encode()).fetchall()
    cells = CELLS_OF_TILES.format(shift=2 * (QUAD_ZOOM - LIVE_ZOOM), limit=MOST)
    return Samples(
        on=on,
        institutions=tuple(
            Institution(str(id_), known_code(list(identifiers)), str(name), str(folded))  # type: ignore[call-overload]
            for id_, identifiers, name, folded, *_ in rows
        ),
        points=tuple((float(row[4]), float(row[5])) for row in rows if row[4] is not None),  # type: ignore[arg-type]
        city=tuple((float(lon), float(lat)) for lon, lat in city),  # type: ignore[arg-type]
        tiles=tuple(tile_of(int(cell)) for (cell,) in connection.execute(cells.encode())),  # type: ignore[call-overload]
    )


def tile_of(cell: int) -> Tile:
    """The tile of a Morton code at LIVE_ZOOM."""
    column, row = (sum((cell >> 2 * bit + of & 1) << bit for bit in range(LIVE_ZOOM)) for of in (0, 1))
    return Tile(LIVE_ZOOM, column, row)


def known_code(identifiers: list[str]) -> str | None:
    """A code rather than an e-ID (which starts with a letter and two digits)."""
    return next((one for one in identifiers if not one[1:3].isdigit()), None)


def box_around(lon: float, lat: float) -> tuple[float, float, float, float]:
    """West, south, east, north of a city view, as they are written into an address."""
    across, high = CITY_BOX_DEGREES[0] / 2, CITY_BOX_DEGREES[1] / 2
    west, south, east, north = lon - across, lat - high, lon + across, lat + high
    return round(west, 5), round(south, 5), round(east, 5), round(north, 5)


def telling_words(institution: Institution) -> str:
    """The last words of the name without marks, as people type them: "buu dien anh duong 12"."""
    return " ".join(institution.name_folded.split()[-4:])


def mistyped(institution: Institution) -> str:
    """The same with two neighbouring letters of the longest word swapped."""
    words = fold(institution.name).split()[-4:]
    longest = max(words, key=len)
    at = random.Random(institution.id).randrange(1, max(len(longest) - 2, 2))
    wrong = longest[:at] + longest[at + 1 : at + 2] + longest[at : at + 1] + longest[at + 2 :]
    return " ".join(wrong if word == longest else word for word in words)


def begun(institution: Institution) -> str:
    """What is in the box while the person still types."""
    words = institution.name.split()
    return " ".join(words[:-1])[: 8 + len(institution.id) % 10] if len(words) > 1 else words[0]
