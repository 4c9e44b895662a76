// Names on the ground, and which of them have room.
/* global L */
import { make } from "./dom.js";

const GAP_PX = 4;
const IN_THE_WAY = ".zone-name, .mark-icon > *, .sea-name span";

/** A name that belongs to the ground: nothing happens on it, and the list says the same in words. */
export function label(at, text, className) {
  const icon = L.divIcon({ className, html: make("span", {}, text), iconSize: [0, 0] });
  return L.marker(at, { icon, interactive: false, keyboard: false, pane: "names" });
}

/** A unit's name in the language of the page. */
export function nameOf({ name, name_en }) {
  return (document.documentElement.lang === "en" && name_en) || name;
}

/** Names that would cover a sign or one another give way; earlier ones first, provinces before communes. */
export function thin(map) {
  const container = map.getContainer();
  const taken = [...container.querySelectorAll(IN_THE_WAY)].map((element) => element.getBoundingClientRect());
  for (const name of container.querySelectorAll(".province-name, .commune-name")) {
    name.hidden = false;
    const box = name.firstChild.getBoundingClientRect();
    const free = taken.every((other) => apart(box, other));
    name.hidden = !free;
    if (free) taken.push(box);
  }
}

/** The box of a unit's largest part. */
export function largestPart(layer) {
  const parts = layer.feature.geometry.type === "MultiPolygon" ? layer.getLatLngs() : [layer.getLatLngs()];
  return parts.map(([ring]) => L.latLngBounds(ring)).reduce((most, box) => (area(box) > area(most) ? box : most));
}

/** Square degrees: only for comparing. */
export function area(box) {
  return (box.getEast() - box.getWest()) * (box.getNorth() - box.getSouth());
}

function apart(one, two) {
  return (
    one.right + GAP_PX < two.left || two.right + GAP_PX < one.left ||
    one.bottom + GAP_PX < two.top || two.bottom + GAP_PX < one.top
  );
}
