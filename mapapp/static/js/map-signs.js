// Signs on the map: an institution's shape (copied from the legend, so that both agree), a cluster's ring, a place's mark.
/* global L */
import { make } from "./dom.js";
import { sizeOf } from "./map-gather.js";

const SIGN_PX = 32;
const RING_PX = { large: 46, middle: 38, small: 32 };

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
  const name = sizeOf(count);
  const shown = count.toLocaleString(document.documentElement.lang);
  const ring = make("span", { class: `ring ${name}${approximate ? " rough" : ""}` }, approximate ? `≈${shown}` : shown);
  return icon(ring, RING_PX[name], "cluster");
}

/** Where distances are measured from. */
export function originIcon() {
  return icon(make("span", { class: "origin-sign" }), 44, "origin");
}

/** Adds a marker that says its name to everyone and works by Enter and Space like any button; its note takes the focus
 *  and gives it back. */
export function addNamed(marker, group, label, key) {
  marker.addTo(group);
  const element = marker.getElement();
  element.setAttribute("aria-label", label);
  element.dataset.key = key;
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    marker.fire("click", { latlng: marker.getLatLng(), originalEvent: event });
  });
  marker.on("popupopen", ({ popup }) => {
    const note = popup.getElement();
    note.addEventListener("keydown", (event) => { if (event.key === "Escape") marker.closePopup(); });
    if (document.activeElement === element) note.querySelector("a[href]:not(.leaflet-popup-close-button), .note").focus();
  });
  marker.on("popupclose", ({ popup }) => { if (popup.getElement()?.contains(document.activeElement)) element.focus(); });
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
