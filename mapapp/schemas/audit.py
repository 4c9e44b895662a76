"""Shapes of the transparency log for the API's description: what is asked, what is answered."""

from typing import Annotated

from pydantic import Field, model_validator

from mapapp.i18n import gettext as _
from mapapp.params import Question
from mapapp.schemas.shared import Shape

LARGEST = 2**53 - 1
Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256, hexadecimal")]
Count = Annotated[int, Field(ge=0, le=LARGEST)]


class InclusionQuestion(Question):
    """One of `index`, `release`, `jti`."""

    index: Count | None = Field(None, description="place of a leaf, counted from 0")
    release: int | None = Field(None, ge=1, le=2**31 - 1, description="the leaf of a release")
    jti: str | None = Field(None, max_length=64, pattern="^[A-Za-z0-9_-]+$", description="number of a signed answer")
    size: Count | None = Field(None, description="of the tree; default: the whole log")

    @model_validator(mode="after")
    def one_thing(self) -> "InclusionQuestion":
        if sum(value is not None for value in (self.index, self.release, self.jti)) != 1:
            raise ValueError(_("hãy cho đúng một trong index, release, jti"))
        return self


class ConsistencyQuestion(Question):
    first: Count = Field(description="size of the earlier log")
    second: Count | None = Field(None, description="size of the later log; default: the whole log")


class CheckpointAnswer(Shape):
    """`size` leaves with this Merkle root and end of chain; `release` is the last one among them."""

    size: int
    root: Hash
    chain: Hash
    release: int
    checkpoint: str = Field(description="the same as a compact JWS")


class AnswerPath(Shape):
    """A signed answer in its batch; its leaf is over jti, second of issue, kid and SHA-256 of the token, one a line."""

    jti: str
    index: int
    size: int
    leaf_hash: Hash
    proof: list[Hash]
    root: Hash


class InclusionAnswer(Shape):
    """A leaf and its audit path. `content` is what the leaf hash is made of, except where it names who published."""

    kind: str = Field(description="change, release, answers or key")
    reference: int
    index: int
    size: int
    leaf_hash: Hash
    content: str | None
    proof: list[Hash]
    answer: AnswerPath | None = None


class ConsistencyAnswer(Shape):
    first: int
    second: int
    proof: list[Hash]
