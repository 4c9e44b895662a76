"""The rows of the table: what is asked of the site, what a plausible answer is, what the database is asked instead."""

import json
from collections.abc import Sequence
from urllib.parse import urlencode

from scripts.benchmark.rows import GZIP, PLACES, Body, Check, Goal, Natural, Row
from scripts.benchmark.samples import SHOWN, Samples, begun, box_around, mistyped, telling_words
from scripts.benchmark.tiles import tile_rows

API = "/api/v1"


def rows(samples: Samples, *, indicators: Sequence[tuple[str, str]]) -> list[Row]:
    """All rows in the order of the table; `indicators` are (indicator, period) with figures."""
    return [
        *institution_rows(samples),
        *list_rows(samples),
        *map_rows(),
        *tile_rows(samples),
        *word_rows(samples),
        *unit_rows(indicators),
        *verify_rows(samples),
        *page_rows(samples),
    ]


# -- one institution ---------------------------------------------------------------------------------------------------


def institution_rows(samples: Samples) -> list[Row]:
    ids = tuple(f"{API}/institutions/{one.id}" for one in samples.institutions)
    codes = tuple(f"{API}/institutions/{one.code}" for one in samples.institutions if one.code)
    goals = (Goal("flask", 0.8, ("2k",)), Goal("flask", 0.45, ("1M",)), Goal("p99", 10, ("2k", "100k", "1M")))
    rule = f"{API}/institutions/<id_or_code>"
    return [
        Row("id", "one institution by id", ids, the_institution, rule, goals=goals),
        Row("code", "one institution by code", codes, the_institution, rule, goals=goals),
        Row("unchanged", "the same, unchanged (304)", ids[:400], the_institution, rule, unchanged=True),
    ]


def the_institution(path: str, body: Body) -> str | None:
    properties = json.loads(body)["properties"]
    asked = path.rpartition("/")[2]
    codes = [one["value"] for one in properties["identifiers"]]
    if asked not in (properties["id"], *codes):
        return f"the answer is about {properties['id']}"
    return None if properties["name"] and properties["campuses"] else "no name or no campus"


# -- lists -------------------------------------------------------------------------------------------------------------


def list_rows(samples: Samples) -> list[Row]:
    shown = SHOWN.format(on=samples.on)
    boxes = [box_around(lon, lat) for lon, lat in samples.city]
    city = tuple(f"{API}/institutions?{urlencode({'bbox': comma(box), 'limit': 100}, safe=',')}" for box in boxes)
    near = tuple(f"{API}/institutions?lat={lat:.5f}&lon={lon:.5f}&limit=10" for lon, lat in samples.points)
    rule = f"{API}/institutions"
    in_box = Natural(
        f"SELECT feature FROM institution_state AS state WHERE geom && (SELECT place::geometry FROM {PLACES}"
        f" WHERE number = :number) AND {shown} LIMIT 100",
        tuple(f"ST_MakeEnvelope({comma(box)}, 4326)" for box in boxes),
    )
    nearby = Natural(
        f"SELECT feature FROM institution_state AS state WHERE {shown}"
        f" ORDER BY geog <-> (SELECT place FROM {PLACES} WHERE number = :number) LIMIT 10",
        tuple(f"ST_SetSRID(ST_MakePoint({lon:.5f}, {lat:.5f}), 4326)" for lon, lat in samples.points),
    )
    large = ("1M",)
    return [
        Row("list", "list, first 20 by name", (f"{API}/institutions",), a_list(20), rule),
        Row(
            "bbox",
            "a dense city, 100 in a box",
            city,
            in_the_box,
            rule,
            natural=in_box,
            goals=(Goal("database", 0.55, large),),
        ),
        Row("bbox-gzip", "the same, compressed", city, in_the_box, rule, natural=in_box, headers=GZIP),
        Row("nearest", "nearest 10", near, nearest_first, rule, natural=nearby, goals=(Goal("database", 0.45, large),)),
    ]


def comma(numbers: Sequence[float]) -> str:
    return ",".join(map(str, numbers))


