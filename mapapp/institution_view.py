"""An institution's page: what holds on the day asked about, since when, and where each statement comes from."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from flask import url_for

from geodata.records import Dated as Fact
from geodata.records import InstitutionRecord, LicenceRecord, ProgrammeRecord, RelationRecord
from mapapp import labels, wording
from mapapp.campus_view import campus_views, point_of
from mapapp.contact import contact_line
from mapapp.db import VIETNAM, session, today
from mapapp.home_view import boundaries_url
from mapapp.i18n import day, language, number, page_url
from mapapp.i18n import gettext as _
from mapapp.institution_parts import (
    CampusView,
    Dated,
    FactLine,
    InstitutionPage,
    LicenceView,
    ProgrammeGroup,
    ProgrammeView,
    Related,
)
from mapapp.json_ld import organisation
from mapapp.occupations_view import occupation_name
from mapapp.places import places_of
from mapapp.questions import external
from mapapp.readiness_view import readiness_rows
from mapapp.views import MapConfig

GENERAL = ("type", "ownership", "managing_body", "enrolment", "high_quality")
CONTACT = ("website", "telephone", "email")


def institution_page(found: InstitutionRecord) -> InstitutionPage:
    on = found.at.on
    campuses = campus_views(found, places_of(session(), found.campuses))
    english = next((name.value for name in found.names if name.kind == "english" and name.holds(on)), None)
    address = page_url("citizen.institution", id_or_code=found.id)
    return InstitutionPage(
        title=found.name,
        description=description(found, campuses),
        id=found.id,
        name=found.name,
        name_en=english,
        on_label=_("Tình trạng vào ngày %(date)s", date=day(on)),
        asked_for_another_day=on != today(),
        today_url=address if on != today() else None,
        type=found.type or "unknown",
        type_label=labels.label(labels.TYPE, found.type) if found.type else _("Chưa rõ loại cơ sở"),
        status=found.status,
        status_label=labels.label(labels.STATUS, found.status),
        status_text=labels.label(labels.STATUS_CONSEQUENCE, found.status),
        status_tone=labels.STATUS_TONE[found.status],
        enrolment_text=enrolment_text(found),
        data_status=found.data_status,
        data_status_label=labels.label(labels.DATA_STATUS, found.data_status),
        facts=attribute_lines(found, (*GENERAL, "status")),
        names=lines_of(found.names, labels.NAME_KIND, on),
        identifiers=lines_of(found.identifiers, labels.IDENTIFIER_SCHEME, on),
        contact=tuple(contact_line(line) for line in attribute_lines(found, CONTACT)),
        campuses=campuses,
        programme_groups=programme_groups(found),
        licences=tuple(licence_view(one, on) for one in reversed(found.licences)),
        completeness=tuple(dated("declared_by", one) for one in reversed(found.completeness) if one.holds(found.at.on)),
        predecessors=tuple(related(one, labels.RELATION_PREDECESSOR) for one in found.predecessors),
        successors=tuple(related(one, labels.RELATION_SUCCESSOR) for one in found.successors),
        readiness=readiness_rows(found.readiness),
        sources=tuple(map(wording.provenance, found.sources)),
        updated_label=_("Cập nhật lần cuối ngày %(date)s", date=day(found.updated_at.astimezone(VIETNAM).date())),
        nearby_url=nearby_url(campuses),
        api_url=url_for("api.institution", id_or_code=found.id),
        json_ld=organisation(found, campuses, english, external(address)),
        map=map_config(found, campuses),
    )


def description(found: InstitutionRecord, campuses: tuple[CampusView, ...]) -> str:
    place = campuses[0].place_label if campuses else None
    kind = labels.label(labels.TYPE, found.type) if found.type else None
    return ". ".join(filter(None, (found.name, kind, place, labels.label(labels.STATUS, found.status)))) + "."


def enrolment_text(found: InstitutionRecord) -> str | None:
    """A stop of enrolment, where it is recorded for an institution that is otherwise open."""
    enrolment = found.current("enrolment")
    if enrolment is None or enrolment.value != "stopped" or found.status != "active":
        return None
    return _("Cơ sở đã dừng tuyển sinh; việc đào tạo người đang học vẫn tiếp tục.")


def attribute_lines(found: InstitutionRecord, kinds: Iterable[str]) -> tuple[FactLine, ...]:
    """A line for each kind of attribute that the register says anything about."""
    lines = (
        fact_line(kind, labels.label(labels.ATTRIBUTE, kind), found.attributes[kind], found.at.on)
        for kind in kinds
        if kind in found.attributes
    )
    return tuple(lines)


def lines_of(facts: Iterable[Fact], vocabulary: dict[str, str], on: date) -> tuple[FactLine, ...]:
    """A line per kind of name or identifier, in the vocabulary's order."""
    by_kind = {kind: [fact for fact in facts if fact.kind == kind] for kind in vocabulary}
    return tuple(fact_line(kind, labels.label(vocabulary, kind), found, on) for kind, found in by_kind.items() if found)


