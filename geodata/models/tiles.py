"""What the vector tiles of the current release are made of, and the tiles of small scales themselves."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Double, Integer, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from geodata.models.base import Base


class TilePoint(Base):
    """An institution with a point, slim, projected to EPSG:3857.

    `quad` is the Morton code of its cell at zoom 24: the institutions of any tile are one range of it, and the table is
    filled in that order, so that neighbours lie together.
    """

    __tablename__ = "tile_point"
    quad: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    institution_id: Mapped[str] = mapped_column(primary_key=True)
    x: Mapped[float] = mapped_column(Double)
    y: Mapped[float] = mapped_column(Double)
    name: Mapped[str]
    type: Mapped[str]
    ownership: Mapped[str]
    status: Mapped[str]
    precise: Mapped[bool]


class TileGathering(Base):
    """Institutions known by province only, counted at the province's point (EPSG:3857)."""

    __tablename__ = "tile_gathering"
    unit_key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    x: Mapped[float] = mapped_column(Double)
    y: Mapped[float] = mapped_column(Double)
    count: Mapped[int] = mapped_column(Integer)


class StoredTile(Base):
    """A vector tile of a small scale, compressed with gzip."""

    __tablename__ = "stored_tile"
    z: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    x: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    y: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mvt: Mapped[bytes] = mapped_column(LargeBinary)


class TileStamp(Base):
    """The single row that says which release and day the tiles show, and how many institutions there are: with a point,
    known by province, and without any place. `method` changes with how tiles are made."""

    __tablename__ = "tile_stamp"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default="1")
    release_id: Mapped[int]
    day: Mapped[date]
    method: Mapped[int]
    placed: Mapped[int]
    by_province: Mapped[int]
    nowhere: Mapped[int]
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)
