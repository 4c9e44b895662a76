"""`mapapp export`: everything that `/data` offers, in a directory."""

from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import click
from sqlalchemy.orm import Session

from geodata.downloads import FORMATS, Edition, Scope
from geodata.downloads.whole import MANIFEST, SUMS, ExportRefused, all_or_nothing, sums, write_files, write_texts
from geodata.releases import edition_facts, read_head
from geodata.unit_reads import units
from mapapp.commands import command_session
from mapapp.data.manifests import about, described, dictionary_text
from mapapp.db import data_status, day_in_vietnam
from mapapp.endings import end_on_signals, errors_of_an_end
from mapapp.exports.licence import licence_of
from mapapp.geojson import to_json
from mapapp.settings import Settings


@click.command()
@click.argument("directory", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--format", "formats", type=click.Choice(list(FORMATS)), multiple=True, help="Only this format; may be repeated."
)
@click.option("--whole-country-only", is_flag=True, help="Without the files of each province.")
@click.pass_obj
def command(settings: Settings, directory: Path, formats: tuple[str, ...], whole_country_only: bool) -> None:
    """Write all downloads of the current release into a directory that is empty or not there yet.

    The whole register and each province in every format, the dictionary of the columns, manifest.json and SHA256SUMS
    (check with: sha256sum --check SHA256SUMS). The files are those of /data, byte for byte. An export that is
    interrupted leaves nothing; the manifest is written last.
    """
    finished = False
    with end_on_signals() as over, errors_of_an_end(over), command_session(settings) as session:
        edition = the_edition(session)
        scopes = [Scope(), *([] if whole_country_only else provinces(session))]
        wanted = list(product(scopes, [name for name in FORMATS if name in formats or not formats]))
        with all_or_nothing(directory), click.progressbar(length=len(wanted), label="Files") as bar:
            files = write_files(session, edition, directory, wanted, made=lambda: bar.update(1))
            licence = licence_of(edition.data_status, settings.data_licence, settings.data_licence_url)
            manifest = {
                **about(edition, licence),
                "dictionary": "dictionary.json",
                "files": [described(one) for one in files],
            }
            write_texts(directory, {"dictionary.json": dictionary_text()})
            write_texts(directory, {SUMS: sums(directory), MANIFEST: to_json(manifest) + "\n"})
        finished = True
    if not finished:
        raise ExportRefused(f"Interrupted; nothing was kept in {directory}.")
    size = sum(one.bytes for one in files)
    click.echo(
        f"{directory}: {len(files)} files of release {edition.release} ({edition.data_status} data), {size:,} bytes."
    )


def the_edition(session: Session) -> Edition:
    """The current release. Raises `ExportRefused` before the first publication."""
    release, _published_at = read_head(session)
    found = edition_facts(session, release)
    if found is None:
        raise ExportRefused("Nothing is published yet: there is nothing to export. Import a list: mapapp import FILE")
    published_at, counts = found
    return Edition(release, published_at, data_status(counts))


def provinces(session: Session) -> list[Scope]:
    """One per province of today, by code."""
    today = day_in_vietnam(datetime.now(UTC))
    return [Scope(unit.code) for unit in units(session, level="province", on=today)]
