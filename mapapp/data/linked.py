"""Linked data in two forms from one graph: JSON-LD and Turtle."""

import json
from dataclasses import dataclass, field
from typing import Any

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "gsp": "http://www.opengis.net/ont/geosparql#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True)
class Iri:
    value: str


@dataclass(frozen=True)
class Literal:
    """A text in a language, or of a datatype (a prefixed name)."""

    value: str
    language: str | None = None
    datatype: str | None = None


Object = Iri | Literal


@dataclass(frozen=True)
class Node:
    """A thing with an address, its class (a prefixed name) and what is said of it, by prefixed property."""

    iri: str
    kind: str
    said: dict[str, list[Object]] = field(default_factory=dict)


def in_both(vietnamese: str, english: str) -> list[Object]:
    return [Literal(vietnamese, "vi"), Literal(english, "en")]


def as_json_ld(nodes: list[Node]) -> str:
    graph = [
        {
            "@id": node.iri,
            "@type": node.kind,
            **{name: list(map(json_value, values)) for name, values in node.said.items()},
        }
        for node in nodes
    ]
    return json.dumps({"@context": PREFIXES, "@graph": graph}, ensure_ascii=False, indent=1)


def json_value(value: Object) -> dict[str, Any]:
    if isinstance(value, Iri):
        return {"@id": value.value}
    more = {"@language": value.language} if value.language else {}
    return {"@value": value.value, **more, **({"@type": value.datatype} if value.datatype else {})}


def as_turtle(nodes: list[Node]) -> str:
    lines = [f"@prefix {name}: <{iri}> ." for name, iri in PREFIXES.items()]
    for node in nodes:
        said = [f"    {name} {', '.join(map(turtle_value, values))}" for name, values in node.said.items() if values]
        lines.append(f"\n<{node.iri}> a {node.kind}" + "".join(f" ;\n{one}" for one in said) + " .")
    return "\n".join(lines) + "\n"


def turtle_value(value: Object) -> str:
    if isinstance(value, Iri):
        return f"<{value.value}>"
    text = json.dumps(value.value, ensure_ascii=False)  # the escapes of JSON are those of Turtle
    if value.language:
        return f"{text}@{value.language}"
    return f"{text}^^{value.datatype}" if value.datatype else text
