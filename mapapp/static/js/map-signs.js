// Signs on the map: an institution's shape (copied from the legend, so that both agree), a cluster's ring, a place's mark.
/* global L */
import { make } from "./dom.js";

const SIGN_PX = 32;
const RINGS = [[100, 46, "large"], [10, 44, "middle"], [0, 44, "small"]];

/** The sign of one institution; `number` when it stands in the list. */
export function institutionIcon(properties, number) {
  const signOf = (type) => document.querySelector(`.legend svg.${CSS.escape(type)}`);
  const legend = signOf(properties.type ?? "unknown") ?? signOf("unknown");
  const sign = legend.cloneNode(true);
  const gone = properties.status === "closed" || properties.status === "merged";
  sign.classList.toggle("gone", gone);
  sign.classList.toggle("approximate", Boolean(properties.approximate));
  if (number) sign.append(numberText(number, properties.type));
  return icon(make("span", { class: "sign" }, sign), SIGN_PX, number ? "numbered" : "plain");
}

/** A ring with a count; dashed where the members are known by province only. */
export function clusterIcon(count, approximate) {
  const [, size, name] = RINGS.find(([least]) => count >= least);
  const shown = count.toLocaleString(document.documentElement.lang);
  const ring = make("span", { class: `ring ${name}${approximate ? " rough" : ""}` }, approximate ? `≈${shown}` : shown);
  return icon(ring, size, "cluster");
}

/** Where distances are measured from. */
export function originIcon() {
  return icon(make("span", { class: "origin-sign" }), 44, "origin");
}

/** A marker that says its name to everyone; leave `label` to the visible text only where nothing can be done with it. */
export function addNamed(marker, group, label, key) {
  marker.addTo(group);
  const element = marker.getElement();
  element.setAttribute("aria-label", label);
  element.dataset.key = key;
  return element;
}

function icon(html, size, className) {
  return L.divIcon({ html, className: `mark-icon ${className}`, iconSize: [size, size], popupAnchor: [0, -size / 2] });
}

function numberText(number, type) {
  const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
  text.setAttribute("x", 16);
  text.setAttribute("y", type === "vocational_high_school" ? 25 : 21);
  if (String(number).length > 2) text.setAttribute("class", "long");
  text.textContent = number;
  return text;
}
