"""A small OpenID provider on the loopback: discovery, codes with PKCE, ID tokens that a test may spoil."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug import Request, Response

from tests.serving import answering

CLIENT, SECRET = "ban-do", "s3cret-of-tests"
Claims = dict[str, Any]


class Provider:
    """Signs in whoever is `subject`. `spoil` may change the claims of the next ID tokens; `asked` keeps what came."""

    def __init__(self) -> None:
        self.subject = "sub-1"
        self.spoil: Callable[[Claims], Claims] = lambda claims: claims
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.signing_key = self.key
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[dict[str, str]] = []
        self.address = ""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        answer = {
            "/.well-known/openid-configuration": self.discovery,
            "/authorize": self.authorize,
            "/token": self.token,
            "/keys": self.keys,
        }[request.path](request)
        return answer(environ, start_response)

    def discovery(self, _: Request) -> Response:
        return as_json(
            {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
                "response_types_supported": ["code"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    def authorize(self, request: Request) -> Response:
        given = request.args.to_dict()
        code = secrets.token_urlsafe(16)
        self.asked.append(given)
        self.codes[code] = given
        back = urlencode({"code": code, "state": given["state"]})
        return Response(status=302, headers={"Location": f"{given['redirect_uri']}?{back}"})

    def token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs(request.get_data(as_text=True)).items()}
        given = self.codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if given is None or challenge.decode().rstrip("=") != given.get("code_challenge"):
            return as_json({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": self.address, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 300}
        claims = self.spoil({**claims, "nonce": given.get("nonce")})
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signing_key)
        return as_json({"access_token": "x", "token_type": "Bearer", "id_token": signed})

    def keys(self, _: Request) -> Response:
        return as_json({"keys": [self.key.as_dict(private=False)]})


def as_json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value), status, mimetype="application/json")


@contextmanager
def running(provider: Provider) -> Iterator[str]:
    """The provider's address while it answers."""
    with answering(provider) as server:
        provider.address = server.address
        yield provider.address
