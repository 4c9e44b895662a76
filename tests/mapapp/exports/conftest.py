"""Exports of the illustrative network, drawn without haste."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

INDICATOR = "teacher_digital_competence"
OVERLAY = f"/api/v1/overlays/{INDICATOR}"
PATIENT_S = 120.0
Export = Callable[..., TestResponse]


@pytest.fixture
def exporter(planner: FlaskClient) -> FlaskClient:
    """A client whose server waits for every drawing, however busy the machine."""
    renderer = planner.application.extensions["mapapp.exports"]
    renderer.wait_s = renderer.patience.most_s = PATIENT_S
    return planner


@pytest.fixture
def export(exporter: FlaskClient) -> Export:
    """`export("pdf", level="province", …)`: the answer of the view in a format, period 2024 unless told."""

    def export(form: str, **question: Any) -> TestResponse:
        answer = exporter.get(OVERLAY, query_string={"period": "2024", "format": form, **question})
        assert answer.status_code == 200, answer.text
        return answer

    return export
