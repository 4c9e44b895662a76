"""Deriving `institution_state` from the facts, set by set, for one institution or a million.

A *span* is a stretch of days in which no fact shown about an institution changes. The first official name, type,
ownership and campus also stand for the days before they are known, so that a school which opens next year has a name
today; the last ones stand for the days after. A status does not reach back: before the first one an institution is
`not_yet_open`.
"""

from collections.abc import Collection, Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

BULK = 10_000
"""From this many institutions on, fresh statistics on the spans pay for themselves."""

BATCH = 20_000
"""So many institutions are derived at once: their joins and sorts stay in memory."""

NEIGHBOURS = """
    SELECT institution_id
    FROM institution_name
    LEFT JOIN (SELECT institution_id, geom FROM campus WHERE release_to IS NULL) AS site USING (institution_id)
    WHERE release_to IS NULL AND kind = 'official' AND {chosen}
    GROUP BY institution_id
    ORDER BY min(ST_GeoHash(geom)) NULLS LAST, institution_id
"""

REACHING = """
    SELECT *,
        CASE WHEN {backwards} AND lag(1) OVER sequence IS NULL THEN '-infinity'
            ELSE coalesce(valid_from, '-infinity') END::date AS starts,
        CASE WHEN {forwards} AND lead(1) OVER sequence IS NULL THEN 'infinity'
            ELSE coalesce(valid_to, 'infinity') END::date AS ends
    FROM {table}
    WHERE release_to IS NULL AND {chosen}
    WINDOW sequence AS (PARTITION BY {identity} ORDER BY valid_from NULLS FIRST)
"""

PLAIN = """
    SELECT *, coalesce(valid_from, '-infinity')::date AS starts, coalesce(valid_to, 'infinity')::date AS ends
    FROM {table}
    WHERE release_to IS NULL AND {chosen}
"""

SPANS = """
    CREATE TEMPORARY TABLE span ON COMMIT DROP AS
    WITH day AS (
        SELECT institution_id, '-infinity'::date AS day FROM span_name
        UNION SELECT institution_id, starts FROM span_name UNION SELECT institution_id, ends FROM span_name
        UNION SELECT institution_id, starts FROM span_attribute WHERE kind <> 'managing_body'
        UNION SELECT institution_id, ends FROM span_attribute WHERE kind <> 'managing_body'
        UNION SELECT institution_id, starts FROM span_campus UNION SELECT institution_id, ends FROM span_campus
        UNION SELECT institution_id, starts FROM span_programme UNION SELECT institution_id, ends FROM span_programme
        UNION SELECT institution_id, starts FROM span_identifier UNION SELECT institution_id, ends FROM span_identifier
    )
    SELECT institution_id, day AS starts,
        coalesce(lead(day) OVER (PARTITION BY institution_id ORDER BY day), 'infinity'::date) AS ends
    FROM day
    WHERE day < 'infinity' AND institution_id IN (SELECT institution_id FROM span_name WHERE kind = 'official')
"""

PLACES = """
    CREATE TEMPORARY TABLE span_place ON COMMIT DROP AS
    SELECT DISTINCT ON (code, is_former) key, code, is_former, name, folded
    FROM (SELECT *, valid_from < date '2025-07-01' AS is_former FROM administrative_unit) AS unit
    ORDER BY code, is_former, valid_from DESC
"""

