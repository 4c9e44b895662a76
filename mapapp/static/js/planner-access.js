// Distances on the live map: a dot per commune in the colour of its band; the same bands as the server's drawing.
/* global L */
import { fill, make } from "./dom.js";
import { configOf, passOver, tell } from "./map-figure.js";

const FACTORS = [0.5, 1, 2, 4];

export const distances = (options) => new Distances(options);

/** The class of a commune's dot: the server's `planner_access_drawing.band`. */
export function band(km, radius) {
  return km === null ? "dx" : `d${FACTORS.filter((factor) => km > factor * radius).length}`;
}

const Distances = L.LayerGroup.extend({
  initialize(options) {
    L.LayerGroup.prototype.initialize.call(this, [], options);
  },

  onAdd(map) {
    L.LayerGroup.prototype.onAdd.call(this, map);
    map.createPane("figures").style.zIndex = 300;
    this.renderer = L.svg({ pane: "figures", padding: 0.5 });
    this.config = configOf(map);
    map.fitBounds(map.options.nation, { paddingBottomRight: [0, 60], animate: false }); // scale and source must not cover Trường Sa
    this.load().catch(() => tell(map, "map:note", this.config.texts.failed));
  },

  async load() {
    const answer = await fetch(this.config.values, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.status);
    const rows = (await answer.json()).rows.filter((row) => row.lat !== null);
    rows.sort((one, two) => (one.distance_km ?? Infinity) - (two.distance_km ?? Infinity)); // the farthest on top
    for (const row of rows) {
      const dot = this.dot(row);
      this.addLayer(dot);
      passOver(dot);
    }
  },

  dot(row) {
    const kind = band(row.distance_km, this.config.radius_km);
    const spot = L.circleMarker([row.lat, row.lon], { pane: "figures", renderer: this.renderer, radius: kind < "d2" ? 2.5 : 3.5, weight: 0.5, fillOpacity: 1, className: `reach-spot ${kind}` });
    return spot.bindTooltip(() => make("span", {}, this.says(row)), { sticky: true });
  },

  says(row) {
    const { texts, lang } = this.config;
    const name = lang === "en" ? row.name_en : row.name;
    if (row.distance_km === null) return fill(texts.nobody, { name });
    return fill(texts.spot, { name, km: row.distance_km, institution: row.institution_name });
  },
});
