"""The tools of a quick start."""

import gc
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mapapp.starting import made_beside, read_in, uncollected


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    collecting = gc.isenabled()
    yield
    (gc.enable if collecting else gc.disable)()


def test_garbage_is_looked_for_again_whatever_happens() -> None:
    gc.enable()
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            pass
        assert not gc.isenabled(), "the inner one ends, the outer one does not"
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), uncollected():
        1 // 0  # noqa: B018  it is raised within
    assert gc.isenabled()


def test_a_module_is_read_in_once_and_never_looked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "read_in_by_a_test.py").write_text("import gc\nHELD = [[]]\nCOLLECTING = gc.isenabled()\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    gc.enable()
    try:
        module = read_in("read_in_by_a_test")
        assert not module.COLLECTING
        assert gc.isenabled()
        assert not any(one is module.HELD for one in gc.get_objects()), "frozen objects are not listed"
        assert read_in("read_in_by_a_test") is module
    finally:
        sys.modules.pop("read_in_by_a_test", None)
        gc.unfreeze()


def test_what_is_made_beside_is_made_while_the_other_goes_on() -> None:
    other_goes_on = threading.Event()

    def make() -> str:
        assert other_goes_on.wait(10)
        return threading.current_thread().name

    with made_beside(make) as made:
        other_goes_on.set()
        assert made.result().startswith("beside")
    assert not [one for one in threading.enumerate() if one.name.startswith("beside")]


def test_what_could_not_be_made_is_said_where_it_is_asked_for() -> None:
    with made_beside(lambda: 1 // 0) as made, pytest.raises(ZeroDivisionError):
        made.result()


def test_it_is_waited_for_when_the_other_fails() -> None:
    other_failed, done = threading.Event(), threading.Event()

    def make() -> None:
        assert other_failed.wait(10)
        done.set()

    def fail() -> None:
        other_failed.set()
        raise LookupError

    with pytest.raises(LookupError), made_beside(make):
        fail()
    assert done.is_set()
