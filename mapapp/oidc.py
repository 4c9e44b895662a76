"""Signing in at the organisation's identity provider: OpenID Connect's code flow with state, nonce and PKCE.

Configured by `MAPAPP_OIDC_ISSUER`, `…_CLIENT_ID`, `…_CLIENT_SECRET` and `…_NAME`; what else there is to know comes from
the provider's discovery document. Who the provider names gets in only where an account has that subject: nobody becomes
a person here by having an account there. The second factor is the provider's affair.
"""

from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, Response, current_app, session

from geodata.people.door import by_subject, let_in
from mapapp import doors
from mapapp.db import now
from mapapp.errors import NOT_FOUND, Problem
from mapapp.i18n import page_url
from mapapp.questions import external
from mapapp.settings import Settings

WANTED = "wanted"
SCOPE = "openid"


@dataclass(frozen=True)
class CameBack:
    """Who came back from the provider: the token of their session, or None; and the page they wanted."""

    token: str | None
    wanted: str = ""


def install(app: Flask, settings: Settings) -> None:
    """Know the provider, where there is one; asks it nothing yet."""
    app.extensions["mapapp.oidc"] = None
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return
    from authlib.integrations.flask_client import OAuth  # only installations with a provider pay for it

    app.secret_key = settings.signing_secret()
    app.extensions["mapapp.oidc_name"] = settings.oidc_name
    app.extensions["mapapp.oidc"] = OAuth(app).register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": SCOPE, "code_challenge_method": "S256", "timeout": 10},
    )


def provider_name() -> str | None:
    """What the button calls the provider; None where there is none."""
    return current_app.extensions["mapapp.oidc_name"] if current_app.extensions["mapapp.oidc"] else None


def provider() -> Any:
    found = current_app.extensions["mapapp.oidc"]
    if found is None:
        raise Problem(NOT_FOUND)
    return found


def start(wanted: str) -> Response:
    """To the provider; what must come back unchanged is kept in a signed cookie."""
    there = provider()
    session[WANTED] = wanted
    return cast(Response, there.authorize_redirect(external(page_url("people.oidc_return"))))


def came_back(*, address: str, agent: str) -> CameBack:
    """Trade the code for who it is; nobody for a code, state or signature that is not right."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests.exceptions import RequestException

    there = provider()
    try:
        subject = there.authorize_access_token()["userinfo"]["sub"]
    except (AuthlibBaseError, JoseError, RequestException, KeyError, ValueError):
        current_app.logger.warning("signing in at the identity provider failed", exc_info=True)
        return CameBack(None)
    wanted = session.pop(WANTED, "")
    session.clear()
    with doors.door() as writer:
        person = by_subject(writer, subject)
        token = (
            let_in(writer, person, method="oidc", at=now(), address=address, agent=agent)
            if person is not None
            else None
        )
        writer.commit()
    return CameBack(token, wanted)
