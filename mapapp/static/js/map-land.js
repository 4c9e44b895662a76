// Provinces and archipelagos: the ground every map stands on, drawn by us, from our own server.
/* global L */
import { make } from "./dom.js";
import { configOf, footOf, tell } from "./map-figure.js";
import { area, label, largestPart, nameOf, thin } from "./map-names.js";

/** Outlines and names of the provinces; more detail is fetched when the map comes closer. */
export const provinces = (options) => new Provinces(options);

const Provinces = L.Layer.extend({
  initialize(options) {
    L.setOptions(this, options);
    this.names = L.layerGroup();
    this.detail = null;
  },

  onAdd(map) {
    map.createPane("land").style.zIndex = 200;
    map.createPane("names").style.zIndex = 450;
    map.getPane("names").style.pointerEvents = "none";
    map.landRenderer = L.svg({ pane: "land", padding: 0.5 });
    this.outlines = L.geoJSON(null, {
      pane: "land",
      renderer: map.landRenderer,
      interactive: false,
      filter: (feature) => !feature.properties.symbol && feature.geometry.type !== "Point",
      style: () => ({ className: "land", weight: 1 }),
    });
    this.outlines.addTo(map);
    this.names.addTo(map);
    map.on("zoomend", this.update, this);
    map.on("moveend signsdrawn namesdrawn", this.thin, this);
    this.update();
  },

  onRemove(map) {
    map.off("zoomend", this.update, this).off("moveend signsdrawn namesdrawn", this.thin, this);
    this.outlines.remove();
    this.names.remove();
  },

  thin() {
    thin(this._map);
  },

  async update() {
    const zoom = this._map.getZoom();
    const detail = zoom <= 6 ? 6 : zoom <= 9 ? 9 : 10;
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
      if (detail !== this.detail) return; // other outlines are on their way, and must be drawn when they come
      this.detail = null;
      if (this._map) tell(this._map, "map:note", this.options.texts.failed);
    }
  },

  draw(collection) {
    this.outlines.clearLayers().addData(collection).eachLayer((layer) => layer.bringToBack());
    this.names.clearLayers();
    const sized = this.outlines.getLayers().map((layer) => ({ layer, box: largestPart(layer) }));
    sized.sort((one, two) => area(two.box) - area(one.box));
    for (const { layer, box } of sized) this.names.addLayer(label(box.getCenter(), nameOf(layer.feature.properties), "province-name"));
    this.attribute(collection.features);
    this._map.provinces = this.outlines.getLayers().map((layer) => ({ code: layer.feature.properties.code, box: layer.getBounds() }));
    this._map.fire("provincesdrawn");
    this.thin();
  },

  /** Where the outlines come from, and that they are approximate when they are. */
  attribute(features) {
    const { approximate, source } = this.options.texts;
    const sources = [...new Set(features.map((feature) => feature.properties.source).filter(Boolean))];
    const rough = features.some((feature) => feature.properties.quality === "approximate");
    const said = [sources.length ? `${source}: ${sources.join(", ")}` : "", rough ? approximate : ""];
    tell(this._map, "map:source", said.filter(Boolean).join(" · "));
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
  group.on("add", () => alwaysNamed(group._map, places));
  return group;
};

/** Where the view leaves an archipelago out, a corner of the map still draws its symbol and names it. */
function alwaysNamed(map, places) {
  const entries = places.map((place) => ({ place, sign: make("span", {}, make("i"), ` ${place.name} ${place.province}`) }));
  const corner = make("p", { class: "zones-apart" }, ...entries.map(({ sign }) => sign));
  footOf(map).append(corner);
  const update = () => {
    for (const { place, sign } of entries) sign.hidden = map.getBounds().contains([place.lat, place.lon]);
    corner.hidden = entries.every(({ sign }) => sign.hidden);
  };
  map.on("moveend", update);
  update();
}
