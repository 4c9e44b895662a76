"""Signed answers: checked by three libraries, forged ones refused by our own checker."""

import base64
import hashlib
import hmac
import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask.testing import FlaskClient
from joserfc import jws
from joserfc.jwk import KeySet
from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from mapapp import create_app
from mapapp.settings import Settings
from mapapp.signing import ForgedToken, check
from tests.builders import ALWAYS, an_institution, publish
from tests.mapapp.conftest import NOW

ROOT = Path(__file__).parents[2]
ISSUER = "https://bando.example.vn"
URL = "/api/v1/verify"
SINCE = (date(2017, 3, 1), None)
QUESTION = {"code": "CDD0215", "action": "operate", "on": "2020-01-01"}


@pytest.fixture
def signer(tmp_path: Path, web_connection: Connection, register: Session) -> FlaskClient:
    """An installation with keys of its own, and one school."""
    school = an_institution(codes=[("CDD0215", ALWAYS)], licences=[("197/2017/GCNĐKHĐ-TCDN", SINCE)])
    publish(register, school, data_status="illustrative")
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint")
    settings = Settings(data=tmp_path, public_url=ISSUER)
    client = create_app(settings, sessions, lambda: NOW).test_client()
    client.environ_base["HTTP_HOST"] = "127.0.0.1"
    return client


def signed(client: FlaskClient, **more: str) -> str:
    found = client.get(URL, query_string={**QUESTION, **more}, headers={"Accept": "application/jose"})
    assert (found.status_code, found.mimetype) == (200, "application/jose"), found.text
    assert found.headers["Cache-Control"] == "no-store"
    return found.text


def jwks(client: FlaskClient) -> dict[str, Any]:
    found = client.get("/.well-known/jwks.json")
    assert found.status_code == 200
    body: dict[str, Any] = found.get_json()
    return body


def test_the_signature_covers_the_whole_answer(signer: FlaskClient) -> None:
    claims = check(signed(signer, nonce="n-7"), jwks(signer), issuer=ISSUER, now=NOW)
    plain = signer.get(URL, query_string={**QUESTION, "nonce": "n-7"}).get_json()
    assert {name: claims[name] for name in plain} == plain
    assert claims["data_status"] == "illustrative"
    assert claims["sub"] == plain["institution"]["id"]
    moment = int(NOW.timestamp())
    assert (claims["iss"], claims["iat"], claims["nbf"], claims["exp"]) == (ISSUER, moment, moment, moment + 300)


def test_each_signed_answer_has_a_number_of_its_own(signer: FlaskClient) -> None:
    numbers = {check(signed(signer), jwks(signer), issuer=ISSUER, now=NOW)["jti"] for _ in range(20)}
    assert len(numbers) == 20


def test_format_jws_is_the_same_as_the_header(signer: FlaskClient) -> None:
    found = signer.get(URL, query_string={**QUESTION, "format": "jws"})
    assert found.mimetype == "application/jose"
    assert check(found.text, jwks(signer), issuer=ISSUER, now=NOW)["answer"] == "authorised"


def test_a_browser_that_takes_anything_gets_json(signer: FlaskClient) -> None:
    for accept in ("*/*", "text/html,application/jose;q=0.1,application/json", ""):
        assert signer.get(URL, query_string=QUESTION, headers={"Accept": accept}).mimetype == "application/json"


def test_a_signed_batch_is_one_token(signer: FlaskClient) -> None:
    questions = [QUESTION, {"code": "XYZ1"}, {}] * 100
    found = signer.post(URL, json=questions, headers={"Accept": "application/jose"})
    claims = check(found.text, jwks(signer), issuer=ISSUER, now=NOW, largest=2_000_000)
    assert [one["answer"] for one in claims["answers"][:3]] == ["authorised", "unknown_code", "malformed"]


def test_joserfc_takes_it(signer: FlaskClient) -> None:
    keys = KeySet.import_key_set(jwks(signer))  # type: ignore[arg-type]
    found = jws.deserialize_compact(signed(signer), keys, algorithms=["ES256"])
    assert json.loads(found.payload)["answer"] == "authorised"


