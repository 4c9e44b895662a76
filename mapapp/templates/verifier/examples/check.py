import jwt

base = "https://BASE"
token = open("answer.jws", encoding="ascii").read().strip()
key = jwt.PyJWKClient(f"{base}/.well-known/jwks.json").get_signing_key_from_jwt(token)
answer = jwt.decode(
    token, key, algorithms=["ES256"], issuer=base, options={"require": ["exp", "iat", "nbf", "jti", "sub"]}
)
print(answer["answer"], answer["data_status"], answer["expires_at"])
