// Notes over the map. Names from the register are set as text, never as markup.
import { fill, make } from "./dom.js";
import { question } from "./map-figure.js";

const LISTED = 50;

/** What a single sign says: number, name, place, a way to its page. */
export function institutionNote(properties, number, config, texts) {
  const place = [properties.address, properties.commune?.name, properties.province?.name].filter(Boolean);
  const [shown, ...rest] = place;
  return make(
    "div", { class: "note" },
    make("p", { class: "note-title" }, number ? `${number}. ` : null, make("bdi", {}, properties.name)),
    shown ? make("p", {}, make("bdi", {}, [shown, ...rest].join(", "))) : null,
    properties.approximate ? make("p", { class: "note-rough" }, texts.approximate) : null,
    make("p", {}, make("a", { href: pageOf(config, properties.id) }, texts.open, make("span", { class: "visually-hidden" }, `: ${properties.name}`))),
  );
}

/** Several at one place, or known by province only: a list fetched when it is opened. */
export function institutionList(config, where, note, approximate, texts) {
  const list = make("ol", {});
  const box = make("div", { class: "note" }, note ? make("p", {}, note) : null, list);
  list.append(make("li", {}, texts.loading));
  fillList(list, config, where, approximate, texts);
  return box;
}

async function fillList(list, config, where, approximate, texts) {
  const { bbox: _box, ...filters } = config.filters;
  if (where.unit) delete filters.unit;
  const api = new URL("institutions", new URL(config.clusters, document.baseURI));
  try {
    const answer = await fetch(question(api, filters, { ...where, limit: LISTED }), { credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.status);
    const { features } = await answer.json();
    const wanted = approximate ? features.filter((feature) => !feature.geometry) : features;
    list.replaceChildren(...wanted.map(({ properties }) => entry(properties, config)));
  } catch {
    list.replaceChildren(make("li", {}, fill(texts.failed, {})));
  }
}

function entry(properties, config) {
  return make("li", {}, make("a", { href: pageOf(config, properties.id) }, make("bdi", {}, properties.name)));
}

function pageOf(config, id) {
  return config.institution.replace("{id}", encodeURIComponent(id));
}