def test_pyjwt_takes_it(signer: FlaskClient) -> None:
    token = signed(signer)
    key = jwt.PyJWKSet.from_dict(jwks(signer))[jwt.get_unverified_header(token)["kid"]]
    options: Any = {"require": ["exp", "iat", "nbf", "jti", "sub"], "verify_exp": False, "verify_nbf": False}
    claims = jwt.decode(token, key, algorithms=["ES256"], issuer=ISSUER, options={**options, "verify_iat": False})
    assert claims["answer"] == "authorised"


JOSE = """
import { createLocalJWKSet, jwtVerify } from "jose";
const [token, keys, issuer, now] = process.argv.slice(1);
const options = { issuer, algorithms: ["ES256"], typ: "verification+jwt", currentDate: new Date(Number(now) * 1000) };
const { payload } = await jwtVerify(token, createLocalJWKSet(JSON.parse(keys)), options);
console.log(payload.answer);
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not on the path")
def test_jose_in_node_takes_it(signer: FlaskClient) -> None:
    moment = str(int(NOW.timestamp()))
    given = [signed(signer), json.dumps(jwks(signer)), ISSUER, moment]
    found = subprocess.run(
        ["node", "--input-type=module", "--eval", JOSE, *given], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (found.stdout.strip(), found.stderr) == ("authorised", "")


def test_the_published_keys_hold_nothing_private_and_may_be_kept(signer: FlaskClient) -> None:
    found = signer.get("/.well-known/jwks.json")
    (key,) = found.get_json()["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert found.headers["Cache-Control"] == "public, max-age=300"
    assert found.headers["Access-Control-Allow-Origin"] == "*"
    again = signer.get("/.well-known/jwks.json", headers={"If-None-Match": found.headers["ETag"]})
    assert again.status_code == 304


def test_keys_lie_where_only_their_owner_reads_them(signer: FlaskClient, tmp_path: Path) -> None:
    signed(signer)
    keys = tmp_path / "keys"
    assert keys.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in keys.iterdir()} == {0o600}


@pytest.mark.parametrize("what", ["directory", "file", "damaged"])
def test_keys_that_are_open_or_damaged_are_not_used(signer: FlaskClient, tmp_path: Path, what: str) -> None:
    jwks(signer)
    (path,) = (tmp_path / "keys").glob("*.json")
    if what == "damaged":
        path.write_text("{")
    else:
        (path if what == "file" else path.parent).chmod(0o755)
    signer.application.extensions["mapapp.verifier"].issuer.signer._looked_at = float("-inf")
    signer.application.extensions["mapapp.verifier"].issuer.signer._version = None
    found = signer.get(URL, query_string={**QUESTION, "format": "jws"})
    assert (found.status_code, found.get_json()["type"]) == (503, "/docs#problem-signing-unavailable")
    assert signer.get(URL, query_string=QUESTION).status_code == 200


# -- forged ------------------------------------------------------------------------------------------------------------


def encoded(content: bytes | dict[str, Any]) -> str:
    plain = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    header, payload, signature = token.split(".")
    return *(json.loads(base64.urlsafe_b64decode(f"{part}==")) for part in (header, payload)), signature  # type: ignore[return-value]


def with_header(token: str, **changes: Any) -> str:
    header, _, signature = parts(token)
    return f"{encoded({**header, **changes})}.{token.split('.')[1]}.{signature}"


def signed_by_another(token: str, **header_changes: Any) -> str:
    """Everything as it was, with a key of the forger's own."""
    header, _, _ = parts(token)
    key = ec.generate_private_key(ec.SECP256R1())
    body = f"{encoded({**header, **header_changes})}.{token.split('.')[1]}"
    r, s = decode_dss_signature(key.sign(body.encode(), ec.ECDSA(SHA256())))
    return f"{body}.{encoded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def unsigned(token: str, algorithm: str) -> str:
    header, _, _ = parts(token)
    return f"{encoded({**header, 'alg': algorithm})}.{token.split('.')[1]}."


def hs256_with_the_public_key(token: str, keys: dict[str, Any]) -> str:
    header, _, _ = parts(token)
    public = jwt.PyJWK(keys["keys"][0]).key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = f"{encoded({**header, 'alg': 'HS256'})}.{token.split('.')[1]}"
    return f"{body}.{encoded(hmac.new(public, body.encode(), hashlib.sha256).digest())}"


