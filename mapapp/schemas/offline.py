"""Shapes of the offline list for the API's description."""

from datetime import date, datetime

from pydantic import Field, RootModel

from mapapp.schemas.shared import Shape


class ListHead(Shape):
    """The signed head of the newest list, plain and (`list`) as a JWS."""

    iss: str
    iat: int
    exp: int = Field(description="second from which the list may not be used any more")
    format: int
    release: int
    published_at: datetime
    published_on: date
    data_status: str
    institutions: int
    bytes: int
    gzip_bytes: int
    sha256: str = Field(description="of the whole list")
    records_sha256: str = Field(description="of its record lines alone")
    max_age_days: int
    differences_from: list[int] = Field(description="releases since which a difference can be had")
    list: str


class ListLines(RootModel[str]):
    """One JSON value per line."""
