"""An illustrative network for tests: units of both worlds, 300 institutions that reported for four years."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.demo.publication import load
from tests.geodata.conftest import prepare_units

INSTITUTIONS = 300


def prepare_network(engine: Engine) -> None:
    """Fill an empty database; for `database_like("network", prepare_network)`."""
    prepare_units(engine)
    with Session(engine) as session:
        load(session, institutions=INSTITUTIONS)
        session.commit()
