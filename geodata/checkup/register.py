"""Checks of what a publication leaves behind: one current release, and everything derived from its facts."""

from collections.abc import Iterator

from sqlalchemy import text

from geodata.audit.verify import verify as verify_log
from geodata.checkup.looks import Look
from geodata.checkup.registered import Checks, Grade
from geodata.days import vietnamese_day
from geodata.figures import stored as figures
from geodata.models import InstitutionState, Release
from geodata.registry_ids import is_registry_id
from geodata.releases import PUBLISHED_FACTS, Moment, current_release, read_head, summary
from geodata.tiles import derived as tiles

CHECKS = Checks()

LATER = """
    SELECT '{table} ' || row_id || ': release ' || greatest(release_from, release_to) FROM {table}
    WHERE release_from > :head OR release_to > :head ORDER BY row_id LIMIT 100
"""
STATELESS = """
    SELECT institution_id FROM institution_name WHERE release_to IS NULL
    EXCEPT SELECT institution_id FROM institution_state WHERE release_to IS NULL AND is_main ORDER BY 1
"""
FACTLESS = """
    SELECT institution_id FROM institution_state WHERE release_to IS NULL
    EXCEPT SELECT institution_id FROM institution_name WHERE release_to IS NULL ORDER BY 1
"""
TWICE = """
    SELECT institution_id || ' from ' || coalesce(next::text, 'the beginning') FROM (
        SELECT institution_id, valid_to, lead(valid_from) OVER days AS next, lead(row_id) OVER days AS later
        FROM institution_state WHERE release_to IS NULL AND is_main
        WINDOW days AS (PARTITION BY institution_id ORDER BY valid_from NULLS FIRST, row_id)
    ) AS state WHERE later IS NOT NULL AND (valid_to IS NULL OR next IS NULL OR next < valid_to) ORDER BY 1
"""
DERIVED_ANEW = "mapapp db migrate derives them anew from the facts"
RESTORED = (
    "mapapp restore brings back the database as it was at a moment before; mapapp audit verify tells which rows changed"
)


@CHECKS("Publish a list: mapapp import FILE --publish", grade=Grade.NOTE)
def published(look: Look) -> Iterator[str]:
    """Something is published"""
    if read_head(look.session)[1] is None:
        yield "the register is empty"


@CHECKS("Publish what is new, or confirm that nothing is; MAPAPP_REGISTER_MAX_AGE_DAYS says how old it may be")
def age(look: Look) -> Iterator[str]:
    """The register is young enough to verify with"""
    published_at = read_head(look.session)[1]
    if published_at is not None and look.now - published_at > look.register_max_age:
        yield f"last published on {published_at:%Y-%m-%d}: every verification answers register_stale"


@CHECKS(RESTORED)
def newest_release(look: Look) -> Iterator[str]:
    """Readers see the newest release"""
    newest = look.session.scalar(text("SELECT max(id) FROM release"))
    head = read_head(look.session)[0]
    if (newest or 0) != head:
        yield f"they see release {head}, the newest is {newest}"


@CHECKS(RESTORED)
def no_later_rows(look: Look) -> Iterator[str]:
    """No row belongs to a release that does not exist yet"""
    head = read_head(look.session)[0]
    for table in (*(model.__tablename__ for model in PUBLISHED_FACTS), InstitutionState.__tablename__):
        yield from look.session.scalars(text(LATER.format(table=table)), {"head": head})


@CHECKS(RESTORED)
def states(look: Look) -> Iterator[str]:
    """Every institution with a name is shown, and no other"""
    yield from (f"{id} is not shown" for id in look.session.scalars(text(STATELESS)))
    yield from (f"{id} is shown without a name" for id in look.session.scalars(text(FACTLESS)))


@CHECKS(RESTORED)
def one_state_a_day(look: Look) -> Iterator[str]:
    """Every institution is shown once on any day"""
    yield from look.session.scalars(text(TWICE))


@CHECKS(RESTORED)
def counts(look: Look) -> Iterator[str]:
    """The current release holds as many institutions as it said when it was published"""
    release = current_release(look.session)
    if release is None:
        return
    at, by_utc = (
        Moment(day, release.id, True) for day in (vietnamese_day(release.published_at), release.published_at.date())
    )
    wrong = miscounts(look, release, at)
    if wrong and by_utc != at and not miscounts(look, release, by_utc):
        return  # published by an older version, which counted those of the day in UTC
    yield from wrong


def miscounts(look: Look, release: Release, at: Moment) -> list[str]:
    """What the release said otherwise than the register says of the moment."""
    said = release.summary
    counted = summary(look.session, at).items()
    return [
        f"{name}: {found} where {said.get(name)} were published" for name, found in counted if said.get(name) != found
    ]


@CHECKS(DERIVED_ANEW)
def stored_figures(look: Look) -> Iterator[str]:
    """The planner's figures are those of the current release"""
    head = read_head(look.session)[0]
    if head and not figures.are_of(look.session, head):
        yield f"they are of another release than {head}, or made by another version"


@CHECKS(DERIVED_ANEW)
def stored_tiles(look: Look) -> Iterator[str]:
    """The map's tiles are those of the current release"""
    head = read_head(look.session)[0]
    if head and not tiles.are_of(look.session, head):
        yield f"they are of another release than {head}, or made by another version"


@CHECKS(RESTORED, slow=True)
def registry_ids(look: Look) -> Iterator[str]:
    """Every registry id has the check character that belongs to it"""
    rows = look.session.scalars(text("SELECT id FROM institution ORDER BY id").execution_options(yield_per=10_000))
    yield from (id for id in rows if not is_registry_id(id))


@CHECKS("Somebody changed rows past the log. Compare with a checkpoint kept elsewhere, then mapapp restore", slow=True)
def log(look: Look) -> Iterator[str]:
    """The transparency log agrees with the register row by row"""
    yield from map(str, verify_log(look.session, None, now=look.now, answers_kept_for=look.answers_kept_for))
