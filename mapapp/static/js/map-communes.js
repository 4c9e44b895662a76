// Communes of the provinces in view, once the map is close enough to need them: to find one's way, never to assign by.
/* global L */
import { configOf } from "./map-figure.js";
import { label, largestPart, nameOf } from "./map-names.js";

const LINES_FROM_ZOOM = 9;
const NAMES_FROM_ZOOM = 10.5;
const MOST_PROVINCES = 4;

/** Thin outlines and names, province by province. */
export const communes = (options) => new Communes(options);

const Communes = L.Layer.extend({
  initialize(options) {
    L.setOptions(this, options);
    this.byProvince = new Map();
    this.names = L.layerGroup();
  },

  onAdd(map) {
    map.on("moveend provincesdrawn", this.update, this);
    this.update();
  },

  onRemove(map) {
    map.off("moveend provincesdrawn", this.update, this);
    for (const outlines of this.byProvince.values()) outlines.remove();
    this.names.remove();
  },

  update() {
    const map = this._map;
    const close = map.getZoom() >= LINES_FROM_ZOOM && map.provinces;
    const near = close ? this.inView() : [];
    for (const [code, outlines] of this.byProvince) if (!near.includes(code)) outlines.remove();
    for (const code of near) this.show(code);
    this.name(near);
  },

  inView() {
    const [view, center] = [this._map.getBounds(), this._map.getCenter()];
    const seen = this._map.provinces.filter(({ box }) => box.intersects(view));
    const distance = ({ box }) => center.distanceTo(box.getCenter());
    return seen.sort((one, two) => distance(one) - distance(two)).slice(0, MOST_PROVINCES).map(({ code }) => code);
  },

  async show(code) {
    if (this.byProvince.has(code)) return void this.byProvince.get(code).addTo(this._map);
    const outlines = this.empty();
    this.byProvince.set(code, outlines);
    try {
      const answer = await fetch(this.address(code), { credentials: "same-origin" });
      if (!answer.ok) throw new Error(answer.status);
      outlines.addData(await answer.json());
      if (this._map) this.update();
    } catch {
      this.byProvince.delete(code); // asked for again at the next move
    }
  },

  empty() {
    return L.geoJSON(null, {
      pane: "land",
      renderer: this._map.landRenderer,
      interactive: false,
      filter: (feature) => !feature.properties.symbol && feature.geometry.type !== "Point",
      style: () => ({ className: "commune", weight: 0.7 }),
    });
  },

  address(code) {
    const url = new URL(configOf(this._map).boundaries, document.baseURI);
    url.pathname = url.pathname.replace(/province$/, "commune");
    url.searchParams.set("within", code);
    url.searchParams.set("zoom", LINES_FROM_ZOOM);
    return url;
  },

  name(near) {
    this.names.clearLayers();
    if (this._map.getZoom() < NAMES_FROM_ZOOM) return void this.names.remove();
    const view = this._map.getBounds();
    for (const code of near) {
      for (const layer of this.byProvince.get(code)?.getLayers() ?? []) {
        const center = largestPart(layer).getCenter();
        if (view.contains(center)) this.names.addLayer(label(center, nameOf(layer.feature.properties), "commune-name"));
      }
    }
    this.names.addTo(this._map);
    this._map.fire("namesdrawn");
  },
});
