"""Batches as the Reconciliation Service API sends them, read strictly."""

import json
from typing import Any

from geodata.vocabulary import InstitutionType
from mapapp.i18n import gettext as _
from mapapp.params import InvalidParameters

MOST_QUERIES = 100
MOST_IDS = 200
MOST_CANDIDATES = 25
LONGEST = 400
TYPES = ("institution", *(value.value for value in InstitutionType))
KEYS = {"query", "type", "limit", "properties", "type_strict"}
SAME = {
    "code": "code",
    "identifiers": "code",
    "province": "province",
    "province_code": "province",
    "website": "website",
}
"""Properties that a line may tell, under the names they go by."""


def batch_of(text: str) -> dict[str, dict[str, Any]]:
    """{name: {query, known, types, limit}} of a batch. Raises `InvalidParameters`."""
    batch = read_json(text, "queries")
    if not isinstance(batch, dict) or len(batch) > MOST_QUERIES:
        raise fault("queries", _("phải là một đối tượng JSON có tối đa %(most)s câu hỏi", most=MOST_QUERIES))
    return {name: query_of(name, query) for name, query in batch.items()}


def query_of(name: str, query: Any) -> dict[str, Any]:
    if not isinstance(query, dict) or not set(query) <= KEYS:
        raise fault("queries", _("câu hỏi %(name)s không đúng dạng", name=name[:80]))
    words = query.get("query", "")
    stated = query.get("properties", [])
    if not isinstance(words, str) or not isinstance(stated, list) or not (words.strip() or stated):
        raise fault("queries", _("câu hỏi %(name)s không đúng dạng", name=name[:80]))
    return {
        "query": plain(words),
        "known": known(name, stated),
        "types": types_of(name, query.get("type", [])),
        "limit": limit_of(name, query.get("limit", 5)),
    }


def known(name: str, stated: list[Any]) -> dict[str, tuple[str, ...]]:
    """What a line tells besides its words; properties we do not compare are left aside, as the protocol allows."""
    found: dict[str, tuple[str, ...]] = {}
    for one in stated:
        if not isinstance(one, dict) or not isinstance(one.get("pid"), str) or "v" not in one:
            raise fault("queries", _("câu hỏi %(name)s không đúng dạng", name=name[:80]))
        if one["pid"] in SAME:
            found[SAME[one["pid"]]] = values(one["v"])
    return found


def values(given: Any) -> tuple[str, ...]:
    listed = given if isinstance(given, list) else [given]
    texts = [one.get("name") or one.get("id", "") if isinstance(one, dict) else one for one in listed[:20]]
    return tuple(plain(str(one)) for one in texts if one is not None and str(one).strip())


def types_of(name: str, given: Any) -> tuple[str, ...]:
    listed = [given] if isinstance(given, str) else given
    if not isinstance(listed, list) or any(one not in TYPES for one in listed if one):
        raise fault(
            "queries", _("câu hỏi %(name)s: loại phải là một trong %(types)s", name=name, types=", ".join(TYPES))
        )
    return tuple(one for one in listed if one)


def limit_of(name: str, given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 1 <= given < 1e9:
        raise fault("queries", _("câu hỏi %(name)s không đúng dạng", name=name[:80]))
    return min(int(given), MOST_CANDIDATES)


def extension_of(text: str, offered: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(ids, property names) of a data extension query. Raises `InvalidParameters`."""
    asked = read_json(text, "extend")
    if not isinstance(asked, dict) or not isinstance(asked.get("ids"), list):
        raise fault("extend", _("không đúng dạng"))
    listed = asked.get("properties")
    if not isinstance(listed, list) or not all(isinstance(one, dict) and one.get("id") in offered for one in listed):
        raise fault("extend", _("phải là một trong: %(values)s", values=", ".join(offered)))
    ids = asked["ids"]
    if len(ids) > MOST_IDS or not all(isinstance(one, str) and len(one) <= LONGEST for one in ids):
        raise fault("extend", _("không được quá %(max_length)s giá trị", max_length=MOST_IDS))
    return tuple(plain(one) for one in ids), tuple(one["id"] for one in listed)


def read_json(text: str, parameter: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise fault(parameter, _("không phải JSON")) from None


def plain(text: str) -> str:
    """The text without signs that are none, no longer than we read."""
    return "".join(sign for sign in text if sign >= " " and not "\ud800" <= sign < "\ue000")[:LONGEST]


def fault(parameter: str, message: str) -> InvalidParameters:
    return InvalidParameters([(parameter, message)])
