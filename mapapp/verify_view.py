"""What the verification pages show: the question as typed, and the answer in plain words."""

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import segno
from babel.dates import format_datetime
from flask import url_for

from geodata.occupations import Occupation
from geodata.occupations import load as occupations
from geodata.suggestions import suggest
from geodata.verification import Action, Answer, Decision, Fact, Fault, Named, Question, Reason, Successor
from geodata.vocabulary import TrainingLevel
from mapapp import labels
from mapapp.db import VIETNAM, now, session
from mapapp.i18n import N_, day, language, page_url
from mapapp.i18n import gettext as _
from mapapp.questions import external
from mapapp.verdicts import ACTION, ANSWER, FAULT, MEANING, TONE, WHY
from mapapp.views import Link, Option
from mapapp.wording import period

FIELD = {
    "code": labels.IDENTIFIER_SCHEME["code"],
    "name": labels.NAME_KIND["official"],
    "action": N_("Việc cần xác minh"),
    "occupation": labels.FILTER["occupation"],
    "training_level": labels.FILTER["training_level"],
    "on": N_("Ngày"),
}
FACT = {
    "status": labels.ATTRIBUTE["status"],
    "enrolment": labels.ATTRIBUTE["enrolment"],
    "licence": N_("Giấy chứng nhận đăng ký hoạt động"),
    "programme": labels.FILTER["occupation"],
    "complete": N_("Hồ sơ đầy đủ theo khai báo của"),
}
MATCHED = {
    "code": labels.MATCHED["code"],
    "e_id": labels.MATCHED["code"],
    "licence": labels.MATCHED["licence"],
    "name": labels.MATCHED["name"],
    "id": labels.MATCHED["identifier"],
}


@dataclass(frozen=True)
class FactLine:
    label: str
    value: str
    period: str | None
    source: str


@dataclass(frozen=True)
class ReasonLine:
    text: str
    facts: tuple[FactLine, ...]


@dataclass(frozen=True)
class School:
    """An institution in the answer; `url` leads to its page or asks the question about it."""

    name: str
    detail: str | None
    url: str


@dataclass(frozen=True)
class Sheet:
    """The answer as a sheet of paper: everything that it says, when it was said, where to say it again."""

    tone: str
    icon: str
    answer: str
    label: str
    meaning: str
    question: str
    institution: School | None
    reasons: tuple[ReasonLine, ...]
    candidates: tuple[School, ...]
    successors: tuple[School, ...]
    keepers: tuple[School, ...]
    keepers_unknown: bool
    licences: tuple[str, ...]
    decisions: tuple[str, ...]
    similar: tuple[School, ...]
    age_label: str | None
    release_label: str
    data_status: str
    data_status_label: str
    evaluated_label: str
    expires_label: str
    address: str
    qr: str
    api_url: str
    signed_url: str


@dataclass(frozen=True)
class VerifyPage:
    """The form as it was filled in, faults in it, and the answer once there is one."""

    title: str
    description: str
    typed: Mapping[str, str]
    actions: tuple[Option, ...]
    levels: tuple[Option, ...]
    today: str
    faults: tuple[tuple[str, str], ...] = ()
    choices: tuple[Link, ...] = ()
    sheet: Sheet | None = None


@dataclass(frozen=True)
class SignaturePage:
    """How to check a signed answer; `examples` are (name, file name, what it needs, text)."""

    title: str
    description: str
    examples: tuple[tuple[str, str, str | None, str], ...]
    jwks_url: str


def verify_page(typed: Mapping[str, str], today: date, **found: Any) -> VerifyPage:
    return VerifyPage(
        title=_("Xác minh cơ sở giáo dục nghề nghiệp"),
        description=_(
            "Hỏi sổ đăng ký: một cơ sở có được phép hoạt động, tuyển sinh, đào tạo, cấp bằng vào một ngày không."
        ),
        typed=typed,
        actions=options({action.value: ACTION[action] for action in Action}, typed.get("action") or Action.OPERATE),
        levels=options(labels.TRAINING_LEVEL, typed.get("training_level", "")),
        today=today.isoformat(),
        **found,
    )


