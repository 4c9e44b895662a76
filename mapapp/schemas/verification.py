"""Shapes of verification for the API's description: what is asked, what is answered."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from geodata.verification import Action, Answer, Why
from geodata.vocabulary import TrainingLevel
from mapapp.params import Day, OccupationCode, Question
from mapapp.schemas.shared import ParameterFault, Shape
from mapapp.verify_request import LONGEST_NONCE, MOST_QUESTIONS


class BatchParameters(Question):
    """What an address may carry besides the body."""

    release: int | None = Field(None, ge=1, le=2**31 - 1, description="the publication asked; default the current one")
    nonce: str | None = Field(None, max_length=LONGEST_NONCE, description="comes back with the answer, signed too")
    format: Literal["json", "jws"] | None = Field(None, description="jws: like Accept: application/jose")


class VerifyQuestion(BatchParameters):
    code: str | None = Field(
        None, max_length=64, description="code, e-ID, licence number or registry id, present or former"
    )
    name: str | None = Field(None, max_length=300, description="a whole name, present or former; narrows the code")
    action: Action = Field(Action.OPERATE, description="operate: open and registered; the others: see the answers")
    occupation: OccupationCode | None = Field(None, description="7 digits; needed to train and award")
    training_level: TrainingLevel | None = Field(None, description="default: any level")
    on: Day | None = Field(None, description="the day asked about; default today (Vietnam)")


class OneQuestion(Shape):
    code: str | None = None
    name: str | None = None
    action: Action = Action.OPERATE
    occupation: OccupationCode | None = None
    training_level: TrainingLevel | None = None
    on: date | None = None


class VerifyBatch(Shape):
    questions: list[OneQuestion] = Field(min_length=1, max_length=MOST_QUESTIONS)
    release: int | None = None
    nonce: str | None = None


class VerdictFact(Shape):
    """A fact relied on: half-open days, where it comes from, since which release the register says so."""

    kind: str
    value: str
    valid_from: date | None
    valid_to: date | None
    source: str
    received_on: date
    data_status: str
    decision: str | None
    since_release: int


class VerdictReason(Shape):
    code: Why
    text: str
    facts: list[VerdictFact]


class VerdictInstitution(Shape):
    id: str
    name: str
    codes: list[str]


class FoundInstitution(VerdictInstitution):
    matched_by: list[str]


class VerdictSuccessor(VerdictInstitution):
    kind: str
    predecessor: str
    effective_on: date | None
    keeps_records: bool
    continues: bool


class AskedQuestion(Shape):
    action: Action
    on: date


class BareVerdict(Shape):
    """`records_held_by` is empty where the register does not say who keeps the records."""

    question: AskedQuestion
    answer: Answer
    reasons: list[VerdictReason]
    institution: FoundInstitution | None
    candidates: list[FoundInstitution]
    successors: list[VerdictSuccessor]
    records_held_by: list[VerdictInstitution]
    licences: list[str]
    decisions: list[str]
    on: date
    release: int
    data_status: str


class Aged(Shape):
    """Present while the database is away and the answer comes from the copy on the server's disk."""

    register_seen_at: datetime | None = Field(None, description="when the database last said the same")
    age_s: int | None = Field(None, description="seconds since then; too many make the answer register_stale")


class Verdict(BareVerdict, Aged):
    evaluated_at: datetime
    expires_at: datetime
    nonce: str | None = None


class MalformedVerdict(Shape):
    answer: Literal["malformed"]
    errors: list[ParameterFault]


class Verdicts(Aged):
    release: int
    data_status: str
    numberReturned: int  # noqa: N815  the API's name
    evaluated_at: datetime
    expires_at: datetime
    nonce: str | None = None
    answers: list[BareVerdict | MalformedVerdict]
