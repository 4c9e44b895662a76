// Keeps the shell and what was seen last. The server puts `const SETTINGS = {version, files, pages}` above this text.
// A page is always asked for first; what was kept answers only when the network does not, and then says its age.
/* global SETTINGS */
const SHELL = `shell-${SETTINGS.version}`;
const SEEN = `seen-${SETTINGS.version}`;
const OURS = new Set([SHELL, SEEN, "packs", "offline-list"]); // the last two are the person's own: packs.js, offline-list.js
const MOST_SEEN = 60;
const PATIENCE_MS = 6000;
const NEVER_KEPT = /\/(reports\/|institutions\/[^/]+\/report$|service-worker\.js$|steward)/;
const DATA = /^\/(en\/)?maps\/|^\/api\/v1\/(boundaries|clusters|institutions)(\/|$)/;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || NEVER_KEPT.test(url.pathname)) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(shellFirst(request));
  else if (isPage(request)) event.respondWith(networkFirst(request, { cache: "no-cache" }));
  else if (DATA.test(url.pathname)) event.respondWith(networkFirst(request));
});

async function install() {
  const shell = await caches.open(SHELL);
  await shell.addAll(SETTINGS.files);
  await Promise.all(SETTINGS.pages.map(async (page) => {
    const answer = await fetch(page);
    if (answer.ok) await shell.put(page, await stamped(answer));
  }));
  await self.skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) if (!OURS.has(name)) await caches.delete(name);
  await self.clients.claim();
}

function isPage(request) {
  return request.mode === "navigate" || (request.headers.get("Accept") ?? "").includes("text/html");
}

async function shellFirst(request) {
  return (await caches.match(request, { cacheName: SHELL })) ?? fetch(request);
}

/** `options` are of fetch: pages go past the browser's own cache, which would show old ones without their age. */
async function networkFirst(request, options = {}) {
  const known = await caches.match(request, { cacheName: SEEN });
  try {
    const answer = await (known ? withPatience(fetch(request, options)) : fetch(request, options));
    if (answer.ok && !(answer.headers.get("Cache-Control") ?? "").includes("no-store")) await remember(request, answer.clone());
    return answer;
  } catch (error) {
    if (known) return aged(known);
    if (request.mode !== "navigate") throw error;
    return offlinePage(new URL(request.url), error);
  }
}

/** A slow network counts as none where there is something to show instead. */
function withPatience(asked) {
  return Promise.race([asked, new Promise((_, refuse) => { setTimeout(() => refuse(new Error("slow")), PATIENCE_MS); })]);
}

async function remember(request, answer) {
  const seen = await caches.open(SEEN);
  await seen.put(request, await stamped(answer));
  const keys = await seen.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - MOST_SEEN))) await seen.delete(old);
}

/** The answer with the time it was had. */
async function stamped(answer) {
  const headers = new Headers(answer.headers);
  headers.delete("Content-Encoding");
  headers.set("X-Kept-At", new Date().toISOString());
  return new Response(await answer.blob(), { status: answer.status, headers });
}

/** A kept page that knows it is one (static/js/app.js says so); data as it is. */
async function aged(answer) {
  if (!(answer.headers.get("Content-Type") ?? "").startsWith("text/html")) return answer;
  const text = await answer.text();
  const marked = text.replace(/<html lang="(\w+)"/, `<html lang="$1" data-kept-at="${answer.headers.get("X-Kept-At")}"`);
  return new Response(marked, { status: answer.status, headers: answer.headers });
}

async function offlinePage(url, error) {
  const spoken = SETTINGS.pages.filter((page) => page.startsWith("/en/") === url.pathname.startsWith("/en/"));
  const verifying = /\/verify(\/|$)/.test(url.pathname);
  const wanted = spoken.find((page) => page.includes("/verify") === verifying);
  const page = wanted && (await caches.match(wanted, { cacheName: SHELL }));
  if (!page) throw error;
  return aged(page);
}
