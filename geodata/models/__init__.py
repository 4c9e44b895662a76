"""Tables and constraints, by subject. Importing this module registers every table on `Base.metadata`."""

from geodata.models.audit import AnswerBatch, LogEntry, LoggedKey, LogNode, ReleaseDigest, SignedAnswer
from geodata.models.base import Base, Fact
from geodata.models.citizens import ErrorReport, ErrorReportPromise, MissedQuery, ReportSalt, ReportSender
from geodata.models.clients import ApiClient, ApiClientAct, ApiClientContact
from geodata.models.derived import InstitutionState
from geodata.models.figures import ReadinessCell, ReadinessFigure, ReadinessStamp
from geodata.models.people import (
    AccountAct,
    Person,
    PersonInvitation,
    PersonRight,
    PersonSession,
    PublicationPermit,
    RecoveryCode,
    RoleAct,
    SignInEvent,
)
from geodata.models.population import UnitPopulation
from geodata.models.proposals import Proposal, ProposalLog, ProvinceReview
from geodata.models.publication import ChangeLog, Decision, RegisterHead, Release, Source
from geodata.models.readiness import Authority, Indicator, IndicatorValue, Report, ReportingPeriod, Target
from geodata.models.registry import (
    FACTS,
    Campus,
    CompletenessDeclaration,
    Identifier,
    Institution,
    InstitutionAttribute,
    InstitutionName,
    Licence,
    Programme,
    Relation,
)
from geodata.models.steward import ImportFile, ImportJob, ReviewAnswer
from geodata.models.tiles import StoredTile, TileGathering, TilePoint, TileStamp
from geodata.models.units import AdministrativeUnit, UnitBoundary, UnitSuccession
from geodata.models.waiting import MissedAnswer, NotDuplicate, RecordConfirmation
from geodata.models.work import ImportRow, ImportRun

__all__ = [
    "FACTS",
    "AccountAct",
    "AdministrativeUnit",
    "AnswerBatch",
    "ApiClient",
    "ApiClientAct",
    "ApiClientContact",
    "Authority",
    "Base",
    "Campus",
    "ChangeLog",
    "CompletenessDeclaration",
    "Decision",
    "ErrorReport",
    "ErrorReportPromise",
    "Fact",
    "Identifier",
    "ImportFile",
    "ImportJob",
    "ImportRow",
    "ImportRun",
    "Indicator",
    "IndicatorValue",
    "Institution",
    "InstitutionAttribute",
    "InstitutionName",
    "InstitutionState",
    "Licence",
    "LogEntry",
    "LogNode",
    "LoggedKey",
    "MissedAnswer",
    "MissedQuery",
    "NotDuplicate",
    "Person",
    "PersonInvitation",
    "PersonRight",
    "PersonSession",
    "Programme",
    "Proposal",
    "ProposalLog",
    "ProvinceReview",
    "PublicationPermit",
    "ReadinessCell",
    "ReadinessFigure",
    "ReadinessStamp",
    "RecordConfirmation",
    "RecoveryCode",
    "RegisterHead",
    "Relation",
    "Release",
    "ReleaseDigest",
    "Report",
    "ReportSalt",
    "ReportSender",
    "ReportingPeriod",
    "ReviewAnswer",
    "RoleAct",
    "SignInEvent",
    "SignedAnswer",
    "Source",
    "StoredTile",
    "Target",
    "TileGathering",
    "TilePoint",
    "TileStamp",
    "UnitBoundary",
    "UnitPopulation",
    "UnitSuccession",
]
