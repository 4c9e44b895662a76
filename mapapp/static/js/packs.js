// Province packs in the browser's own store. They stay until the person removes them, whatever version of the site runs.
const STORE = "packs"; // the service worker leaves this cache alone

/** Downloads a pack and keeps it, with the time. Resolves to the pack; rejects when it could not be had whole. */
export async function download(url) {
  const answer = await fetch(url, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  const text = await answer.text();
  const pack = JSON.parse(text);
  const headers = { "Content-Type": "application/json", "X-Kept-At": new Date().toISOString() };
  await (await caches.open(STORE)).put(url, new Response(text, { headers }));
  await navigator.storage?.persist?.().catch(() => false);
  return pack;
}

/** Every pack that is kept: [{url, pack, keptAt: Date, bytes}], by the province's name. */
export async function kept() {
  const store = await caches.open(STORE);
  const found = await Promise.all((await store.keys()).map(async (request) => {
    const answer = await store.match(request);
    const text = await answer.text();
    return { url: request.url, pack: JSON.parse(text), keptAt: new Date(answer.headers.get("X-Kept-At")), bytes: new Blob([text]).size };
  }));
  return found.sort((one, other) => one.pack.province.name.localeCompare(other.pack.province.name, "vi"));
}

export async function remove(url) {
  await (await caches.open(STORE)).delete(url);
}
