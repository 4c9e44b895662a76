"""Licences, programmes and declarations of completeness of illustrative institutions."""

from dataclasses import dataclass

import numpy as np

from geodata import occupations
from geodata.demo.cohort import LAW_2026, Cohort, Kind
from geodata.demo.rows import NULL, Days, Flags, Ints, Rows, Words, day, day_texts, earlier, later
from geodata.vocabulary import TrainingLevel

LICENCE_COLUMNS = (
    *("institution_id", "licence_id", "number", "issued_on", "issuer", "valid_from", "valid_to", "decision_id"),
)
PROGRAMME_COLUMNS = (
    *("institution_id", "occupation_code", "occupation_name", "training_level", "campus_id", "licence_id", "quota"),
    *("taught_out_until", "valid_from", "valid_to", "decision_id"),
)
COMPLETENESS_COLUMNS = ("institution_id", "declared_by", "declared_on", "valid_from", "valid_to", "decision_id")

ISSUER = "Cơ quan đăng ký minh họa"
DECLARED_BY = "Đơn vị khai báo minh họa"
LAST_ISSUE = day("2025-12-15")
"""The dataset knows nothing that was signed later."""
ENDED_ON, TAUGHT_OUT = day("2024-09-01"), day("2026-09-01")

NOT_LICENSED = 0.03
SECOND_LICENCE = 0.3
DECLARED_COMPLETE = 0.45

PROGRAMMES = np.array([[5, 12], [3, 8], [2, 5], [2, 6], [3, 6]])
"""Fewest and (exclusive) most occupations per kind; in a large dataset FEW."""
FEW = np.array([[2, 5], [2, 4], [1, 3], [1, 3], [2, 4]])
COLLEGE_LEVEL = np.array([0.65, 0.0, 0.0, 0.0, 0.0])
ELEMENTARY_LEVEL = np.array([0.0, 0.0, 1.0, 0.7, 0.0])
IT_FIELD = "48"


@dataclass(frozen=True)
class Licences:
    """First and second licence of each institution of a chunk: days of issue, NaT without one."""

    first: Days
    second: Days


@dataclass(frozen=True)
class Offer:
    """What the chunk teaches: one row per institution, level and occupation."""

    institution: Ints
    occupation: Ints
    level: Words
    second: Flags

    def count(self, institutions: int, *, field: str = "") -> Ints:
        """Occupations per institution, of one field or of all."""
        wanted = np.array([code[1:].startswith(field) for code in _codes()])[self.occupation]
        return np.bincount(self.institution[wanted], minlength=institutions)


def licences(chance: np.random.Generator, found: Cohort, *, large: bool) -> Licences:
    """First licences from the registration of 2016 to 2019 or the foundation; second ones widen some offers.

    In a large dataset the first licence is of the day of foundation: fewer days on which an institution changes.
    """
    count = len(found)
    registered = day("2016-06-01") + chance.integers(0, 1200, count)
    first = np.where(large & ~np.isnat(found.founded), found.founded, later(registered, found.founded))
    first = np.where(first >= found.gone_on, found.gone_on - 200, first)
    first = np.where(chance.random(count) < NOT_LICENSED, np.datetime64("NaT"), first)
    second = day("2020-03-01") + chance.integers(0, 1600, count)
    kept = (chance.random(count) < SECOND_LICENCE) & (second > first) & ~(second >= found.gone_on) & (not large)
    return Licences(first, np.where(kept, second, np.datetime64("NaT")))


def licence_rows(found: Cohort, held: Licences) -> Rows:
    """The licences, valid until the institution is gone."""
    rows = Rows("licence", *LICENCE_COLUMNS)
    for number, mark, since in ((1, "", held.first), (2, "-BS", held.second)):
        chosen = np.flatnonzero(~np.isnat(since))
        years = since[chosen].astype("datetime64[Y]").astype(str).tolist()
        ids = found.ids[chosen].tolist()
        pairs = zip(found.numbers[chosen].tolist(), years, strict=True)
        rows.add(
            len(ids),
            institution_id=ids,
            licence_id=[f"{id_}-L{number}" for id_ in ids],
            number=[f"MH-{institution:06d}{mark}/{year}/GCNĐKHĐ" for institution, year in pairs],
            issued_on=day_texts(earlier(since[chosen], LAST_ISSUE)),
            issuer=ISSUER,
            valid_from=day_texts(since[chosen]),
            valid_to=day_texts(found.gone_on[chosen]),
        )
    return rows