def a_list(expected: int) -> Check:
    def check(_path: str, body: Body) -> str | None:
        found = json.loads(body)
        number = len(found["features"])
        if number != min(expected, found.get("numberMatched", expected)) or number != found["numberReturned"]:
            return f"{number} features"
        return None if all(one["properties"]["name"] for one in found["features"]) else "a feature without a name"

    return check


def in_the_box(path: str, body: Body) -> str | None:
    west, south, east, north = map(float, path.partition("bbox=")[2].partition("&")[0].split(","))
    found = json.loads(body)
    for one in found["features"]:
        lon, lat = one["geometry"]["coordinates"]
        if not (west <= lon <= east and south <= lat <= north):
            return f"{one['id']} lies outside"
    return a_list(100)(path, body) if found["features"] else "nothing in the box"


def nearest_first(_path: str, body: Body) -> str | None:
    distances = [one["properties"]["distance_m"] for one in json.loads(body)["features"]]
    if distances != sorted(distances):
        return "not nearest first"
    return None if len(distances) == 10 and distances[0] < 1 else f"{len(distances)} features, {distances[:1]} m away"


# -- the map -----------------------------------------------------------------------------------------------------------


def map_rows() -> list[Row]:
    country = (f"{API}/clusters?bbox=102,6,118,23.6&zoom=5",)
    city = tuple(
        f"{API}/clusters?bbox={comma((west, south, round(west + 0.35, 3), round(south + 0.25, 3)))}&zoom=11"
        for west, south in ((105.7, 20.9), (105.75, 20.93), (106.5, 10.65), (106.55, 10.7), (108.05, 15.95))
    )
    rule = f"{API}/clusters"
    return [
        Row("clusters-country", "clusters of the whole country", country, gathered, rule),
        Row("clusters-city", "clusters of a city", city, gathered, rule),
    ]


def gathered(_path: str, body: Body) -> str | None:
    found = json.loads(body)
    total = sum(one["properties"].get("count", 1) for one in found["features"])
    if total != found["numberMatched"] or not total:
        return f"the features hold {total}, matched are {found['numberMatched']}"
    return None if len(found["features"]) <= 1000 else "more than 1,000 features"


# -- words -------------------------------------------------------------------------------------------------------------


def word_rows(samples: Samples) -> list[Row]:
    plain = asked({telling_words(one): one.id for one in samples.institutions})
    wrong = asked({mistyped(one): one.id for one in samples.institutions[:2_000]})
    typing = tuple(f"{API}/suggest?{urlencode({'q': begun(one)})}" for one in samples.institutions)
    rule = f"{API}/institutions"
    goals = (Goal("flask", 0.2, ("2k",)), Goal("nearest", 0.25, ("100k",)))
    return [
        Row("search", "search, without marks", plain, finds_something, rule, goals=goals),
        Row(
            "search-4",
            "the same, 4 clients",
            plain,
            finds_something,
            rule,
            connections=4,
            goals=(Goal("p99", 150, ("1M",)),),
        ),
        Row("search-typo", "search with a typing error", wrong, a_collection, rule),
        Row("suggest", "suggestions while typing", typing, suggests, f"{API}/suggest"),
    ]


def asked(words: dict[str, str]) -> tuple[str, ...]:
    return tuple(f"{API}/institutions?{urlencode({'q': q, 'limit': 20})}" for q in words)


def finds_something(path: str, body: Body) -> str | None:
    return None if json.loads(body)["features"] else f"nothing found for {path}"


def a_collection(_path: str, body: Body) -> str | None:
    found = json.loads(body)
    return None if len(found["features"]) == found["numberReturned"] else "numberReturned is wrong"


def suggests(_path: str, body: Body) -> str | None:
    return None if json.loads(body)["suggestions"] else "no suggestion"


# -- units, figures, answers -------------------------------------------------------------------------------------------


WITHIN = 1 / 1.5
"""Least rate of an overlay as a share of the bare SQL over the same stored figures: within one and a half times."""

STORED_FIGURES = (
    "SELECT province_code, sum(applicable), sum(reporting), sum(amount), sum(weight)"
    " FROM readiness_figure AS figure JOIN readiness_cell AS cell ON cell.id = figure.cell_id"
    " WHERE figure.period_id = '{period}' AND figure.indicator_id = '{indicator}' GROUP BY province_code"
)


