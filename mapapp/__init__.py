"""The web: HTTP, people and maps over the registry in `geodata`. Holds no SQL.

Importing it reads nothing of all that: commands that serve nothing start without it.
"""

import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from apiflask import APIFlask

    from mapapp.db import Clock, Sessions
    from mapapp.settings import Settings

__version__ = "0.1.0"
LARGEST_BODY = 1_000_000


def create_app(
    settings: "Settings | None" = None, sessions: "Sessions | None" = None, clock: "Clock | None" = None
) -> "APIFlask":
    """The application. `sessions` read the register; by default they are made from the settings, themselves by default
    from the environment. `clock` tells the time. Opens no connection."""
    from apiflask import APIFlask

    from mapapp.late_rules import LateRule
    from mapapp.settings import Settings

    settings = settings or Settings.from_env()
    app = APIFlask(
        __name__,
        title="Digital map of Vietnam's vocational-education network",
        version=__version__,
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        json_errors=False,
        static_folder=None,  # type: ignore[arg-type]  # we serve them ourselves: mapapp.assets
    )
    app.url_rule_class = LateRule
    _configure(app, settings)
    _install(app, settings, sessions, clock)
    _register(app)
    _believe_proxies(app, settings.trusted_proxies)
    return app


def _configure(app: "APIFlask", settings: "Settings") -> None:
    app.config.update(
        PUBLIC_URL=settings.public_url,
        DATA_LICENCE=settings.data_licence,
        DATA_LICENCE_URL=settings.data_licence_url,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        TRUSTED_HOSTS=_trusted_hosts(settings),
        SESSION_COOKIE_SECURE=bool(settings.public_url and settings.public_url.startswith("https:")),
        SESSION_COOKIE_SAMESITE="Lax",
        AUTO_SERVERS=False,
        DESCRIPTION=DESCRIPTION,
        SERVERS=[{"url": "/", "description": "This installation"}],
    )
    app.jinja_options = {**app.jinja_options, "autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
    app.logger.setLevel(logging.INFO)


def _believe_proxies(app: "APIFlask", hops: int) -> None:
    """Around everything: whoever looks at a request sees who asks, and for what address."""
    from werkzeug.middleware.proxy_fix import ProxyFix

    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


DESCRIPTION = (
    "Institutions of vocational education in Vietnam: where they are, whether they are open, what they may teach. "
    "Every answer names the `release` of the register it comes from and the `data_status` of the whole."
)


def _trusted_hosts(settings: "Settings") -> list[str] | None:
    """With a public address, only that and the machine itself are believed in the Host header; without one, any."""
    public = urlsplit(settings.public_url).hostname if settings.public_url else None
    return [public, "127.0.0.1", "localhost"] if public else None


def _install(app: "APIFlask", settings: "Settings", sessions: "Sessions | None", clock: "Clock | None") -> None:
    from mapapp import (
        api_keys,
        assets,
        at_once,
        audit,
        citizen_reports,
        db,
        errors,
        headers,
        i18n,
        measuring,
        metrics,
        misses,
        offline_list,
        oidc,
        openapi,
        openapi_versions,
        outage,
        quick,
        quick_tiles,
        sign_in,
        site,
        steward_jobs,
        verifier,
        verify_quick,
        writing,
    )
    from mapapp.data import blueprint as downloads
    from mapapp.exports import files as export_files
    from mapapp.quick_lists import Crowd, Nearest
    from mapapp.quick_records import Records

    i18n.install(app)
    db.install(app, settings, sessions, clock)
    outage.install(app, settings)
    assets.install(app)
    headers.install(app, settings.answers_mb)
    errors.install(app)
    site.install(app)
    verifier.install(app, settings, sessions)
    api_keys.install(app, settings)
    at_once.begin(app)
    outage_ = app.extensions["mapapp.outage"]
    quick.install(app, [Records(outage_), Nearest(outage_), Crowd(outage_), *quick_tiles.answerers(app, settings)])
    verify_quick.install(app)
    at_once.install(app)  # outside: what is kept comes first
    audit.install(app)
    offline_list.install(app, settings)
    writing.install(app, settings, sessions)
    sign_in.install(app, settings, sessions)
    oidc.install(app, settings)
    steward_jobs.install(app, settings, sessions)
    citizen_reports.install(app, settings)
    export_files.install(app, settings, sessions)
    downloads.install(app, settings, sessions)  # shares the patience of the exports
    misses.install(app, background=sessions is None)
    metrics.install(app, settings)
    app.spec_processor(openapi.complete)
    openapi_versions.install(app)
    measuring.install(app, settings)


def _register(app: "APIFlask") -> None:
    from mapapp import (  # noqa: F401
        api,
        api_access,
        api_catalogue,
        api_changes,
        api_history,
        api_institutions,
        api_overlays,
        api_packs,
        api_periodic,
        api_reporters_csv,
        api_reporting,
        api_units,
        audit,
        citizen,
        citizen_embed,
        citizen_offline,
        citizen_qr,
        client_desk,
        client_pages,
        crawlers,
        data,
        health,
        installable,
        map_files,
        metrics,
        offline_list,
        ogc,
        people,
        people_desk,
        planner,
        proposals,
        reconciliation,
        reports,
        steward,
        verifier,
        verify_offline,
        verify_pages,
        work,
    )
    from mapapp.i18n import register_pages

    app.register_blueprint(api.bp)
    app.register_blueprint(health.bp)
    app.register_blueprint(metrics.bp)
    app.register_blueprint(crawlers.bp)
    app.register_blueprint(verifier.bp)
    app.register_blueprint(audit.bp)
    app.register_blueprint(offline_list.bp)
    for pages in (ogc.bp, reconciliation.bp, data.bp):
        register_pages(app, pages)
    for pages in (
        citizen.bp,
        planner.bp,
        verify_pages.bp,
        people.bp,
        people_desk.bp,
        steward.bp,
        proposals.bp,
        reports.bp,
        client_desk.bp,
        work.bp,
        map_files.bp,
        installable.bp,
    ):
        register_pages(app, pages)