STATES = """
    INSERT INTO institution_state (
        institution_id, campus_id, is_main, valid_from, valid_to, release_from, name, name_folded, search_text,
        place_text, type, ownership, status, data_status, training_levels, occupations, identifiers,
        province_code, commune_code, former_province_code, former_district_code, former_commune_code,
        location_precision, geom, feature)
    WITH naming AS (
        SELECT span.institution_id, span.starts,
            max(name.text) FILTER (WHERE kind = 'official' AND now) AS official,
            max(name.folded) FILTER (WHERE kind = 'official' AND now) AS folded,
            max(name.text) FILTER (WHERE kind = 'english' AND now) AS english,
            max(name.text) FILTER (WHERE kind = 'short' AND now) AS short,
            coalesce(jsonb_agg(name.text ORDER BY name.starts)
                FILTER (WHERE kind = 'official' AND name.ends <= span.starts), '[]') AS former,
            string_agg(concat_ws(' ', CASE WHEN NOT (kind = 'official' AND now) THEN name.folded END, name.terms), ' '
                ORDER BY name.row_id) AS terms,
            array_agg(name.source_id) FILTER (WHERE now) AS sources
        FROM span JOIN span_name AS name USING (institution_id)
        CROSS JOIN LATERAL (SELECT name.starts <= span.starts AND name.ends > span.starts AS now) AS is_now
        WHERE name.starts <= span.starts
        GROUP BY span.institution_id, span.starts
    ), profile AS (
        SELECT span.institution_id, span.starts,
            max(value) FILTER (WHERE kind = 'type') AS type,
            max(value) FILTER (WHERE kind = 'ownership') AS ownership,
            max(value) FILTER (WHERE kind = 'status') AS status,
            max(value) FILTER (WHERE kind = 'enrolment') AS enrolment,
            max(value) FILTER (WHERE kind = 'high_quality') AS high_quality,
            max(value) FILTER (WHERE kind = 'website') AS website,
            array_agg(source_id) AS sources
        FROM span JOIN span_attribute AS fact USING (institution_id)
        WHERE fact.starts <= span.starts AND fact.ends > span.starts
        GROUP BY span.institution_id, span.starts
    ), teaching AS (
        SELECT span.institution_id, span.starts,
            array_agg(DISTINCT training_level) AS levels, array_agg(DISTINCT occupation_code) AS occupations
        FROM span JOIN span_programme AS fact USING (institution_id)
        WHERE fact.starts <= span.starts AND fact.ends > span.starts
        GROUP BY span.institution_id, span.starts
    ), identity AS (
        SELECT span.institution_id, span.starts, array_agg(DISTINCT value) AS known,
            coalesce(jsonb_agg(value ORDER BY value) FILTER (WHERE fact.ends > span.starts AND scheme = 'code'), '[]')
                AS codes
        FROM span JOIN span_identifier AS fact USING (institution_id)
        WHERE fact.starts <= span.starts
        GROUP BY span.institution_id, span.starts
    ), site AS (
        SELECT span.institution_id, span.starts, campus.campus_id, campus.kind, campus.name AS campus_name, address,
            campus.province_code, campus.commune_code, former_province_code, former_district_code, former_commune_code,
            location_precision, geom, campus.source_id,
            row_number() OVER (PARTITION BY span.institution_id, span.starts
                ORDER BY campus.kind <> 'main', campus.campus_id) = 1 AS is_main,
            province.name AS province, province.key AS province_key, commune.name AS commune,
            commune.key AS commune_key, former_province.name AS former_province,
            former_district.name AS former_district, former_commune.name AS former_commune,
            concat_ws(' ', commune.folded, province.folded, former_commune.folded, former_district.folded,
                former_province.folded) AS words
        FROM span
        JOIN span_campus AS campus ON campus.institution_id = span.institution_id
            AND campus.starts <= span.starts AND campus.ends > span.starts
        LEFT JOIN span_place AS province ON province.code = campus.province_code AND NOT province.is_former
        LEFT JOIN span_place AS commune ON commune.code = campus.commune_code AND NOT commune.is_former
        LEFT JOIN span_place AS former_province
            ON former_province.code = campus.former_province_code AND former_province.is_former
        LEFT JOIN span_place AS former_district
            ON former_district.code = campus.former_district_code AND former_district.is_former
        LEFT JOIN span_place AS former_commune
            ON former_commune.code = campus.former_commune_code AND former_commune.is_former
    ), whereabouts AS (
        SELECT institution_id, starts, count(*) AS campuses,
            string_agg(words, ' ' ORDER BY is_main DESC, campus_id) AS words
        FROM site GROUP BY institution_id, starts
    ), shown AS MATERIALIZED (
        SELECT span.institution_id, span.starts, span.ends, site.campus_id, coalesce(site.is_main, true) AS is_main,
            naming.official, naming.folded, naming.english, naming.short, naming.former,
            lower(concat_ws(' ', naming.terms, array_to_string(identity.known, ' '),
                regexp_replace(profile.website, '[^A-Za-z0-9]+', ' ', 'g'))) AS search_text,
            coalesce(whereabouts.words, '') AS place_text,
            profile.type, coalesce(profile.ownership, 'unknown') AS ownership,
            coalesce(profile.status, 'not_yet_open') AS status, profile.enrolment, profile.high_quality,
            profile.website,
            (SELECT CASE WHEN bool_or(data_status = 'illustrative') THEN 'illustrative'
                    WHEN bool_or(data_status = 'unverified') THEN 'unverified' ELSE 'official' END
                FROM source
                WHERE id = ANY (naming.sources || profile.sources || site.source_id)) AS data_status,
            coalesce(teaching.levels, '{}') AS levels, coalesce(teaching.occupations, '{}') AS occupations,
            coalesce(identity.known, '{}') AS known, coalesce(identity.codes, '[]') AS codes,
            site.campus_name, site.kind AS campus_kind, site.address, site.province_code, site.commune_code,
            site.former_province_code, site.former_district_code, site.former_commune_code, site.province,
            site.province_key, site.commune, site.commune_key, site.former_province, site.former_district,
            site.former_commune, coalesce(site.location_precision, 'none') AS location_precision, site.geom,
            coalesce(whereabouts.campuses, 0) AS campuses
        FROM span
        JOIN naming USING (institution_id, starts)
        LEFT JOIN profile USING (institution_id, starts)
        LEFT JOIN teaching USING (institution_id, starts)
        LEFT JOIN identity USING (institution_id, starts)
        LEFT JOIN whereabouts USING (institution_id, starts)
        LEFT JOIN site USING (institution_id, starts)
    )
    SELECT institution_id, campus_id, is_main, nullif(starts, '-infinity'), nullif(ends, 'infinity'), :release,
        official, folded, search_text, place_text, type, ownership, status, data_status, levels, occupations, known,
        province_code, commune_code, former_province_code, former_district_code, former_commune_code,
        location_precision, geom,
        json_build_object(
            'type', 'Feature', 'id', institution_id, 'geometry', ST_AsGeoJSON(geom, 6)::json,
            'properties', json_build_object(
                'id', institution_id, 'name', official, 'name_en', english, 'name_short', short, 'type', type,
                'ownership', ownership, 'status', status, 'enrolment', enrolment, 'high_quality', high_quality,
                'codes', codes, 'former_names', former,
                'campus', json_build_object('id', campus_id, 'kind', campus_kind, 'name', campus_name),
                'campuses', campuses, 'address', address,
                'province', CASE WHEN province_code IS NOT NULL THEN
                    json_build_object('code', province_code, 'key', province_key, 'name', province) END,
                'commune', CASE WHEN commune_code IS NOT NULL THEN
                    json_build_object('code', commune_code, 'key', commune_key, 'name', commune) END,
                'former_place', CASE WHEN former_province_code IS NOT NULL THEN json_build_object(
                    'province', former_province, 'district', former_district, 'commune', former_commune) END,
                'training_levels', levels, 'occupations_count', cardinality(occupations), 'website', website,
                'location_precision', location_precision,
                'approximate', location_precision NOT IN ('surveyed', 'address'), 'data_status', data_status
            ))::text
    FROM shown
    WHERE official IS NOT NULL
    ORDER BY ST_GeoHash(geom) NULLS LAST, institution_id
"""

