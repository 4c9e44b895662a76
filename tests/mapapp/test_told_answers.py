"""Verdicts kept in memory, which several threads tell at once."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

import pytest

from geodata.verification import Edition, Question
from mapapp import answers
from mapapp.answers import Asked, Verifier

EDITION = Edition(1, date(2026, 1, 1), "illustrative", "1")


def test_what_is_pushed_out_meanwhile_is_told_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    verifier = Verifier(cast(Any, None), cast(Any, None), ttl_s=1, max_age_days=1)
    known, new = ((Question(code=code), date(2026, 1, 1)) for code in ("A", "B"))

    def decide(_session: Any, asked: Sequence[Asked], _edition: Edition) -> list[str]:
        verifier._told.clear()  # another thread kept so many others
        return [one.code or "" for one, _ in asked]

    monkeypatch.setattr(verifier, "decide", decide)
    monkeypatch.setattr(answers, "told", lambda decision: f"told of {decision}")
    assert verifier.tell(cast(Any, None), [known], EDITION) == ["told of A"]
    assert verifier.tell(cast(Any, None), [new, known], EDITION) == ["told of B", "told of A"]


def test_a_look_that_began_before_another_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    verifier = Verifier(cast(Any, None), cast(Any, None), ttl_s=1, max_age_days=1, look_again_s=60)
    later = Edition(2, date(2026, 1, 2), "illustrative", "2")

    def reads(_session: Any, _release: Any, _shelf: Any) -> Edition:
        monkeypatch.setattr(answers.verification, "edition", lambda *_: later)
        verifier.look(cast(Any, None))  # somebody who began later, and was sooner
        return EDITION

    monkeypatch.setattr(answers.verification, "edition", reads)
    assert verifier.look(cast(Any, None)) == EDITION
    assert verifier.lately() == later
