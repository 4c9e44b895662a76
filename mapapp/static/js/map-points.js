// The campuses of one institution, from the page itself: no request, and the same words as in the list below the map.
/* global L */
import { make } from "./dom.js";
import { configOf } from "./map-figure.js";
import { addNamed, institutionIcon } from "./map-signs.js";

const CLOSE_ZOOM = 9.5;
const ROUGH_ZOOM = 8;

/** A sign per campus with a known place; the view fits them all, or the box that the page asks for. */
export const points = ({ texts }) => new Points({ texts });

const Points = L.LayerGroup.extend({
  initialize(options) {
    L.LayerGroup.prototype.initialize.call(this, [], options);
  },

  onAdd(map) {
    L.LayerGroup.prototype.onAdd.call(this, map);
    const { bbox, points: given } = configOf(map);
    const placed = given.filter((point) => Number.isFinite(point.lon) && Number.isFinite(point.lat));
    for (const point of placed) this.place(point);
    if (!placed.length) return void map.fitBounds(map.options.nation, { animate: false });
    if (bbox) return void map.fitBounds([[bbox[1], bbox[0]], [bbox[3], bbox[2]]], { animate: false }); // lat before lon
    const box = L.latLngBounds(placed.map((point) => [point.lat, point.lon]));
    const rough = placed.some((point) => point.approximate);
    map.fitBounds(box, { padding: [40, 40], maxZoom: rough ? ROUGH_ZOOM : CLOSE_ZOOM, animate: false });
  },

  place(point) {
    const { texts } = this.options;
    const said = [point.label, point.approximate && texts.approximate].filter(Boolean).join(", ");
    const marker = L.marker([point.lat, point.lon], { icon: institutionIcon(point, point.number) });
    addNamed(marker, this, said, point.id ?? said);
    const lines = [point.label, point.address, point.approximate && texts.approximate].filter(Boolean);
    marker.bindPopup(() => make("div", { class: "note" }, ...lines.map((line) => make("p", {}, make("bdi", {}, line)))));
  },
});
