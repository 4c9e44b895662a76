// Provinces and archipelagos: the ground every map stands on, drawn by us, from our own server.
/* global L */
import { make } from "./dom.js";
import { configOf, figureOf } from "./map-figure.js";

const LABEL_GAP = 4;

/** Outlines and names of the provinces; more detail is fetched when the map comes closer. */
export const provinces = (options) => new Provinces(options);

const Provinces = L.Layer.extend({
  initialize(options) {
    L.setOptions(this, options);
    this.outlines = L.geoJSON(null, {
      interactive: false,
      filter: (feature) => !feature.properties.symbol && feature.geometry.type !== "Point",
      style: () => ({ className: "land", weight: 1 }),
    });
    this.names = L.layerGroup();
    this.detail = null;
  },

  onAdd(map) {
    map.createPane("land").style.zIndex = 200;
    map.createPane("names").style.zIndex = 450;
    map.getPane("names").style.pointerEvents = "none";
    this.outlines.options.pane = "land";
    this.outlines.options.renderer = L.svg({ pane: "land", padding: 0.5 });
    this.outlines.addTo(map);
    this.names.addTo(map);
    map.on("zoomend", this.update, this);
    map.on("moveend", this.thin, this);
    this.update();
  },

  onRemove(map) {
    map.off("zoomend", this.update, this).off("moveend", this.thin, this);
    this.outlines.remove();
    this.names.remove();
  },

  async update() {
    const zoom = this._map.getZoom();
    const detail = zoom <= 6 ? 6 : zoom <= 9 ? 9 : 12;
    if (detail === this.detail) return;
    this.detail = detail;
    const url = new URL(configOf(this._map).boundaries, document.baseURI);
    url.searchParams.set("zoom", detail);
    try {
      const answer = await fetch(url, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(answer.status);
      const collection = await answer.json();
      if (detail === this.detail && this._map) this.draw(collection);
    } catch {
      this.detail = null;
      figureOf(this._map).dispatchEvent(new CustomEvent("map:note", { detail: this.options.texts.failed }));
    }
  },

  draw(collection) {
    this.outlines.clearLayers().addData(collection);
    this.names.clearLayers();
    const english = document.documentElement.lang === "en";
    const features = collection.features.filter((feature) => !feature.properties.symbol);
    const sized = this.outlines.getLayers().map((layer) => ({ layer, box: largestPart(layer) }));
    sized.sort((one, two) => area(two.box) - area(one.box));
    for (const { layer, box } of sized) {
      const { name, name_en } = layer.feature.properties;
      this.names.addLayer(label(box.getCenter(), english ? name_en || name : name, "province-name"));
    }
    this.attribute(features);
    this.thin();
  },

  attribute(features) {
    const { approximate, source } = this.options.texts;
    const sources = [...new Set(features.map((feature) => feature.properties.source).filter(Boolean))];
    const rough = features.some((feature) => feature.properties.quality === "approximate");
    const said = [sources.length ? `${source}: ${sources.join(", ")}` : "", rough ? approximate : ""];
    figureOf(this._map).dispatchEvent(new CustomEvent("map:source", { detail: said.filter(Boolean).join(" · ") }));
  },

  /** Names that would cover one another give way, the larger province first. */
  thin() {
    const taken = [];
    for (const element of this._map.getContainer().querySelectorAll(".zone-name")) taken.push(element.getBoundingClientRect());
    this.names.eachLayer((marker) => {
      const element = marker.getElement();
      if (!element) return;
      element.hidden = false;
      const box = element.firstChild.getBoundingClientRect();
      const free = taken.every((other) => apart(box, other));
      element.hidden = !free;
      if (free) taken.push(box);
    });
  },
});

/** Hoàng Sa and Trường Sa, and the name of the sea: carried by the map itself, so they are there whatever fails. */
export const archipelagos = ({ places, sea }) => {
  const group = L.layerGroup();
  for (const place of places) {
    const name = make("span", { class: "zone-name" }, place.name, make("small", {}, place.province));
    const icon = L.divIcon({ className: "zone", html: make("span", {}, make("i"), name), iconSize: [14, 14] });
    group.addLayer(L.marker([place.lat, place.lon], { icon, interactive: false, keyboard: false, zIndexOffset: 500 }));
  }
  group.addLayer(label([sea.lat, sea.lon], sea.name, "sea-name"));
  return group;
};

function label(at, text, className) {
  const icon = L.divIcon({ className, html: make("span", {}, text), iconSize: [0, 0] });
  return L.marker(at, { icon, interactive: false, keyboard: false, pane: "names" });
}

function largestPart(layer) {
  const rings = layer.feature.geometry.type === "MultiPolygon" ? layer.getLatLngs().map((part) => part[0]) : [layer.getLatLngs()[0]];
  return rings.map((ring) => L.latLngBounds(ring)).reduce((most, box) => (area(box) > area(most) ? box : most));
}

function area(box) {
  return (box.getEast() - box.getWest()) * (box.getNorth() - box.getSouth());
}

function apart(one, two) {
  return (
    one.right + LABEL_GAP < two.left || two.right + LABEL_GAP < one.left ||
    one.bottom + LABEL_GAP < two.top || two.bottom + LABEL_GAP < one.top
  );
}
