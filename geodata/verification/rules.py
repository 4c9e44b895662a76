"""The decision itself: pure functions from the question, the day and the register's facts to an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from geodata.verification.answers import Answer, Candidate, Decision, Reason, Why
from geodata.verification.evidence import State, declaration, needs, teaching_out
from geodata.verification.facts import Edition, Match, Record, worst
from geodata.verification.question import Action, Question
from geodata.verification.standing import Standing, standing
from geodata.verification.succession import named, record_keepers, successors
from geodata.vocabulary import Status

Found = Sequence[Match] | None
"""Who is known by what was asked for; None: it was not asked."""


def decide_from(
    question: Question,
    on: date,
    edition: Edition,
    by_code: Found,
    by_name: Found,
    records: Mapping[str, Record],
    *,
    max_age_days: int,
) -> Decision:
    """The answer, first that holds. `records` hold every institution matched and, transitively, its successors."""
    blank = Decision(question, on, edition.release, Answer.UNKNOWN_CODE, (), edition.data_status)
    if stale := staleness(edition, on, max_age_days):
        return replace(blank, answer=Answer.REGISTER_STALE, reasons=(Reason(stale),))
    matched = plausible(by_code, by_name, on)
    if not matched:
        disagree = bool(by_code) and bool(by_name)
        why = Why.CODE_AND_NAME_DISAGREE if disagree else Why.NOBODY_KNOWN_BY_THIS
        return replace(blank, reasons=(Reason(why),))
    if len(matched) > 1:
        return _ambiguous(blank, matched, records)
    ((institution, how),) = matched.items()
    return _of_one(replace(blank, matched=how), records[institution], records)


def staleness(edition: Edition, on: date, max_age_days: int) -> Why | None:
    """Whether the day lies too long after the publication for the release to tell."""
    if edition.published_on is None:
        return Why.NOTHING_PUBLISHED
    return Why.REGISTER_TOO_OLD if on > edition.published_on + timedelta(days=max_age_days) else None


def plausible(by_code: Found, by_name: Found, on: date) -> dict[str, tuple[str, ...]]:
    """{registry id: by what it matched} of those who can be meant: whoever bears the code (and the name) on the day;
    where nobody does, whoever bore it before or bears it later."""
    if by_code is None or by_name is None:
        return _bearers(by_code or by_name or (), on)
    codes = {match.institution_id for match in by_code}
    names = {match.institution_id for match in by_name}
    both = codes & names
    found: dict[str, tuple[str, ...]] = {}
    for matches in (by_code, by_name):
        for institution, how in _bearers([match for match in matches if match.institution_id in both], on).items():
            found[institution] = tuple(dict.fromkeys((*found.get(institution, ()), *how)))
    return found


def _bearers(matches: Sequence[Match], on: date) -> dict[str, tuple[str, ...]]:
    of_the_day = [match for match in matches if match.holds(on)]
    found: dict[str, tuple[str, ...]] = {}
    for match in of_the_day or matches:
        found[match.institution_id] = tuple(dict.fromkeys((*found.get(match.institution_id, ()), match.by)))
    return dict(sorted(found.items()))


def _ambiguous(blank: Decision, matched: Mapping[str, tuple[str, ...]], records: Mapping[str, Record]) -> Decision:
    candidates = [Candidate(named(records[one], blank.on), how) for one, how in matched.items()]
    return replace(
        blank,
        answer=Answer.AMBIGUOUS,
        reasons=(Reason(Why.SEVERAL_INSTITUTIONS),),
        candidates=tuple(sorted(candidates, key=lambda one: (one.institution.name, one.institution.id))),
        data_status=worst(records[one].data_status for one in matched),
    )


def _of_one(blank: Decision, record: Record, records: Mapping[str, Record]) -> Decision:
    """The answer about one institution: how it stands first, then the evidence."""
    known = replace(blank, institution=named(record, blank.on), data_status=record.data_status)
    stands = standing(record, blank.on)
    match stands.status:
        case Status.NOT_YET_OPEN:
            return replace(known, answer=Answer.NOT_YET_OPEN, reasons=(Reason(Why.OPENS_LATER, stands.facts),))
        case Status.MERGED:
            return _merged(known, record, stands, records)
        case Status.CLOSED:
            return _gone(known, record, Answer.CLOSED, Reason(Why.CLOSED, stands.facts))
        case Status.SUSPENDED:
            return _gone(known, record, Answer.SUSPENDED, Reason(Why.SUSPENDED, stands.facts))
    return _weigh(known, record)


def _merged(known: Decision, record: Record, stands: Standing, records: Mapping[str, Record]) -> Decision:
    heirs = successors(record, known.on, records.__getitem__)
    why = Why.SUCCEEDED if heirs else Why.SUCCESSOR_NOT_RECORDED
    return replace(
        _gone(known, record, Answer.MERGED_INTO, Reason(why, stands.facts)),
        successors=heirs,
        records_held_by=record_keepers(record, known.on, records.__getitem__) if heirs else (),
        data_status=worst([record.data_status, *(records[heir.institution.id].data_status for heir in heirs)]),
    )


def _gone(known: Decision, record: Record, answer: Answer, reason: Reason) -> Decision:
    """An answer by the standing alone; a teach-out asked about is told as well, though it does not change it."""
    told = teaching_out(known.question, record, known.on) if known.question.action is Action.AWARD else []
    also = (Reason(Why.TEACH_OUT, tuple(told[:1])),) if told else ()
    return replace(known, answer=answer, reasons=(reason, *also))


def _weigh(known: Decision, record: Record) -> Decision:
    """Authorised where every need is met. What is missing counts against the institution only in a record declared
    complete for the day; what is uncertain never does."""
    findings = needs(known.question, record, known.on)
    reasons = [finding.reason for finding in findings]
    if known.question.action is Action.OPERATE and known.question.occupation:
        reasons.append(Reason(Why.OCCUPATION_NOT_CONSIDERED))
    if all(finding.state is State.MET for finding in findings):
        return replace(known, answer=Answer.AUTHORISED, reasons=tuple(reasons))
    declared = declaration(record, known.on)
    missing = any(finding.state is State.MISSING for finding in findings)
    against = missing and declared.why is Why.DECLARED_COMPLETE
    answer = Answer.NOT_AUTHORISED if against else Answer.NOT_RECORDED
    return replace(known, answer=answer, reasons=(*reasons, declared))