def offer(chance: np.random.Generator, found: Cohort, held: Licences, *, large: bool) -> Offer:
    """Occupations at levels that fit the kind; popular ones more often; none without a licence."""
    low, high = (FEW if large else PROGRAMMES)[found.kind].T
    counts = np.where(np.isnat(held.first), 0, chance.integers(low, high))
    institution = np.repeat(np.arange(len(found)), counts)
    kind, draw = found.kind[institution], chance.random(len(institution))
    college = draw < COLLEGE_LEVEL[kind]
    occupation = _occupations(chance, college)
    level = np.where(college, TrainingLevel.COLLEGE.value, TrainingLevel.INTERMEDIATE.value)
    level = np.where(draw < ELEMENTARY_LEVEL[kind], TrainingLevel.ELEMENTARY.value, level).astype(object)
    second = ~np.isnat(held.second[institution]) & (chance.random(len(institution)) < 0.4)
    once = np.unique(institution * len(_codes()) + occupation, return_index=True)[1]
    return Offer(institution[once], occupation[once], level[once], second[once])


def programme_rows(chance: np.random.Generator, found: Cohort, held: Licences, taught: Offer) -> Rows:
    """The programmes with their days; ended ones mostly with a recorded teach-out."""
    rows = Rows("programme", *PROGRAMME_COLUMNS)
    who, count = taught.institution, len(taught.institution)
    since = np.where(taught.second, held.second[who], held.first[who])
    gone = found.gone_on[who]
    ended = np.isnat(gone) & (chance.random(count) < 0.05) & (since < ENDED_ON)
    until = np.where(ended, ENDED_ON, gone)
    over = np.where(ended, TAUGHT_OUT, np.where(chance.random(count) < 0.6, gone + 730, np.datetime64("NaT")))
    renewed = (found.kind[who] == Kind.HIGH_SCHOOL) & np.isnat(until)
    until = np.where(renewed, LAW_2026, until)
    over = np.where(renewed, LAW_2026 + 730, over)
    quota = chance.integers(4, 25, count) * 5
    chosen, all_ = np.flatnonzero(renewed), np.arange(count)
    _add(rows, found, taught, all_, taught.level, since, until, over, quota)
    high_school = np.full(count, TrainingLevel.VOCATIONAL_HIGH.value, dtype=object)
    nothing = np.full(count, np.datetime64("NaT", "D"))
    _add(rows, found, taught, chosen, high_school, np.full(count, LAW_2026), nothing, nothing, quota)
    return rows


def completeness_rows(chance: np.random.Generator, found: Cohort) -> Rows:
    """Who declared the record of licences and programmes complete, for the days since 2020."""
    rows = Rows("completeness_declaration", *COMPLETENESS_COLUMNS)
    chosen = np.flatnonzero(chance.random(len(found)) < DECLARED_COMPLETE)
    rows.add(
        len(chosen),
        institution_id=found.ids[chosen].tolist(),
        declared_by=DECLARED_BY,
        declared_on=str(LAST_ISSUE),
        valid_from="2020-01-01",
    )
    return rows


def _add(
    rows: Rows,
    found: Cohort,
    taught: Offer,
    chosen: Ints,
    level: Words,
    since: Days,
    until: Days,
    over: Days,
    quota: Ints,
) -> None:
    who = taught.institution[chosen]
    ids = found.ids[who].tolist()
    codes, names = _codes(), _names()
    second_campus = (found.campuses[who] > 1) & (taught.occupation[chosen] % 3 == 0)
    licence = np.where(taught.second[chosen], "L2", "L1").tolist()
    rows.add(
        len(ids),
        institution_id=ids,
        occupation_code=[codes[index] for index in taught.occupation[chosen].tolist()],
        occupation_name=[names[index] for index in taught.occupation[chosen].tolist()],
        training_level=level[chosen].tolist(),
        campus_id=[f"{id_}-2" if there else NULL for id_, there in zip(ids, second_campus.tolist(), strict=True)],
        licence_id=[f"{id_}-{licence_}" for id_, licence_ in zip(ids, licence, strict=True)],
        quota=[NULL if number > 110 else str(number) for number in quota[chosen].tolist()],
        taught_out_until=day_texts(over[chosen]),
        valid_from=day_texts(since[chosen]),
        valid_to=day_texts(until[chosen]),
    )


def _occupations(chance: np.random.Generator, college: Flags) -> Ints:
    """Indices of occupations: codes of cao đẳng where wanted, else of trung cấp, with a long tail of rare ones."""
    found = np.empty(len(college), dtype=np.int64)
    for wanted, first in ((True, "6"), (False, "5")):
        known = np.array([index for index, code in enumerate(_codes()) if code.startswith(first)])
        rank = np.random.default_rng(int(first)).permutation(len(known))
        weights = 1 / (rank + 4)
        here = college == wanted
        found[here] = known[chance.choice(len(known), int(here.sum()), p=weights / weights.sum())]
    return found


def _codes() -> tuple[str, ...]:
    return tuple(sorted(occupations.load().occupations))


def _names() -> tuple[str, ...]:
    known = occupations.load().occupations
    return tuple(known[code].name_vi for code in _codes())
