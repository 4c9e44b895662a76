"""Applications made quickly. Each test makes its own, and all are alike: what their addresses and templates compile to
is kept for the next one."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from apiflask import APIFlask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]
_builders: dict[tuple[Any, ...], Builder] = {}


class KeptRule(Rule):
    """A rule that shares the compiled ways to build its addresses with every rule that reads the same. To compile them
    is three quarters of the work of making an application."""

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        key = (self.rule, *self._trace, *sorted((self.defaults or {}).items()), append_unknown)
        if key not in _builders:
            _builders[key] = super()._compile_builder(append_unknown)
        return _builders[key]


class KeptTemplates(BytecodeCache):
    """Compiled templates in memory; Jinja itself sees when a source has changed."""

    def __init__(self) -> None:
        self.compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if found := self.compiled.get(bucket.key):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def alike() -> Iterator[None]:
    """From the first test of the web on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(APIFlask, "url_rule_class", KeptRule)
        patch.setattr(APIFlask, "jinja_options", {"bytecode_cache": KeptTemplates()})
        yield
