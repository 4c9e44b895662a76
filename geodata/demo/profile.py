"""Attributes and identifiers of illustrative institutions, each with the days on which it held."""

import numpy as np

from geodata.demo.cohort import OWNERSHIPS, PUBLIC, TYPES, Cohort, Fate, Kind
from geodata.demo.places import Places
from geodata.demo.rows import NEVER, Days, Flags, Rows, Words, day, day_texts, later, no_days
from geodata.vocabulary import AttributeKind, Enrolment, HighQuality, IdentifierScheme, Status

ATTRIBUTE_COLUMNS = ("institution_id", "kind", "value", "valid_from", "valid_to", "decision_id")
IDENTIFIER_COLUMNS = ("institution_id", "scheme", "value", "valid_from", "valid_to", "decision_id")

TRANSFER = day("2025-03-01")
"""State management of vocational education went from the ministry of labour to the ministry of education."""
NEW_PROVINCES = day("2025-07-01")

CODE_PREFIX = ("MH.CD", "MH.TC", "MH.TT", "MH.TX", "MH.TN")
"""Illustrative codes by kind; no real scheme begins so."""
E_ID_PREFIX = "Z99.MH"
"""Outside Decision 20/2020/QĐ-TTg, whose first group begins with A to Y."""

LABOUR, EDUCATION = "Bộ Lao động - Thương binh và Xã hội", "Bộ Giáo dục và Đào tạo"
OTHER_MINISTRIES = ("Bộ Công Thương", "Bộ Y tế", "Bộ Xây dựng", "Bộ Quốc phòng")
WITHOUT_CODE = 0.08
SHARED_CODE = 0.002


class _Attributes:
    """Collects attribute rows of chosen institutions."""

    def __init__(self, found: Cohort) -> None:
        self.found = found
        self.rows = Rows("institution_attribute", *ATTRIBUTE_COLUMNS)

    def add(self, kind: AttributeKind, who: Flags, values: Words | str, since: Days, until: Days) -> None:
        """Rows for those in `who` whose span of days is not empty."""
        empty = ~np.isnat(since) & ~np.isnat(until) & (since >= until)
        chosen = np.flatnonzero(who & ~empty)
        self.rows.add(
            len(chosen),
            institution_id=self.found.ids[chosen].tolist(),
            kind=kind.value,
            value=values if isinstance(values, str) else values[chosen].tolist(),
            valid_from=day_texts(since[chosen]),
            valid_to=day_texts(until[chosen]),
        )


def attribute_rows(chance: np.random.Generator, found: Cohort, places: Places, *, large: bool) -> Rows:
    """Type, ownership, status, enrolment, high quality, managing body, website.

    In a large dataset an open enrolment goes without saying, and a third have a managing body and a website: each
    attribute costs its share of the check that no two overlap.
    """
    to = _Attributes(found)
    everyone, never = np.full(len(found), True), no_days(len(found))
    types, changed = np.array([t.value for t in TYPES], dtype=object), found.kind != found.kind_before
    since = np.where(changed, found.changed_on, found.founded)
    to.add(AttributeKind.TYPE, changed, types[found.kind_before], found.founded, found.changed_on)
    to.add(AttributeKind.TYPE, everyone, types[found.kind], since, never)
    ownership = np.array([o.value for o in OWNERSHIPS], dtype=object)[found.ownership]
    to.add(AttributeKind.OWNERSHIP, everyone, ownership, found.founded, never)
    _statuses(to)
    _enrolment(to, told=not large)
    _high_quality(chance, to)
    _managing_bodies(chance, to, places, share=0.3 if large else 1.0)
    website = chance.random(len(found)) < (0.3 if large else 0.7)
    to.add(AttributeKind.WEBSITE, website, _websites(found), found.founded, never)
    return to.rows


def identifier_rows(chance: np.random.Generator, found: Cohort) -> Rows:
    """Codes, former codes, e-IDs; some institutions have no code and a few share one."""
    rows = Rows("identifier", *IDENTIFIER_COLUMNS)
    coded, changed = chance.random(len(found)) >= WITHOUT_CODE, found.kind != found.kind_before
    shared = np.flatnonzero(chance.random(len(found)) < SHARED_CODE)
    bearer = found.numbers.copy()
    bearer[shared] = bearer[np.maximum(shared - 1, 0)]
    now = _codes(found.kind[np.searchsorted(found.numbers, bearer)], bearer)
    since, never = np.where(changed, found.changed_on, found.founded), no_days(len(found))
    scheme = IdentifierScheme.CODE
    _identify(rows, found, scheme, coded & changed, _codes(found.kind_before, found.numbers), found.founded, since)
    _identify(rows, found, scheme, coded, now, since, never)
    named = (found.kind == Kind.COLLEGE) & (found.ownership == PUBLIC)
    e_ids = np.array([f"{E_ID_PREFIX}.{number:06d}" for number in found.numbers.tolist()], dtype=object)
    _identify(rows, found, IdentifierScheme.E_ID, named, e_ids, found.founded, never)
    return rows


def _codes(kinds: np.typing.NDArray[np.int64], numbers: np.typing.NDArray[np.int64]) -> Words:
    pairs = zip(kinds.tolist(), numbers.tolist(), strict=True)
    return np.array([f"{CODE_PREFIX[kind]}.{number:06d}" for kind, number in pairs], dtype=object)


