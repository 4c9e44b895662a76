// Zoom, whole country, "search here", scale, source of the outlines: buttons of the page, not of a foreign style.
/* global L */
import { make } from "./dom.js";
import { figureOf, footOf, tell } from "./map-figure.js";

const SETTLE_MS = 400;

/** All controls of a map as one layer. */
export const controls = (options) => new Controls(options);

const Controls = L.Layer.extend({
  initialize(options) {
    L.setOptions(this, options);
  },

  onAdd(map) {
    const { texts } = this.options;
    const nation = L.latLngBounds(map.options.nation);
    const frame = map.getContainer().parentElement;
    this.bar = make("div", { class: "map-buttons" });
    this.bar.append(
      button("+", texts.zoomIn, () => map.zoomIn()),
      button("−", texts.zoomOut, () => map.zoomOut()),
      button(null, texts.whole, () => map.fitBounds(nation, { paddingTopLeft: [8, 8], paddingBottomRight: [8, 32] })),
    );
    this.here = make("button", { type: "button", class: "search-here", hidden: true, onclick: () => this.search(map) }, texts.here);
    this.source = make("p", { class: "map-source" });
    frame.prepend(this.bar, this.here);
    this.scale = L.control.scale({ imperial: false }).addTo(map);
    footOf(map).append(this.source, this.scale.getContainer());
    figureOf(map).addEventListener("map:source", (event) => { this.source.textContent = event.detail; });
    figureOf(map).addEventListener("map:note", (event) => note(figureOf(map), event.detail));
    if (figureOf(map).dataset.area !== undefined) setTimeout(() => map.on("dragend zoomend", this.offer, this), SETTLE_MS);
  },

  onRemove() {
    for (const part of [this.bar, this.here, this.source, this.scale]) part.remove();
  },

  offer() {
    if (!this._map.fittingToResults) this.here.hidden = false;
  },

  search(map) {
    this.here.hidden = true;
    const box = map.getBounds();
    const edges = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
    tell(map, "map:area", { bbox: edges.map((degrees) => Number(degrees.toFixed(4))) });
  },
});

function button(sign, label, onclick) {
  const shown = sign === null ? label : make("span", { "aria-hidden": "true" }, sign);
  const named = sign === null ? {} : { "aria-label": label, title: label };
  return make("button", { type: "button", class: sign === null ? "whole" : "zoom", onclick, ...named }, shown);
}

function note(figure, message) {
  const place = figure.querySelector(".map-message");
  place.hidden = !message;
  place.textContent = message;
}
