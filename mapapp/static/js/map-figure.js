// The <figure> around a map: its configuration, its foot, and the events by which map and page talk.
// map → page: map:hover {id|null}, map:choose {id}, map:area {bbox}, map:note text, map:source text
// page → map: page:hover {id|null}, page:choose {id}, page:results (the figure's data-config is new)
import { make } from "./dom.js";

/** @param map a Leaflet map */
export function figureOf(map) {
  return map.getContainer().closest("figure.map");
}

/** The configuration the server wrote (MapConfig.as_json). */
export function configOf(map) {
  return JSON.parse(figureOf(map).dataset.config);
}

/** The lines along the map's lower edge, where what they hold never lies over one another. */
export function footOf(map) {
  const frame = map.getContainer().parentElement;
  const foot = frame.querySelector(".map-foot") ?? make("div", { class: "map-foot" });
  if (!foot.isConnected) frame.append(foot);
  return foot;
}

/** A URL of the API with the filters of the page. */
export function question(address, filters, more = {}) {
  const url = new URL(address, document.baseURI);
  for (const [name, values] of Object.entries(filters)) for (const value of values) url.searchParams.append(name, value);
  for (const [name, value] of Object.entries(more)) url.searchParams.set(name, value);
  return url;
}

/** Shapes with tooltips would each be a nameless stop of the keyboard; the table beside the map says what they say. */
export function passOver(shape) {
  for (const one of shape.getLayers?.() ?? [shape]) one.getElement()?.setAttribute("tabindex", "-1");
}

export function tell(map, name, detail) {
  figureOf(map).dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
}