def options(texts: Mapping[str, str], chosen: str) -> tuple[Option, ...]:
    labelled = {value: _(text) for value, text in texts.items()}
    return tuple(Option(value, text[:1].upper() + text[1:], None, value == chosen) for value, text in labelled.items())


def fault_lines(faults: tuple[Fault, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (_(FIELD[fault.parameter]) if fault.parameter in FIELD else fault.parameter, _(FAULT[fault.code]))
        for fault in faults
    )


def meant(text: str, level: str) -> tuple[Occupation, ...]:
    """Occupations that typed words mean, at the level where one is chosen."""
    catalogue = occupations()
    words = [code for meaning in catalogue.meanings(text) if meaning.whole for code in meaning.codes]
    codes = dict.fromkeys([*(row.code for row in catalogue.named(text)), *words])
    rows = [row for code in codes if (row := catalogue.get(code))]
    at_level = [row for row in rows if row.training_level == level]
    return tuple(at_level if level in (TrainingLevel.COLLEGE, TrainingLevel.INTERMEDIATE) else rows)


def occupation_links(rows: tuple[Occupation, ...], typed: Mapping[str, str]) -> tuple[Link, ...]:
    """The question once for each occupation that can be meant."""
    return tuple(Link(_occupation(row.code), again(typed, occupation=row.code)) for row in rows[:12])


def again(typed: Mapping[str, str], **changes: str) -> str:
    """The page with the question as typed, some of it changed; empty fields are left out."""
    return page_url("verify.page", **{name: value for name, value in {**typed, **changes}.items() if value})


def sheet(decision: Decision, typed: Mapping[str, str], ttl_s: int, seen_at: datetime | None = None) -> Sheet:
    """The answer in plain words; `seen_at` where it comes from the disk, because the database is away."""
    answer, institution = decision.answer, decision.institution
    pinned = _pinned(decision)
    address = external(page_url("verify.page", **pinned))
    return Sheet(
        tone=TONE.get(answer, "plain"),
        icon=TONE.get(answer, "warning" if answer is Answer.AMBIGUOUS else "search"),
        answer=answer.value,
        label=_(ANSWER[answer]),
        meaning=_(MEANING[answer]),
        question=question_text(decision),
        institution=_school(institution, decision.on) if institution else None,
        reasons=tuple(_reason(reason, _names(decision)) for reason in decision.reasons),
        candidates=tuple(_candidate(one.institution, one.matched, typed) for one in decision.candidates),
        successors=tuple(_successor(one, decision.on) for one in decision.successors),
        keepers=tuple(_school(one, decision.on) for one in decision.records_held_by),
        keepers_unknown=bool(decision.successors) and not decision.records_held_by,
        licences=decision.licences,
        decisions=decision.decisions,
        similar=_similar(decision, typed) if answer is Answer.UNKNOWN_CODE and seen_at is None else (),
        age_label=_age(seen_at) if seen_at else None,
        release_label=_("Lần công bố %(release)s của sổ đăng ký", release=decision.release),
        data_status=decision.data_status,
        data_status_label=labels.label(labels.DATA_STATUS, decision.data_status),
        evaluated_label=_moment(now()),
        expires_label=_moment(now() + timedelta(seconds=ttl_s)),
        address=address,
        qr=_qr(address),
        api_url=url_for("verifier.verify", **pinned),
        signed_url=url_for("verifier.verify", **pinned, format="jws"),
    )


def _age(seen_at: datetime) -> str:
    return _("Cơ sở dữ liệu tạm thời không trả lời: đây là dữ liệu lúc %(time)s.", time=_moment(seen_at))


def question_text(decision: Decision) -> str:
    """The question as one sentence."""
    asked, institution = decision.question, decision.institution
    who = institution.name if institution else " – ".join(part for part in (asked.code, asked.name) if part)
    return _(
        "Vào ngày %(day)s, %(who)s có được phép %(action)s%(what)s không?",
        day=day(decision.on),
        who=who,
        action=_(ACTION[asked.action]),
        what=_what(asked),
    )


def _what(asked: Question) -> str:
    parts = []
    if asked.occupation:
        parts.append(_("ngành, nghề %(name)s", name=_occupation(asked.occupation)))
    if asked.training_level:
        parts.append(_("trình độ %(level)s", level=labels.label(labels.TRAINING_LEVEL, asked.training_level).lower()))
    return f" {', '.join(parts)}" if parts else ""


def _occupation(code: str) -> str:
    row = occupations().get(code)
    return f"{row.name_en if language() == 'en' else row.name_vi} ({code})" if row else code


def _pinned(decision: Decision) -> dict[str, Any]:
    """The question with its day and release written out, so that it gets this answer for ever."""
    asked = decision.question
    parts = {
        "code": asked.code,
        "name": asked.name,
        "action": asked.action.value,
        "occupation": asked.occupation,
        "training_level": asked.training_level,
        "on": decision.on.isoformat(),
        "release": decision.release,
    }
    return {name: value for name, value in parts.items() if value}


def _school(one: Named, on: date, detail: str | None = None) -> School:
    told = detail or ", ".join(one.codes) or None
    return School(one.name, told, page_url("citizen.institution", id_or_code=one.id, on=on.isoformat()))


def _successor(one: Successor, on: date) -> School:
    """A later institution with what happened, when, and whether it exists by itself on the day."""
    ended = None if one.continues else _("(nay cũng không còn tồn tại riêng)")
    parts = (_(labels.RELATION[one.kind]), period(one.effective_on, None), ended)
    return _school(one.institution, on, " ".join(part for part in parts if part))


def _candidate(one: Named, matched: tuple[str, ...], typed: Mapping[str, str]) -> School:
    """One of several; the link asks the same about this one alone."""
    why = ", ".join(labels.label(MATCHED, by) for by in matched)
    detail = " · ".join(part for part in (", ".join(one.codes), one.id, why) if part)
    return School(one.name, detail, again(typed, code=one.id, name=""))


def _similar(decision: Decision, typed: Mapping[str, str]) -> tuple[School, ...]:
    """Institutions whose names resemble what was typed; chosen by the person, never by us."""
    asked = decision.question
    found = suggest(session(), asked.name or asked.code, on=decision.on)
    return tuple(
        School(one.label, one.detail, again(typed, code=one.value, name=""))
        for one in found
        if one.kind == "institution"
    )[:5]


def _names(decision: Decision) -> dict[str, str]:
    """{registry id: name} of the successors, who stand in the facts by their ids."""
    return {one.institution.id: one.institution.name for one in decision.successors}


def _reason(reason: Reason, names: Mapping[str, str]) -> ReasonLine:
    return ReasonLine(_(WHY[reason.why]), tuple(_fact(fact, names) for fact in reason.facts))


def _fact(fact: Fact, names: Mapping[str, str]) -> FactLine:
    origin = fact.origin
    source = _("%(source)s, nhận ngày %(day)s", source=origin.source, day=day(origin.received_on))
    if origin.decision:
        source = _("%(source)s, quyết định %(number)s", source=source, number=origin.decision)
    label = labels.RELATION_SUCCESSOR.get(fact.kind) or FACT.get(fact.kind, fact.kind)
    return FactLine(_(label), names.get(fact.value) or _value(fact), period(fact.valid_from, fact.valid_to), source)


def _value(fact: Fact) -> str:
    if fact.kind == "status":
        return labels.label(labels.STATUS, fact.value)
    if fact.kind == "enrolment":
        return labels.label(labels.ENROLMENT, fact.value)
    if fact.kind == "programme":
        level = labels.label(labels.TRAINING_LEVEL, getattr(fact, "training_level", ""))
        until = getattr(fact, "taught_out_until", None)
        ending = _("đào tạo nốt trước ngày %(day)s", day=day(until)) if until else None
        return ", ".join(part for part in (_occupation(fact.value), level.lower(), ending) if part)
    return fact.value


def _moment(moment: datetime) -> str:
    local = moment.astimezone(VIETNAM)
    return _("%(time)s ngày %(day)s (giờ Việt Nam)", time=format_datetime(local, "HH:mm:ss"), day=day(local.date()))


def _qr(address: str) -> str:
    """The address as a QR code, an SVG picture in a data address."""
    drawing = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawing, kind="svg", scale=4, border=4, dark="#000", light="#fff")
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.getvalue()).decode()}"