def fact_line(kind: str, label: str, facts: Iterable[Fact], on: date) -> FactLine:
    """What holds on the day, with all other statements of the kind behind it, newest first."""
    newest_first = list(reversed(list(facts)))
    now = next((fact for fact in newest_first if fact.holds(on)), None)
    return FactLine(
        key=kind,
        label=label,
        value=value_text(kind, now.value) if now else _("Chưa rõ vào ngày này"),
        href=None,
        period=wording.period(now.valid_from, now.valid_to) if now else None,
        provenance=wording.provenance(now.provenance) if now else None,
        history=tuple(dated(kind, fact) for fact in newest_first if fact is not now),
    )


def dated(kind: str, fact: Fact) -> Dated:
    return Dated(
        value_text(kind, fact.value),
        wording.period(fact.valid_from, fact.valid_to),
        wording.provenance(fact.provenance),
    )


def value_text(kind: str, value: str) -> str:
    return labels.label(labels.OF_ATTRIBUTE[kind], value) if kind in labels.OF_ATTRIBUTE else value


def programme_groups(found: InstitutionRecord) -> tuple[ProgrammeGroup, ...]:
    """Programmes in force on the day, or still being taught out, by training level."""
    shown = [one for one in found.programmes if is_taught(one, found.at.on)]
    order = list(labels.TRAINING_LEVEL)
    ordered = sorted(shown, key=lambda one: (order.index(one.training_level), one.occupation_code))
    return tuple(
        ProgrammeGroup(
            level,
            labels.label(labels.TRAINING_LEVEL, level),
            tuple(programme_view(one, found) for one in programmes),
        )
        for level, programmes in groupby(ordered, key=lambda one: one.training_level)
    )


def is_taught(one: ProgrammeRecord, on: date) -> bool:
    ended = one.valid_to is not None and one.valid_to <= on
    taught_out = one.taught_out_until is not None and on < one.taught_out_until
    return (one.valid_from is None or one.valid_from <= on) and (not ended or taught_out)


def programme_view(one: ProgrammeRecord, found: InstitutionRecord) -> ProgrammeView:
    campus = next((campus for campus in found.campuses if campus.id == one.campus_id), None)
    licence = next((licence.number for licence in found.licences if licence.id == one.licence_id), None)
    return ProgrammeView(
        occupation_code=one.occupation_code,
        occupation_name=occupation_name(one.occupation_code, one.occupation_name),
        campus=(campus.name or campus.address) if campus else None,
        licence=licence,
        quota=None if one.quota is None else number(one.quota),
        period=wording.period(one.valid_from, one.valid_to),
        admission_label=admission_label(one, found),
        provenance=wording.provenance(one.provenance),
    )


def admission_label(one: ProgrammeRecord, found: InstitutionRecord) -> str | None:
    """Whether new learners are taken, where the register knows."""
    if one.valid_to is not None and one.valid_to <= found.at.on:
        return _("Chỉ đào tạo tiếp người đang học, đến %(date)s", date=day(one.taught_out_until))
    enrolment = found.current("enrolment")
    if found.status != "active" or (enrolment is not None and enrolment.value == "stopped"):
        return _("Không tuyển sinh")
    return None


def licence_view(one: LicenceRecord, on: date) -> LicenceView:
    return LicenceView(
        number=one.number,
        issued_label=_("cấp ngày %(date)s", date=day(one.issued_on)) if one.issued_on else None,
        issuer=one.issuer,
        period=wording.period(one.valid_from, one.valid_to),
        in_force=(one.valid_from is None or one.valid_from <= on) and (one.valid_to is None or on < one.valid_to),
        provenance=wording.provenance(one.provenance),
    )


def related(one: RelationRecord, kinds: dict[str, str]) -> Related:
    return Related(
        url=page_url("citizen.institution", id_or_code=one.institution_id),
        title=one.name,
        kind_label=labels.label(kinds, one.kind),
        period=wording.period(one.effective_on, None),
        provenance=wording.provenance(one.provenance),
    )


def nearby_url(campuses: tuple[CampusView, ...]) -> str | None:
    point = point_of(campuses)
    return page_url("citizen.nearby", lon=point[0], lat=point[1]) if point else None


def map_config(found: InstitutionRecord, campuses: tuple[CampusView, ...]) -> MapConfig | None:
    """A map of the campuses that have a point; None where there is none."""
    points = tuple(
        {
            "id": campus.id,
            "lon": campus.lon,
            "lat": campus.lat,
            "label": campus.name or campus.kind_label,
            "approximate": campus.approximate,
            "type": found.type,
        }
        for campus in campuses
        if campus.lon is not None
    )
    if not points:
        return None
    return MapConfig(
        clusters_url=page_url("api.clusters"),
        boundaries_url=boundaries_url(),
        institution_url=page_url("citizen.institution", id_or_code="ID").replace("ID", "{id}"),
        filters={},
        origin=point_of(campuses),
        points=points,
        lang=language(),
    )
