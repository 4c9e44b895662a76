import { readFile } from "node:fs/promises";
import { createRemoteJWKSet, jwtVerify } from "jose";

const base = "https://BASE";
const token = (await readFile("answer.jws", "ascii")).trim();
const keys = createRemoteJWKSet(new URL(`${base}/.well-known/jwks.json`));
const { payload } = await jwtVerify(token, keys, { issuer: base, algorithms: ["ES256"], typ: "verification+jwt" });
console.log(payload.answer, payload.data_status, payload.expires_at);
