"""Reading what a person typed: first whole words, then beginnings of words, and only then forgiving errors.

Each step is taken only when the one before finds nothing. Whole words are also what an index finds at once among a
million names: for the beginnings of common words it reads through all that begin so.

Ranks, best first: an identifier; the whole name; the beginning of the name; the words side by side in the name; all
words in the name; all words among former names, short forms, places and websites; an occupation people mean by the
words; a name with typing errors. Codes are compared exactly or not at all.
"""

from dataclasses import dataclass, replace
from itertools import product

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    case,
    cast,
    column,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from geodata.counting import MOST_ROWS, Counted, counted
from geodata.engine import is_gone
from geodata.filters import InstitutionFilter, conditions, known_by
from geodata.models import InstitutionState
from geodata.occupations import load as occupations
from geodata.releases import Moment
from geodata.text import edit_budget, expand, fold, is_code_like, within_edits

State = InstitutionState
CANDIDATES = 400
"""How many names resembling the typed words are looked at one by one for typing errors."""

SIMILAR = 0.4
"""Least share of three-letter pieces (pg_trgm word similarity) for a name to be looked at."""

LONGEST_LOOK_MS = 1_500
"""How long similar names are looked for, where the connection does not allow less."""

CUT_SHORT = "geodata.search.cut_short"
"""Where a session keeps the words whose similar names it could not look at."""

FILLERS = frozenset(["o", "tai", "gan", "truong", "day", "hoc", "dao", "tao", "nghe", "noi", "nao", "co", "em", "tim"])
"""Words around the telling ones; dropped only when nothing matches with them."""

SHORT_WORDS_FORGIVEN = 2
"""From this many other words spelled right on, one short word may have an error ("nguyen truong ro")."""


@dataclass(frozen=True)
class Reading:
    """The words as a condition and an order on `institution_state`; `matched` names what matched, row by row.

    `found`: the number of matches, where reading the words took counting them. `forms`: what was looked for, of words.
    """

    condition: ColumnElement[bool]
    rank: ColumnElement[int]
    matched: ColumnElement[str | None]
    found: Counted | None = None
    forms: tuple[str, ...] = ()


def read(session: Session, wanted: InstitutionFilter, at: Moment, *, most: int = MOST_ROWS) -> Reading | None:
    """How to look for `wanted.q`; None when it holds no words, so that everything is meant. More than `most` matches
    are not counted.

    When whole words find nothing, they are beginnings; when that finds nothing, the words around the telling ones are
    dropped; when that finds nothing either, typing errors are forgiven.
    """
    if is_code_like(wanted.q):
        return as_identifier(wanted.q, at)
    forms = expand(wanted.q)
    if not forms:
        return None
    for typed, whole in product(dict.fromkeys((wanted.q, telling(wanted.q))), (True, False)):
        reading = as_words(expand(typed), taught(typed, whole=whole), mixed=typed == wanted.q, whole=whole)
        tests = [*conditions(session, wanted, at), reading.condition]
        found = counted(session, wanted, tests, at, words=f"{typed}{'' if whole else '*'}", most=most)
        if found[0] != 0:
            return replace(reading, found=found)
    return with_errors(session, wanted, at, forms)


def telling(q: str) -> str:
    """The typed words without those that only say that a school is looked for: "trường nghề ở Quảng Trị"; all of them
    when nothing else is said."""
    return " ".join(word for word in q.split() if fold(word) not in FILLERS) or q


def as_identifier(q: str, at: Moment) -> Reading:
    return Reading(known_by(q, at), literal(0), literal("code"))


def as_words(forms: tuple[str, ...], taught: ColumnElement[bool], *, mixed: bool, whole: bool) -> Reading:
    """Every word of one of the forms, each as a whole word or as the beginning of one; or an occupation they mean.

    `mixed`: some words may stand in the names and others in the places.
    """
    in_names, in_name = holds(forms, "AB", whole=whole), holds(forms, "A", whole=whole)
    anywhere = holds(forms, "", whole=whole) if mixed else or_(in_names, holds(forms, "C", whole=whole))
    rank = case(
        (State.name_folded.in_(forms), 1),
        (or_(*(State.name_folded.startswith(form) for form in forms)), 2),
        (or_(*(State.name_folded.contains(f" {form}") for form in forms)), 3),
        (in_name, 4),
        (in_names, 5),
        (taught, 6),
        else_=7,
    )
    matched = case((in_name, "name"), (in_names, "other_name"), (taught, "occupation"), else_="place")
    return Reading(or_(anywhere, taught), rank, matched, forms=forms)


def beginning(form: str) -> ColumnElement[bool]:
    """The name begins so: a range of the index by name, however many there are, where the database is
    `ordered_by_character`. Of one form only: alternatives of ranges are no range, and read the whole index."""
    upto = f"{form}{{"  # folded names hold no character above z
    return State.name_folded.startswith(form) & (State.name_folded >= form) & (State.name_folded < upto)


def ordered_by_character(session: Session) -> bool:
    """Whether texts stand in the order of their characters' numbers, as in databases of C and C.UTF-8. Languages put
    signs before letters, some count two letters as one, and no index of theirs has names that begin alike in a row."""
    return bool(session.scalar(select(literal_column("'z' < '{'"))))


