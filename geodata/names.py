"""How a name is stored so that search finds it: one function for every way a name comes in."""

from dataclasses import dataclass

from geodata.text import acronym, fold, search_key


@dataclass(frozen=True)
class SearchableName:
    """`folded` is compared first; `terms` holds further words people type: the written-out form and the initials."""

    folded: str
    terms: str


def searchable(name: str) -> SearchableName:
    """The stored search forms of a name. "Trường CĐ Kỹ nghệ II" gives "truong cd ky nghe ii" and
    "truong cao dang ky nghe 2 cdkn2"."""
    folded, written_out = fold(name), search_key(name)
    further = [form for form in (written_out, acronym(name)) if form and form != folded]
    return SearchableName(folded, " ".join(further))
