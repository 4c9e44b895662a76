// Notes over the map. Names from the register are set as text, never as markup.
import { make } from "./dom.js";
import { question } from "./map-figure.js";

const LISTED = 50;
const AROUND_DEGREES = 1e-5;

/** What a single sign says: number, name, place, a way to its page. */
export function institutionNote(properties, number, config, texts) {
  const place = [properties.address, properties.commune?.name, properties.province?.name].filter(Boolean);
  return make(
    "div", { class: "note" },
    make("p", { class: "note-title" }, number ? `${number}. ` : null, make("bdi", {}, properties.name)),
    place.length ? make("p", {}, make("bdi", {}, [...new Set(place)].join(", "))) : null,
    properties.approximate ? make("p", { class: "note-rough" }, texts.approximate) : null,
    make("p", {}, make("a", { href: pageOf(config, properties.id) }, texts.open, make("span", { class: "visually-hidden" }, `: ${properties.name}`))),
  );
}

/** Several at one place, or known by province only: a list; what the features do not carry is fetched. */
export function institutionList(config, features, note, texts) {
  const list = make("ol", {}, make("li", {}, texts.loading));
  fillList(list, config, features, texts);
  return make("div", { class: "note", tabindex: "-1" }, note ? make("p", {}, note) : null, list);
}

async function fillList(list, config, features, texts) {
  try {
    const parts = await Promise.all(features.map((feature) => behind(config, feature)));
    list.replaceChildren(...parts.flat().map((properties) => entry(properties, config)));
  } catch {
    list.replaceChildren(make("li", {}, texts.failed));
  }
}

/** The institutions that a feature stands for. */
async function behind(config, { properties }) {
  if (!properties.cluster) return [properties];
  const { bbox: _box, ...filters } = config.filters;
  const rough = Boolean(properties.approximate);
  if (rough) delete filters.unit;
  const where = rough ? { unit: properties.unit } : { bbox: around(properties.bbox).join(",") };
  const api = new URL("institutions", new URL(config.clusters, document.baseURI));
  const answer = await fetch(question(api, filters, { ...where, limit: LISTED }), { credentials: "same-origin" });
  if (!answer.ok) throw new Error(answer.status);
  const found = (await answer.json()).features;
  return (rough ? found.filter(({ geometry }) => !geometry) : found).map((feature) => feature.properties);
}

function entry(properties, config) {
  return make("li", {}, make("a", { href: pageOf(config, properties.id) }, make("bdi", {}, properties.name)));
}

function pageOf(config, id) {
  return config.institution.replace("{id}", encodeURIComponent(id));
}

function around([west, south, east, north]) {
  const edges = [west - AROUND_DEGREES, south - AROUND_DEGREES, east + AROUND_DEGREES, north + AROUND_DEGREES];
  return edges.map((degrees) => Number(degrees.toFixed(6)));
}
