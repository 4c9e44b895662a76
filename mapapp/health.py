"""`/healthz`: the process answers. `/readyz`: so do the database, its tables and the register."""

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app

from geodata import migrations
from geodata.engine import AWAY
from mapapp.db import now, register, session
from mapapp.geojson import to_json
from mapapp.keeper import keeper_of
from mapapp.replica import the_replica

bp = APIBlueprint("health", __name__, enable_openapi=False)


@bp.get("/healthz")
def healthz() -> Response:
    """200 as long as the process serves requests; asks nobody else."""
    return _answer({"status": "ok"}, 200)


@bp.get("/readyz")
def readyz() -> Response:
    """200 when questions can be answered, else 503 with what is missing; `age_s`: seconds since a publication. `keeper`
    tells of the process behind the workers, `replica` of what is read from beside the primary: answers wait for
    neither, so that they are no reason for 503."""
    checks = readiness()
    ready = all(check["ok"] for check in checks.values())
    told: dict[str, Any] = {"status": "ready" if ready else "not ready", "checks": checks}
    keeper = keeper_of(current_app.config["DATA_DIRECTORY"])
    if replica := the_replica(current_app):
        told["replica"] = {"in_use": replica.usable, "most_lag_s": replica.most_lag_s, **asdict(replica.state)}
    return _answer({**told, "keeper": asdict(keeper)} if keeper else told, 200 if ready else 503)


def readiness() -> dict[str, dict[str, Any]]:
    """The checks by name, each with `ok`."""
    try:
        engine = session().get_bind().engine
        (present, newest), fit = migrations.revisions(engine), migrations.fit(engine)
    except AWAY:
        return {"database": {"ok": False}}
    checks: dict[str, dict[str, Any]] = {
        "database": {"ok": True},
        "migrations": {"ok": fit, "present": present, "newest": newest},
    }
    if fit:
        checks["register"] = _register_check()
    return checks


def _register_check() -> dict[str, Any]:
    """An empty register is ready too: a new installation has published nothing yet."""
    state = register()
    published = state.published_at
    age = None if published is None else int((now() - published).total_seconds())
    return {"ok": True, "release": state.release, "data_status": state.data_status, "age_s": age}


def _answer(body: dict[str, Any], status: int) -> Response:
    response = Response(to_json(body), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
