"""From the text of a filter to its tree: the `cql2` parser, kept within bounds.

The parser recurses on the machine stack (5,000 brackets end the process, measured), so length and nesting are bounded
before it sees anything.
"""

import json
import re
from typing import Any

import cql2

from geodata.cql2.errors import InvalidFilter

LONGEST = 8_000
DEEPEST = 32
MOST_NODES = 600
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
PREFIXES = re.compile(r"(?:\bNOT\b|[-\s])+", re.IGNORECASE)
PLACE = re.compile(r"--> (\d+):(\d+)")
TOO_MUCH = "shorten it, or ask several smaller questions"


def read_text(text: str) -> Any:
    """The tree (CQL2 JSON) of a filter in CQL2 text."""
    check_length(text)
    check_nesting(text)
    try:
        tree = cql2.parse_text(text).to_json()
    except cql2.ParseError as error:
        raise unreadable(text, str(error)) from None
    check_tree(tree)
    return tree


def read_json(text: str) -> Any:
    """The tree of a filter in CQL2 JSON."""
    check_length(text)
    try:
        tree = json.loads(text, parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        raise InvalidFilter(
            "the filter is not JSON", remedy="check quotes, commas and brackets", position=error.pos + 1
        ) from None
    except RecursionError:
        raise too_deep() from None
    check_tree(tree)
    return tree


def refuse_constant(name: str) -> float:
    raise InvalidFilter(f"{name} is no number", remedy="write a finite decimal number", at=name)


def check_length(text: str) -> None:
    if len(text) > LONGEST:
        raise InvalidFilter(f"the filter has {len(text)} characters, at most {LONGEST} are read", remedy=TOO_MUCH)
    for position, sign in enumerate(text, 1):
        if ord(sign) < 32 and sign not in "\t\r\n":
            raise InvalidFilter("a control character is no text", remedy="remove it", position=position)
    if not text.strip():
        raise InvalidFilter("the filter is empty", remedy="leave the parameter out, or write a condition")


def check_nesting(text: str) -> None:
    """Brackets and signs before an operand, counted outside of quotes."""
    bare = QUOTED.sub(lambda found: " " * len(found[0]), text)
    depth = 0
    for position, sign in enumerate(bare, 1):
        depth += (sign == "(") - (sign == ")")
        if depth > DEEPEST:
            raise too_deep(position)
    longest = max((len(found[0].split()) + found[0].count("-") for found in PREFIXES.finditer(bare)), default=0)
    if longest > DEEPEST:
        raise too_deep()


def check_tree(tree: Any) -> None:
    """Refuses trees deeper than DEEPEST conditions or with more than MOST_NODES members;
    coordinates do not count, and a condition takes two levels."""
    nodes, level = 0, [tree]
    for _ in range(2 * DEEPEST + 8):
        nodes += len(level)
        if nodes > MOST_NODES:
            raise InvalidFilter(f"the filter has more than {MOST_NODES} parts", remedy=TOO_MUCH)
        level = [child for node in level for child in children(node)]
        if not level:
            return
    raise too_deep()


def children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return [value for name, value in node.items() if name not in ("coordinates", "geometries")]
    return list(node) if isinstance(node, list) else []


def too_deep(position: int | None = None) -> InvalidFilter:
    return InvalidFilter(f"the filter nests deeper than {DEEPEST} levels", remedy=TOO_MUCH, position=position)


def unreadable(text: str, message: str) -> InvalidFilter:
    """The parser's refusal, with the place it names."""
    found = PLACE.search(message)
    position = None
    if found:
        before = text.split("\n")[: int(found[1]) - 1]
        position = sum(len(line) + 1 for line in before) + int(found[2])
    return InvalidFilter(
        "the filter cannot be read from here on" if position else "the filter cannot be read",
        remedy="write conditions such as type = 'college' AND S_INTERSECTS(geometry, POINT(105.8 21.0)); "
        "texts stand in single quotes, names without",
        position=position,
    )
