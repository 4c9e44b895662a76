"""A change set read fact by fact: what the register said of it, and what it will say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geodata.imports.preview import IDENTITY, SHOWN

Change = dict[str, Any]
"""As stored: `about`, `action` add or close, `table`, `row_id` and `before` of a closed, `after` of an added fact."""

DAYS = ("valid_from", "valid_to")
UNSHOWN = ("folded", "terms", "source_id", "decision_id", "institution_id", *DAYS)


@dataclass(frozen=True)
class ChangedFact:
    """The versions of one fact of one institution: those that leave (`before`) and those that come (`after`), each
    oldest first, as {column: value}."""

    institution_id: str
    table: str
    identity: tuple[str, ...]
    before: tuple[dict[str, Any], ...]
    after: tuple[dict[str, Any], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that a new version says otherwise than the first old one; of a fact that comes, goes or only changes
        its days, one without a name."""
        if not self.before or not self.after:
            return ("",)
        old = self.before[0]
        told = [key for new in self.after for key in new if key not in UNSHOWN and new[key] != old.get(key)]
        return tuple(dict.fromkeys(told)) or ("",)


def facts_in(changes: Sequence[Change]) -> tuple[ChangedFact, ...]:
    """The facts of a change set, in the order in which it first mentions them."""
    groups: dict[tuple[str, str, tuple[str, ...]], tuple[list[Any], list[Any]]] = {}
    for change in changes:
        table, closes = change["table"], change["action"] == "close"
        fact = change["before"] if closes else change["after"]
        identity = tuple(str(fact.get(key) or "") for key in IDENTITY[table])
        before, after = groups.setdefault((change["about"], table, identity), ([], []))
        (before if closes else after).append(fact)
    return tuple(
        ChangedFact(about, table, identity, _in_order(before), _in_order(after))
        for (about, table, identity), (before, after) in groups.items()
    )


def said(table: str, fact: dict[str, Any]) -> dict[str, str]:
    """{column: text} of what people are shown of a fact."""
    return {key: str(fact[key]) for key in SHOWN[table] if key not in DAYS and fact.get(key) is not None}


def _in_order(facts: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    return tuple(sorted(facts, key=lambda fact: fact.get("valid_from") or ""))
