// The national list in the browser's own store: fetched whole or as a difference, believed only when its signature and
// its hashes are right, and used until it expires.
import { record } from "./offline-rules.js";

const STORE = "offline-list"; // the service worker leaves this cache alone
const HEAD = "/offline-list/head", LIST = "/offline-list/lines", KEYS = "/offline-list/keys";
const LIST_TYPE = "offline-list+jwt", ANSWER_TYPE = "verification+jwt";
const LEEWAY_S = 30;

/** Brings the newest list, checked, into the store. Resolves to its head; rejects with the reason. */
export async function download(url, keysUrl) {
  const { list } = await (await fetched(url)).json();
  const keys = await fetched(keysUrl); // after the list, so that the key it was signed with is among them
  const head = await opened(list, await keys.clone().json(), LIST_TYPE);
  const lines = await newest(url, head);
  const store = await caches.open(STORE);
  await Promise.all([
    store.put(LIST, new Response(lines.join("\n"))),
    store.put(HEAD, new Response(JSON.stringify(head))),
    store.put(KEYS, new Response(await keys.text())),
  ]);
  await navigator.storage?.persist?.().catch(() => false);
  return head;
}

/** What is kept: {head, edition, records, origins, keys, expired}, or null. */
export async function kept() {
  const store = await caches.open(STORE);
  const [head, lines, keys] = await Promise.all([HEAD, LIST, KEYS].map((name) => store.match(name)));
  if (!head || !lines || !keys) return null;
  const told = await head.json();
  const { records, origins } = read((await lines.text()).split("\n"));
  return { head: told, edition: told, records, origins, keys: await keys.json(), expired: told.exp <= Date.now() / 1000 };
}

export async function remove() {
  await caches.delete(STORE);
}

/** The claims of a signed answer, checked with the keys that came with the list. Rejects with a word: `form`, `key`,
 *  `signature`, `early`; `expired` is told beside the claims, because what an expired answer said was still said. */
export async function checkAnswer(token, list) {
  const claims = await opened(token.trim(), list.keys, ANSWER_TYPE);
  if (claims.iss !== list.head.iss) throw new Error("issuer");
  if (Math.max(claims.iat, claims.nbf) > Date.now() / 1000 + LEEWAY_S) throw new Error("early");
  return { claims, expired: claims.exp <= Date.now() / 1000 };
}

async function fetched(url) {
  const answer = await fetch(url, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return answer;
}

/** The lines of the list: by a difference where one can be had and leads to the right result, else all of them. */
async function newest(url, head) {
  const store = await caches.open(STORE);
  const before = await (await store.match(HEAD))?.json();
  if (before && head.differences_from.includes(before.release) && before.iss === head.iss) {
    const old = (await (await store.match(LIST)).text()).split("\n");
    const change = await (await fetched(`${url}/${head.release}/since/${before.release}`)).text();
    const lines = applied(old, change.split("\n").filter(Boolean));
    if ((await sha256(lines.filter((line) => line.startsWith("[")).map((line) => `${line}\n`).join(""))) === head.records_sha256) return lines;
  }
  const text = await (await fetched(`${url}/${head.release}`)).text();
  if ((await sha256(text)) !== head.sha256) throw new Error("hash");
  return text.split("\n").filter(Boolean);
}

function applied(lines, change) {
  const records = new Map(), origins = [];
  for (const line of [...lines, ...change]) {
    if (line.startsWith("[")) records.set(idOf(line), line);
    else if (line.startsWith('{"-"')) for (const id of JSON.parse(line)["-"]) records.delete(id);
    else origins.push(line);
  }
  const ids = [...records.keys()].sort();
  return [...new Set(origins), ...ids.map((id) => records.get(id))];
}

function idOf(line) {
  return line.slice(2, line.indexOf('"', 2));
}

function read(lines) {
  const records = new Map(), origins = new Map();
  for (const line of lines) {
    if (line.startsWith("[")) { const one = record(JSON.parse(line)); records.set(one.id, one); }
    else if (line) for (const [name, origin] of Object.entries(JSON.parse(line))) origins.set(name, origin);
  }
  return { records, origins };
}

/** The claims of a compact JWS signed by one of the keys: ES256 and this type, nothing else is followed. */
async function opened(token, jwks, type) {
  const parts = token.split(".");
  if (parts.length !== 3 || token.length > 200_000) throw new Error("form");
  let header, claims;
  try {
    header = JSON.parse(text(parts[0]));
    claims = JSON.parse(text(parts[1]));
  } catch {
    throw new Error("form");
  }
  if (header.alg !== "ES256" || header.typ !== type || Object.keys(header).some((name) => !["alg", "kid", "typ"].includes(name))) throw new Error("form");
  const jwk = jwks.keys.find((key) => key.kid === header.kid && key.kty === "EC" && key.crv === "P-256");
  if (!jwk) throw new Error("key");
  const { kty, crv, x, y } = jwk;
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  const right = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, bytes(parts[2]), new TextEncoder().encode(`${parts[0]}.${parts[1]}`));
  if (!right) throw new Error("signature");
  return claims;
}

function bytes(part) {
  const plain = atob(part.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(part) {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes(part));
}

async function sha256(whole) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(whole));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
