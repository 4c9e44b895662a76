"""The closed vocabularies of the registry: values as they stand in the database, the API and the import files.

Vietnamese and English labels are the web's affair (`mapapp.labels`). Sources: laws 74/2014/QH13 and 124/2025/QH15 for
institution models; law 124/2025/QH15 for training levels; the contract of the public API for the rest.
"""

from enum import StrEnum


class InstitutionType(StrEnum):
    """Model of an institution; centres exist in all data from before 01/01/2026 and stay on the map."""

    COLLEGE = "college"
    INTERMEDIATE_SCHOOL = "intermediate_school"
    VOCATIONAL_HIGH_SCHOOL = "vocational_high_school"
    VOCATIONAL_CENTRE = "vocational_centre"
    VOCATIONAL_CONTINUING_CENTRE = "vocational_continuing_centre"


class Ownership(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"
    FOREIGN_INVESTED = "foreign_invested"
    UNKNOWN = "unknown"


class TrainingLevel(StrEnum):
    ELEMENTARY = "elementary"
    INTERMEDIATE = "intermediate"
    COLLEGE = "college"
    VOCATIONAL_HIGH = "vocational_high"


class Status(StrEnum):
    """State of an institution on a day; `not_yet_open` is derived (a day before its first recorded status)."""

    NOT_YET_OPEN = "not_yet_open"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    MERGED = "merged"


GONE = (Status.CLOSED, Status.MERGED)
"""Left out of lists unless asked for."""


class LocationPrecision(StrEnum):
    """How well a campus is placed, best first."""

    SURVEYED = "surveyed"
    ADDRESS = "address"
    COMMUNE = "commune"
    DISTRICT = "district"
    PROVINCE = "province"
    NONE = "none"


class UnitLevel(StrEnum):
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


class DataStatus(StrEnum):
    """What a record rests on; the whole of several is one of these or `mixed`."""

    ILLUSTRATIVE = "illustrative"
    UNVERIFIED = "unverified"
    OFFICIAL = "official"


class AttributeKind(StrEnum):
    """Single-valued facts about an institution, each with validity and source."""

    TYPE = "type"
    OWNERSHIP = "ownership"
    STATUS = "status"
    ENROLMENT = "enrolment"
    HIGH_QUALITY = "high_quality"
    MANAGING_BODY = "managing_body"
    WEBSITE = "website"
    TELEPHONE = "telephone"
    EMAIL = "email"


class Enrolment(StrEnum):
    OPEN = "open"
    STOPPED = "stopped"


class HighQuality(StrEnum):
    """High-quality-school status (trường chất lượng cao)."""

    RECOGNISED = "recognised"
    CANDIDATE = "candidate"
    NONE = "none"


class NameKind(StrEnum):
    OFFICIAL = "official"
    ENGLISH = "english"
    SHORT = "short"


class IdentifierScheme(StrEnum):
    """`code` mã cơ sở; `e_id` agency e-ID (Decision 20/2020/QĐ-TTg)."""

    CODE = "code"
    E_ID = "e_id"


class CampusKind(StrEnum):
    MAIN = "main"
    SITE = "site"
    BRANCH = "branch"


class RelationKind(StrEnum):
    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    ABSORB = "absorb"
    UPGRADE = "upgrade"


class SubjectKind(StrEnum):
    """Whom a readiness figure is about."""

    INSTITUTION = "institution"
    AUTHORITY = "authority"
    TERRITORY = "territory"


class ReportState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    PUBLISHED = "published"


class ReleaseKind(StrEnum):
    """What kind of act made a release."""

    DEMO = "demo"
    IMPORT = "import"
    UNDO = "undo"
    EDIT = "edit"


class RunState(StrEnum):
    STAGED = "staged"
    REFUSED = "refused"
    PUBLISHED = "published"
    UNDONE = "undone"


class RowOutcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class JobAct(StrEnum):
    """What is done to an import in the background; `recount` plans a staged run again over the register as it is."""

    STAGE = "stage"
    RECOUNT = "recount"
    PUBLISH = "publish"
    UNDO = "undo"


class JobState(StrEnum):
    """`refused` has a reason that the officer can mend; `failed` has not."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class ReviewVerdict(StrEnum):
    """What a person answered to "which of these?": one of them, a school new to the register, or not at all."""

    INSTITUTION = "institution"
    NEW = "new"
    REJECT = "reject"


class Role(StrEnum):
    """What a person is in this register; what each may do is `geodata.people.rights.ACTS`."""

    NATIONAL_STEWARD = "national_steward"
    PROVINCIAL_STEWARD = "provincial_steward"
    APPROVER = "approver"
    REPORTER = "reporter"
    AUDITOR = "auditor"


class PersonAct(StrEnum):
    """What a right may allow. `read_work`: see what is staged, proposed and reported before it is public."""

    READ_WORK = "read_work"
    STAGE = "stage"
    EDIT = "edit"
    PROPOSE = "propose"
    APPROVE = "approve"
    PUBLISH = "publish"
    REPORT = "report"
    APPROVE_REPORT = "approve_report"
    ANSWER_REPORTS = "answer_reports"
    REVIEW_CLIENTS = "review_clients"
    READ_AUDIT = "read_audit"
    MANAGE_USERS = "manage_users"
    MANAGE_REPORTERS = "manage_reporters"


class AccountStep(StrEnum):
    """What somebody did to another person's account."""

    CREATED = "created"
    INVITED = "invited"
    GRANTED = "granted"
    RIGHT_ENDED = "right_ended"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    SECOND_FACTOR_RESET = "second_factor_reset"
    SESSIONS_ENDED = "sessions_ended"


class SessionKind(StrEnum):
    """A browser that a person sits at, or a job that goes on in their name."""

    BROWSER = "browser"
    JOB = "job"


class SignInOutcome(StrEnum):
    """What became of an attempt to sign in, and what else happened at the door."""

    SIGNED_IN = "signed_in"
    REFUSED = "refused"
    LOCKED_OUT = "locked_out"
    SIGNED_OUT = "signed_out"
    INVITED = "invited"
    PASSWORD_SET = "password_set"  # noqa: S105  a word, no password
    SECOND_FACTOR_SET = "second_factor_set"
    RECOVERY_CODE_USED = "recovery_code_used"
    SESSION_REVOKED = "session_revoked"


class ClientState(StrEnum):
    REQUESTED = "requested"
    ACTIVE = "active"
    REVOKED = "revoked"


class ClientStep(StrEnum):
    """What was decided about a machine with a key. `refused`: its request; `revoked`: the key that it had."""

    APPROVED = "approved"
    REFUSED = "refused"
    ROTATED = "rotated"
    QUOTA_SET = "quota_set"
    REVOKED = "revoked"


class LogKind(StrEnum):
    """What a leaf of the transparency log stands for."""

    CHANGE = "change"
    RELEASE = "release"
    ANSWERS = "answers"
    KEY = "key"


class KeyEvent(StrEnum):
    """What became of a signing key."""

    PUBLISHED = "published"
    RETIRED = "retired"
    REVOKED = "revoked"


class BoundaryQuality(StrEnum):
    APPROXIMATE = "approximate"
    OFFICIAL = "official"


class MissedKind(StrEnum):
    """Where words were asked that found nothing."""

    SEARCH = "search"
    PLACE = "place"


class ReportedField(StrEnum):
    """What of an institution a citizen reports as wrong."""

    NAME = "name"
    IDENTIFIER = "identifier"
    TYPE = "type"
    OWNERSHIP = "ownership"
    STATUS = "status"
    MANAGING_BODY = "managing_body"
    ENROLMENT = "enrolment"
    HIGH_QUALITY = "high_quality"
    WEBSITE = "website"
    TELEPHONE = "telephone"
    EMAIL = "email"
    CAMPUS = "campus"
    PROGRAMME = "programme"
    LICENCE = "licence"
    RELATION = "relation"
    READINESS = "readiness"
    OTHER = "other"


class ErrorReportState(StrEnum):
    """What became of a citizen's report: `answered` explains, `accepted` leads to a correction, `rejected` does not."""

    NEW = "new"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class ProposalKind(StrEnum):
    """What is proposed: a file that was staged, an edit of one record, an act with a day of effect, or a report on a
    year."""

    IMPORT = "import"
    EDIT = "edit"
    ACT = "act"
    REPORT = "report"


class ProposalState(StrEnum):
    """How far a proposal is on its way into the register."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"


class ProposalStep(StrEnum):
    """What somebody did to a proposal; `revised` planned it anew."""

    DRAFTED = "drafted"
    REVISED = "revised"
    PROPOSED = "proposed"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"


class Wizard(StrEnum):
    """Events in the life of an institution, each with a day of effect, and the declaration of a complete record."""

    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    CLOSE = "close"
    SUSPEND = "suspend"
    STOP_ENROLMENT = "stop_enrolment"
    REOPEN = "reopen"
    DECLARE_COMPLETE = "declare_complete"