def taught(q: str, *, whole: bool) -> ColumnElement[bool]:
    """Who teaches an occupation that some of the words mean, the other words holding as usual ("hàn Đà Nẵng")."""
    meanings = occupations().meanings(q)
    codes = sorted({code for meaning in meanings for code in meaning.codes})
    if not codes:
        return false()
    words = fold(q).split()
    spoken_for = {index for meaning in meanings for index in range(meaning.first, meaning.last)}
    rest = " ".join(word for index, word in enumerate(words) if index not in spoken_for)
    teaches: ColumnElement[bool] = State.occupations.overlap(codes)
    if not rest or all(meaning.whole for meaning in meanings):
        return teaches
    return teaches & holds(expand(rest), "", whole=whole)


def holds(forms: tuple[str, ...], weights: str, *, whole: bool) -> ColumnElement[bool]:
    """One of the forms stands in the search vector with all its words, whole or as beginnings; `weights` A: in the
    name, B: in its other forms, C: in its places, none: anywhere."""
    sign = f":{'' if whole else '*'}{weights}".removesuffix(":")
    alternatives = (" & ".join(f"{word}{sign}" for word in form.split()) for form in forms)
    query = func.to_tsquery("simple", " | ".join(f"({words})" for words in alternatives))
    matches: ColumnElement[bool] = State.search.bool_op("@@")(query)
    return matches


def with_errors(session: Session, wanted: InstitutionFilter, at: Moment, forms: tuple[str, ...]) -> Reading:
    """Names in which every typed word has a counterpart within its allowance of typing errors."""
    typed = forms[0]
    nobody = Reading(false(), literal(9), literal(None), found=(0, 0))
    if len(typed) < 4:
        return nobody
    tests = conditions(session, wanted, at)
    agreed = agreeing(session, [*tests, all_but_one(typed)], forms) if " " in typed else {}
    if not agreed:
        agreed = resembling(session, [*tests, literal(typed).bool_op("<%")(State.name_folded)], forms)
    if not agreed:
        return nobody
    rank = case(agreed, value=State.institution_id, else_=9) + literal(10)
    return Reading(State.institution_id.in_(list(agreed)), rank, literal("typing_error"))


def all_but_one(typed: str) -> ColumnElement[bool]:
    """The name holds all typed words but one: the usual slip, found by the text index however many names there are."""
    words = typed.split()
    return holds(tuple(" ".join(words[:index] + words[index + 1 :]) for index in range(len(words))), "A", whole=True)


def resembling(session: Session, tests: list[ColumnElement[bool]], forms: tuple[str, ...]) -> dict[str, int]:
    """As `agreeing`, among names that are only similar; nobody where looking at all similar ones takes too long: words
    that nearly all names of a large register resemble tell nobody apart. The session remembers such words
    (`was_cut_short`), and does not look for them again."""
    cut_short: set[str] = session.info.setdefault(CUT_SHORT, set())
    if forms[0] in cut_short:
        return {}
    only_here = session.begin_nested()
    try:
        limits = {"pg_trgm.word_similarity_threshold": literal(str(SIMILAR)), "statement_timeout": shorter_limit()}
        session.execute(select(*(func.set_config(name, value, True) for name, value in limits.items())))
        return agreeing(session, tests, forms)
    except OperationalError as error:
        if is_gone(error):
            raise
        cut_short.add(forms[0])
        return {}
    finally:
        only_here.rollback()


def was_cut_short(session: Session) -> bool:
    """Whether a look at similar names took too long in this session: what was found with it holds for this moment only,
    and must not be remembered."""
    return bool(session.info.get(CUT_SHORT))


def shorter_limit() -> ColumnElement[str]:
    """The statement limit in ms: LONGEST_LOOK_MS, or the one in force where that is shorter (0: there is none)."""
    settings = table("pg_settings", column("name", String), column("setting", String))
    in_force = select(func.nullif(cast(settings.c.setting, Integer), 0)).where(settings.c.name == "statement_timeout")
    return cast(func.least(in_force.scalar_subquery(), LONGEST_LOOK_MS), String)


def agreeing(session: Session, tests: list[ColumnElement[bool]], forms: tuple[str, ...]) -> dict[str, int]:
    """{registry id: words that differ} of the names among those most alike that differ within the allowance."""
    alike = (
        select(State.institution_id, State.name_folded)
        .where(*tests)
        .order_by(func.word_similarity(forms[0], State.name_folded).desc())
        .limit(CANDIDATES)
    )
    errors = {row.institution_id: errors_in(forms, row.name_folded) for row in session.execute(alike)}
    return {institution: count for institution, count in errors.items() if count is not None}


def errors_in(forms: tuple[str, ...], name: str) -> int | None:
    """In how many words the closest form differs from the name; None when a word differs beyond its allowance."""
    counts = [differing_words(form.split(), name.split()) for form in forms]
    return min((count for count in counts if count is not None), default=None)


def differing_words(typed: list[str], known: list[str]) -> int | None:
    missing = [word for word in typed if word not in known]
    short = [word for word in missing if not edit_budget(word) and word.isalpha()]
    lenient = len(short) == 1 and len(typed) - len(missing) >= SHORT_WORDS_FORGIVEN
    budgets = {word: 1 if lenient and word in short else edit_budget(word) for word in missing}
    forgiven = all(any(within_edits(word, other, budgets[word]) for other in known) for word in missing)
    return len(missing) if forgiven else None
