"""Applications made quickly. Each test makes its own, and all are alike: what their addresses and templates compile to
is kept for the next one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, MethodType
from typing import Any

import pytest
from apiflask import APIFlask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import BaseConverter, Rule
from werkzeug.routing.rules import RulePart

from mapapp import late_rules


@dataclass(frozen=True, slots=True)
class Compiled:
    """What Werkzeug makes of a rule: how its addresses are read, and how they are built."""

    parts: list[RulePart]
    trace: list[tuple[bool, str]]
    converters: dict[str, BaseConverter]
    arguments: frozenset[str]
    build: Callable[..., tuple[str, str]]
    build_unknown: Callable[..., tuple[str, str]]


_compiled: dict[tuple[Any, ...], Compiled] = {}


class KeptRule(Rule):
    """A rule that shares what was compiled with every rule that reads the same. To compile is most of the work of
    making an application."""

    def compile(self) -> None:
        key = (self.rule, self.subdomain, self.merge_slashes, *sorted((self.defaults or {}).items()))
        if key not in _compiled:
            super().compile()
            builders = self._build.__func__, self._build_unknown.__func__  # type: ignore[attr-defined]
            _compiled[key] = Compiled(self._parts, self._trace, self._converters, frozenset(self.arguments), *builders)
        kept = _compiled[key]
        self._parts, self._trace, self._converters = kept.parts, kept.trace, kept.converters
        self.arguments |= kept.arguments
        self._build, self._build_unknown = MethodType(kept.build, self), MethodType(kept.build_unknown, self)


class KeptTemplates(BytecodeCache):
    """Compiled templates in memory, as long as their sources stay as they were."""

    def __init__(self) -> None:
        self.compiled: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[bucket.key, bucket.checksum] = bucket.code


@pytest.fixture(scope="session", autouse=True)
def alike() -> Iterator[None]:
    """From the first test of the web on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(late_rules, "LateRule", KeptRule)
        patch.setattr(APIFlask, "jinja_options", {"bytecode_cache": KeptTemplates()})
        yield