CLOSE = "UPDATE institution_state SET release_to = :release WHERE release_to IS NULL AND {chosen}"

OF_THESE = "institution_id = ANY(:institutions)"

TEMPORARY = ("span", "span_name", "span_attribute", "span_programme", "span_identifier", "span_campus", "span_place")


def derive_states(session: Session, release: int, institutions: Collection[str] | None) -> None:
    """Close the open states of the institutions (None: of all) at `release` and derive new ones from the open facts.

    An institution without an open official name leaves the register: its states are closed and none follow.
    """
    chosen = "true" if institutions is None else OF_THESE
    touched = list(institutions or ())
    given = {"release": release, "institutions": touched}
    session.execute(text(CLOSE.format(chosen=chosen)), given)
    if institutions is not None and len(touched) <= BATCH:
        _derive(session, release, touched)
        return
    for batch in _neighbourhoods(session, chosen, given):
        _derive(session, release, batch)


def _neighbourhoods(session: Session, chosen: str, given: dict[str, object]) -> Iterator[list[str]]:
    """The named institutions in batches of neighbours, so that the rows of a place lie together in the table."""
    ordered = list(session.scalars(text(NEIGHBOURS.format(chosen=chosen)), given))
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]


def _derive(session: Session, release: int, institutions: list[str]) -> None:
    """New states of these institutions, whose earlier ones are closed."""
    given = {"release": release, "institutions": institutions}
    for table in TEMPORARY:
        session.execute(text(f"DROP TABLE IF EXISTS pg_temp.{table}"))
    for name, query in facts_in_reach(OF_THESE).items():
        session.execute(text(f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS {query}"), given)
    session.execute(text(PLACES))
    session.execute(text(SPANS))
    if len(institutions) < BULK:
        session.execute(text(STATES), given)
        return
    for table in TEMPORARY:
        session.execute(text(f"ANALYZE {table}"))
    session.execute(text("SET LOCAL work_mem = '128MB'"))
    session.execute(text(STATES), given)
    session.execute(text("SET LOCAL work_mem TO DEFAULT"))


def facts_in_reach(chosen: str) -> dict[str, str]:
    """The open facts with the days they stand for, as a query per temporary table."""
    official, main = "kind = 'official'", "kind = 'main'"
    return {
        "span_name": REACHING.format(
            table="institution_name",
            chosen=chosen,
            identity="institution_id, kind",
            backwards=official,
            forwards=official,
        ),
        "span_attribute": REACHING.format(
            table="institution_attribute",
            chosen=chosen,
            identity="institution_id, kind",
            backwards="kind IN ('type', 'ownership')",
            forwards="kind IN ('type', 'ownership', 'status')",
        ),
        "span_campus": REACHING.format(
            table="campus",
            chosen=chosen,
            identity=f"institution_id, CASE WHEN {main} THEN '' ELSE campus_id END",
            backwards=main,
            forwards=main,
        ),
        "span_programme": PLAIN.format(table="programme", chosen=chosen),
        "span_identifier": PLAIN.format(table="identifier", chosen=chosen),
    }
