"""What each institution contributes to each figure of a period: the one piece of SQL that every readiness figure rests
on, whether it is stored with a release or summed on request.

An institution counts for a period when it existed on the period's last day (active or suspended), with the type,
standing and stored unit codes of that day. Its contribution to an indicator is an amount and a weight; both are NULL
where nothing usable was reported, which is never zero.
"""

from geodata.figures.measures import IT_FIELD

SAID = "{row}.release_from <= :release AND ({row}.release_to IS NULL OR {row}.release_to > :release)"
SAID_NOW = "{row}.release_to IS NULL"
HOLDS = "({row}.valid_from IS NULL OR {row}.valid_from <= {day}) AND ({row}.valid_to IS NULL OR {row}.valid_to > {day})"

STANDING = """
    SELECT period.id AS period_id, extract(year FROM period.ends_on) AS year, state.institution_id, state.type,
        state.ownership, standing.row_id IS NOT NULL AS high_quality, state.training_levels, state.province_code,
        state.commune_code, state.former_province_code, state.former_district_code, state.former_commune_code,
        EXISTS (SELECT FROM unnest(state.occupations) AS code WHERE substr(code, 2, 2) = '{it_field}') AS teaches_it
    FROM reporting_period AS period
    JOIN institution_state AS state ON {holds_state}
    LEFT JOIN institution_attribute AS standing ON standing.institution_id = state.institution_id
        AND standing.kind = 'high_quality' AND standing.value = 'recognised' AND {holds_standing} AND {said_standing}
    WHERE period.id = ANY(:periods) AND state.is_main AND state.status IN ('active', 'suspended') AND {said_state}
        AND {chosen}
"""

CONTRIBUTIONS = """
    measure AS (
        SELECT * FROM jsonb_to_recordset(CAST(:measures AS jsonb)) AS measure(
            id text, formula text, first_period int, types text[], ownerships text[], high_quality boolean,
            training_levels text[], it_only boolean, threshold numeric, above boolean, theme text,
            not_managed_by text[])
    ), spared AS (
        SELECT standing.institution_id, standing.period_id, measure.id AS indicator_id
        FROM measure JOIN standing ON standing.year >= measure.first_period
        JOIN reporting_period AS period ON period.id = standing.period_id
        JOIN institution_attribute AS body ON body.institution_id = standing.institution_id
            AND body.kind = 'managing_body' AND {holds_body} AND {said_body}
        WHERE measure.not_managed_by <> '{{}}' AND EXISTS (SELECT FROM unnest(measure.not_managed_by) AS ministry
            WHERE strpos(lower(normalize(body.value, NFC)), lower(ministry)) > 0)
    ), told AS (
        SELECT report.institution_id, report.period_id, figure.indicator_id, figure.value, figure.denominator,
            coalesce(figure.numerator, figure.value * figure.denominator / 100) AS numerator
        FROM report JOIN indicator_value AS figure ON figure.report_id = report.id
        WHERE report.institution_id IS NOT NULL AND report.period_id = ANY(:periods) AND figure.value IS NOT NULL
            AND figure.indicator_id IN (SELECT id FROM measure) AND {said_figure} AND {chosen_report}
    ), part AS (
        SELECT standing.institution_id, standing.period_id, measure.id AS indicator_id, measure.formula, measure.theme,
            CASE measure.formula
                WHEN 'ratio' THEN CASE WHEN told.denominator > 0 THEN told.numerator END
                WHEN 'yes' THEN (told.value > 0)::int
                ELSE CASE WHEN measure.threshold IS NULL THEN told.value > 0
                          WHEN measure.above THEN round(told.value, 2) > measure.threshold
                          ELSE round(told.value, 2) >= measure.threshold END::int
            END::numeric AS amount,
            CASE WHEN measure.formula = 'ratio' THEN nullif(told.denominator, 0)
                 WHEN told.value IS NOT NULL THEN 1 END::numeric AS weight
        FROM standing JOIN measure ON measure.formula IN ('ratio', 'yes', 'passes')
            AND standing.year >= measure.first_period AND standing.type = ANY (measure.types)
            AND standing.ownership = ANY (measure.ownerships) AND (standing.high_quality OR NOT measure.high_quality)
            AND (measure.training_levels = '{{}}' OR standing.training_levels && measure.training_levels)
        LEFT JOIN told ON told.institution_id = standing.institution_id AND told.period_id = standing.period_id
            AND told.indicator_id = measure.id
        WHERE (standing.teaches_it OR NOT measure.it_only OR told.denominator > 0)
            AND (standing.institution_id, standing.period_id, measure.id) NOT IN (SELECT * FROM spared)
    ), mark AS (
        SELECT institution_id, period_id, avg(CASE WHEN formula = 'ratio' THEN 100 * amount / weight
            ELSE 100 * amount END) AS mark
        FROM part WHERE theme IS NOT NULL AND EXISTS (SELECT FROM measure WHERE formula = 'score')
        GROUP BY institution_id, period_id, theme
    ), score AS (
        SELECT institution_id, period_id, CASE WHEN bool_and(mark IS NOT NULL) THEN round(avg(mark), 6) END AS points
        FROM mark GROUP BY institution_id, period_id
    ), verdict AS (
        SELECT institution_id, period_id,
            CASE WHEN bool_or(amount = 0) THEN 0 WHEN bool_and(amount = 1) AND count(*) = count(amount) THEN 1
            END::numeric AS passed
        FROM part WHERE formula = 'passes' AND EXISTS (SELECT FROM measure WHERE formula = 'verdict')
        GROUP BY institution_id, period_id
    ), contribution AS (
        SELECT institution_id, period_id, indicator_id, amount, weight FROM part WHERE indicator_id = ANY(:asked)
        UNION ALL
        SELECT score.institution_id, score.period_id, measure.id, points, CASE WHEN points IS NOT NULL THEN 1 END
        FROM score, measure WHERE measure.formula = 'score' AND measure.id = ANY(:asked)
        UNION ALL
        SELECT verdict.institution_id, verdict.period_id, measure.id, passed, CASE WHEN passed IS NOT NULL THEN 1 END
        FROM verdict, measure WHERE measure.formula = 'verdict' AND measure.id = ANY(:asked)
    )
"""


def standing(*, now: bool = False, chosen: str = "true") -> str:
    """A query of institutions per period, with what they were on its last day. `chosen` limits it by `state`."""
    said = SAID_NOW if now else SAID
    return STANDING.format(
        it_field=IT_FIELD,
        holds_state=HOLDS.format(row="state", day="period.ends_on"),
        holds_standing=HOLDS.format(row="standing", day="period.ends_on"),
        said_state=said.format(row="state"),
        said_standing=said.format(row="standing"),
        chosen=chosen,
    )


def contributions(*, now: bool = False, chosen: str = "true") -> str:
    """Common table expressions up to `contribution(institution_id, period_id, indicator_id, amount, weight)`, one row
    for each institution and indicator that applies to it. They read a relation `standing` as `standing()` gives it.

    Parameters: `:periods`, `:measures` (`measures.as_json`), `:asked` (indicator ids), `:release` unless `now`.
    `chosen` limits the reports read by `report`.
    """
    said = SAID_NOW if now else SAID
    return CONTRIBUTIONS.format(
        said_figure=said.format(row="figure"),
        said_body=said.format(row="body"),
        holds_body=HOLDS.format(row="body", day="period.ends_on"),
        chosen_report=chosen,
    )