def altered(token: str) -> str:
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(f"{payload}=="))
    return f"{header}.{encoded({**claims, 'answer': 'not_authorised'})}.{signature}"


def other_spelling(token: str) -> str:
    """The same bytes: the last character's spare bits changed."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) ^ 1]


def zero_signature(token: str) -> str:
    return f"{token.rpartition('.')[0]}.{encoded(bytes(64))}"


def own_jwk(token: str) -> str:
    key = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": encoded(key.x.to_bytes(32, "big")),
        "y": encoded(key.y.to_bytes(32, "big")),
    }
    return signed_by_another(token, jwk=jwk)


FORGED: dict[str, Callable[[str, dict[str, Any]], str]] = {
    "alg none": lambda token, _: unsigned(token, "none"),
    "alg None": lambda token, _: unsigned(token, "None"),
    "no signature": lambda token, _: unsigned(token, "ES256"),
    "hs256 with the public key": hs256_with_the_public_key,
    "another algorithm": lambda token, _: with_header(token, alg="ES384"),
    "a list as algorithm": lambda token, _: with_header(token, alg=["ES256"]),
    "a key of the forger's own": lambda token, _: signed_by_another(token),
    "an unknown kid": lambda token, _: signed_by_another(token, kid="unknown"),
    "kid as a path": lambda token, _: with_header(token, kid="../../etc/passwd"),
    "kid as a number": lambda token, _: with_header(token, kid=7),
    "its own key in the header": lambda token, _: own_jwk(token),
    "a foreign key address": lambda token, _: signed_by_another(token, jku="https://example.com/jwks.json"),
    "crit": lambda token, _: with_header(token, crit=["exp"]),
    "b64 false": lambda token, _: with_header(token, b64=False, crit=["b64"]),
    "another type": lambda token, _: with_header(token, typ="JWT"),
    "an altered answer": lambda token, _: altered(token),
    "an altered signature": lambda token, _: zero_signature(token),
    "another spelling of the signature": lambda token, _: other_spelling(token),
    "a fourth part": lambda token, _: f"{token}.x",
    "spaces": lambda token, _: f" {token}",
    "oversized": lambda token, _: f"{token}{'A' * 100_000}",
    "nothing": lambda *_: "",
    "no token": lambda *_: "chữ",
    "two points": lambda *_: "..",
    "a list as header": lambda token, _: f"{encoded(b'[]')}.{token.partition('.')[2]}",
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_token_is_refused(signer: FlaskClient, forgery: str) -> None:
    token, keys = signed(signer), jwks(signer)
    assert check(token, keys, issuer=ISSUER, now=NOW)["answer"] == "authorised"
    forged = FORGED[forgery](token, keys)
    assert forged != token
    with pytest.raises(ForgedToken):
        check(forged, keys, issuer=ISSUER, now=NOW)


@pytest.mark.parametrize(
    ("issuer", "now"),
    [
        ("https://elsewhere.example.vn", NOW),
        (ISSUER, NOW + timedelta(seconds=300)),
        (ISSUER, NOW - timedelta(seconds=31)),
    ],
)
def test_a_genuine_token_counts_for_its_issuer_and_its_time_only(
    signer: FlaskClient, issuer: str, now: datetime
) -> None:
    with pytest.raises(ForgedToken):
        check(signed(signer), jwks(signer), issuer=issuer, now=now)


@pytest.mark.parametrize(
    "claims",
    [b"[]", b"7", b"\xff", b"{}", {"exp": "9999999999"}, {"exp": True}, {"exp": 1e300}, {"exp": -1}, {"jti": ""}],
)
def test_claims_that_make_no_sense_are_refused(signer: FlaskClient, claims: bytes | dict[str, Any]) -> None:
    """Even genuinely signed ones."""
    text = claims.decode("latin-1") if isinstance(claims, bytes) else json.dumps({**parts(signed(signer))[1], **claims})
    token = signer.application.extensions["mapapp.verifier"].issuer.signer.sign(text, NOW)
    with pytest.raises(ForgedToken):
        check(token, jwks(signer), issuer=ISSUER, now=NOW)