def unit_rows(indicators: Sequence[tuple[str, str]]) -> list[Row]:
    overlays = tuple(
        f"{API}/overlays/{indicator}?level=province&period={period}&format=json" for indicator, period in indicators
    )
    rule = f"{API}/overlays/<indicator>"
    stored = tuple(STORED_FIGURES.format(indicator=indicator, period=period) for indicator, period in indicators)
    least = (Goal("flask", 0.1, ("1M",)), Goal("database", WITHIN, ("2k", "1M")))
    return [
        Row("units", "all provinces of today", (f"{API}/units?level=province",), provinces, f"{API}/units"),
        Row("overlay", "figures of all provinces", overlays, figures, rule, stored, goals=least),
        Row(
            "overlay-unchanged",
            "the same, unchanged (304)",
            overlays,
            figures,
            rule,
            unchanged=True,
            goals=(Goal("flask", 0.8, ("1M",)),),
        ),
    ]


def provinces(_path: str, body: Body) -> str | None:
    found = json.loads(body)["units"]
    return None if len(found) == 34 else f"{len(found)} provinces"


def figures(_path: str, body: Body) -> str | None:
    text = body.decode()
    return None if '"value"' in text and '"no_data"' in text else "no figures"


def verify_rows(samples: Samples) -> list[Row]:
    codes = [one.code for one in samples.institutions if one.code]
    paths = tuple(f"{API}/verify?code={code}&action=operate" for code in codes)
    rule, signed = f"{API}/verify", {"Accept": "application/jose"}
    fast, sure = (Goal("flask", 0.35, ("2k", "1M")),), (Goal("flask", 0.2, ("2k", "1M")),)
    tenfold = (Goal("verify-100", 0.1, ("2k", "100k", "1M")),)
    return [
        Row("verify", "is the institution authorised", paths, answers, rule, goals=fast),
        Row("verify-signed", "the same, signed (ES256)", paths, a_token, rule, headers=signed, goals=sure),
        Row("verify-100", "a hundred at once", batches(codes, 100), a_batch(100), rule),
        Row("verify-1000", "a thousand at once", batches(codes, 1000), a_batch(1000), rule, goals=tenfold),
    ]


def batches(codes: Sequence[str], size: int) -> tuple[str, ...]:
    """The codes in lists of that size; around twenty thousand questions in all, each list with others first."""
    starts = range(0, max(len(codes) - size, 1), max(size // 2, 1))
    lists = [[{"code": code} for code in codes[start : start + size]] for start in starts]
    full = [one for one in lists if len(one) == size] or [[{"code": codes[at % len(codes)]} for at in range(size)]]
    return tuple(f"{API}/verify\t{json.dumps(one, separators=(',', ':'))}" for one in full)


def a_batch(size: int) -> Check:
    def check(_path: str, body: Body) -> str | None:
        told = json.loads(body)["answers"]
        return None if len(told) == size and "authorised" in {one["answer"] for one in told} else f"{len(told)} answers"

    return check


def answers(_path: str, body: Body) -> str | None:
    answer = json.loads(body)["answer"]
    return None if answer in ("authorised", "suspended", "not_yet_open", "not_recorded", "not_authorised") else answer


def a_token(_path: str, body: Body) -> str | None:
    header, _, rest = body.partition(b".")
    return None if header.startswith(b"eyJ") and rest.count(b".") == 1 else "no compact JWS"


# -- pages -------------------------------------------------------------------------------------------------------------


def page_rows(samples: Samples) -> list[Row]:
    pages = tuple(f"/institutions/{one.id}" for one in samples.few)
    return [
        Row("home", "home page", ("/",), a_page, "/", headers=GZIP),
        Row("page", "page of an institution", pages, a_page, "/institutions/<id_or_code>", headers=GZIP),
    ]


def a_page(_path: str, body: Body) -> str | None:
    text = body.decode()
    return None if "<!doctype html" in text[:100].lower() and "</html>" in text and "<h1" in text else "no whole page"
