"""From the province a right was given over to the provinces it covers on a day: the reform of units carries rights on.

The database's policies ask the same function, `territory_on`, so that page and policy cannot disagree. Only a province
that went whole into another takes its rights along: of one that is split, each part is granted anew.
"""

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session


def territory(session: Session, province_key: str, on: date) -> frozenset[str]:
    """Codes of the provinces in force on the day that the province became; itself while it stands."""
    asked = text("SELECT territory_on(:key, :day)")
    return frozenset(session.scalar(asked, {"key": province_key, "day": on}) or ())