def _identify(
    rows: Rows, found: Cohort, scheme: IdentifierScheme, who: Flags, values: Words, since: Days, until: Days
) -> None:
    chosen = np.flatnonzero(who)
    rows.add(
        len(chosen),
        institution_id=found.ids[chosen].tolist(),
        scheme=scheme.value,
        value=values[chosen].tolist(),
        valid_from=day_texts(since[chosen]),
        valid_to=day_texts(until[chosen]),
    )


def _statuses(to: _Attributes) -> None:
    found, status = to.found, AttributeKind.STATUS
    gone, suspended = ~np.isnat(found.gone_on), ~np.isnat(found.suspended_from)
    calm = ~gone & ~suspended
    to.add(status, calm, Status.ACTIVE.value, found.founded, no_days(len(found)))
    to.add(status, gone, Status.ACTIVE.value, found.founded, found.gone_on)
    end = np.where(found.merged, Status.MERGED.value, Status.CLOSED.value).astype(object)
    to.add(status, gone, end, found.gone_on, no_days(len(found)))
    to.add(status, suspended, Status.ACTIVE.value, found.founded, found.suspended_from)
    to.add(status, suspended, Status.SUSPENDED.value, found.suspended_from, found.suspended_to)
    again = ~np.isnat(found.suspended_to)
    to.add(status, again, Status.ACTIVE.value, found.suspended_to, no_days(len(found)))


def _enrolment(to: _Attributes, *, told: bool) -> None:
    """Stops and what follows them; where nothing was stopped, an open enrolment if it is to be `told`."""
    found, enrolment = to.found, AttributeKind.ENROLMENT
    stopped = ~np.isnat(found.stopped_from)
    to.add(enrolment, ~stopped & told, Enrolment.OPEN.value, found.founded, found.gone_on)
    to.add(enrolment, stopped, Enrolment.OPEN.value, found.founded, found.stopped_from)
    to.add(enrolment, stopped, Enrolment.STOPPED.value, found.stopped_from, found.stopped_to)
    again = ~np.isnat(found.stopped_to)
    to.add(enrolment, again, Enrolment.OPEN.value, found.stopped_to, no_days(len(found)))


def high_quality_days(found: Cohort) -> Days:
    """The day each institution was recognised as a high-quality school; NaT for those that are none.

    One public college in five, told from its number, so that reports can ask the same.
    """
    eligible = (found.kind == Kind.COLLEGE) & (found.ownership == PUBLIC) & (found.fate == Fate.STEADY)
    recognised = eligible & (found.numbers * 7 % 5 == 0)
    days: Days = np.where(recognised, day("2019-06-01") + (found.numbers * 37 % 1800), NEVER)
    return days


def _high_quality(chance: np.random.Generator, to: _Attributes) -> None:
    found, kind = to.found, AttributeKind.HIGH_QUALITY
    since, never = high_quality_days(found), no_days(len(found))
    to.add(kind, ~np.isnat(since), HighQuality.RECOGNISED.value, since, never)
    candidate = np.isnat(since) & (found.kind == Kind.COLLEGE) & (chance.random(len(found)) < 0.08)
    to.add(kind, candidate, HighQuality.CANDIDATE.value, found.founded, never)


def _managing_bodies(chance: np.random.Generator, to: _Attributes, places: Places, *, share: float) -> None:
    """The province's department, the ministry, or another ministry; the transfer and the new provinces show."""
    found, kind = to.found, AttributeKind.MANAGING_BODY
    national = np.isin(found.kind, (Kind.COLLEGE, Kind.INTERMEDIATE)) & (found.ownership == PUBLIC)
    draw = chance.random(len(found))
    ministry, other = national & (draw < 0.08), national & (draw > 0.82)
    local = ~ministry & ~other & (chance.random(len(found)) < share)
    start, never = found.founded, no_days(len(found))
    transfer, renamed = np.full(len(found), TRANSFER), np.full(len(found), NEW_PROVINCES)
    others = np.array(OTHER_MINISTRIES, dtype=object)[chance.integers(0, len(OTHER_MINISTRIES), len(found))]
    to.add(kind, other, others, start, never)
    to.add(kind, ministry, LABOUR, start, transfer)
    to.add(kind, ministry, EDUCATION, later(start, TRANSFER), never)
    was, now = places.former_province_full[found.place], places.province_full[found.place]
    same = was == now
    to.add(kind, local, _departments("Sở Lao động - Thương binh và Xã hội", was), start, transfer)
    to.add(kind, local & same, _departments("Sở Giáo dục và Đào tạo", now), later(start, TRANSFER), never)
    to.add(kind, local & ~same, _departments("Sở Giáo dục và Đào tạo", was), later(start, TRANSFER), renamed)
    to.add(kind, local & ~same, _departments("Sở Giáo dục và Đào tạo", now), later(start, NEW_PROVINCES), never)


def _departments(department: str, provinces: Words) -> Words:
    return np.array([f"{department} {name[0].lower()}{name[1:]}" for name in provinces.tolist()], dtype=object)


def _websites(found: Cohort) -> Words:
    codes = _codes(found.kind, found.numbers).tolist()
    return np.array([f"https://{code.lower().replace('.', '-')}.minh-hoa.example" for code in codes], dtype=object)
