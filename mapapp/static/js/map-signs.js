// Signs on the map: an institution's shape (copied from the legend, so that both agree), a cluster's ring, a place's mark.
/* global L */
import { make } from "./dom.js";
import { sizeOf } from "./map-gather.js";

const SIGN_PX = 32;
const TARGET_PX = 24; // WCAG 2.2, 2.5.8
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

/** Tab skips signs that lie beyond the edge or under a control, where focus could not be seen (WCAG 2.2, 2.4.11), until
 *  the map moves. The list names them all. */
export function skipCovered(map, markers) {
  const container = map.getContainer();
  const beside = [...container.parentElement.children].filter((element) => element !== container);
  const above = [...beside, ...container.querySelectorAll(".leaflet-control, .leaflet-popup")];
  const covers = above.map((element) => element.getBoundingClientRect());
  const frame = container.getBoundingClientRect();
  for (const marker of markers) {
    const core = coreOf(marker.getElement().getBoundingClientRect());
    const seen = within(core, frame) && !covers.some((cover) => meet(core, cover));
    marker.getElement().tabIndex = seen ? 0 : -1;
  }
}

function coreOf({ x, y, width, height }) {
  const [left, top] = [x + (width - TARGET_PX) / 2, y + (height - TARGET_PX) / 2];
  return { left, top, right: left + TARGET_PX, bottom: top + TARGET_PX };
}

function within(core, frame) {
  return core.left >= frame.left && core.right <= frame.right && core.top >= frame.top && core.bottom <= frame.bottom;
}

function meet(core, cover) {
  return core.left < cover.right && core.right > cover.left && core.top < cover.bottom && core.bottom > cover.top;
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
