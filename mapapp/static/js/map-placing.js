// One place to be put by hand: the fields of the form and the sign on the map always say the same.
/* global L */
import { configOf } from "./map-figure.js";
import { addNamed, originIcon } from "./map-signs.js";

const DIGITS = 6; // about 0.1 m
const CLOSE_ZOOM = 13;
const STEP_PX = 4;
const FAR = 10; // times as far with Shift
const MOVES = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** A sign where the form's `lat` and `lon` say; a click on the map, or arrow keys on the sign, change both. */
export const placing = ({ texts }) => new Placing({ texts });

const Placing = L.LayerGroup.extend({
  initialize(options) {
    L.LayerGroup.prototype.initialize.call(this, [], options);
  },

  onAdd(map) {
    L.LayerGroup.prototype.onAdd.call(this, map);
    const { bbox, points } = configOf(map);
    this.fields = { lat: document.getElementById("lat"), lon: document.getElementById("lon") };
    const [near] = points;
    if (near) map.setView([near.lat, near.lon], CLOSE_ZOOM, { animate: false });
    else map.fitBounds(bbox ? [[bbox[1], bbox[0]], [bbox[3], bbox[2]]] : map.options.nation, { animate: false }); // lat before lon
    map.on("click", ({ latlng }) => this.put(latlng));
    document.getElementById("centre")?.addEventListener("click", () => this.putInTheMiddle());
    for (const field of Object.values(this.fields)) field.addEventListener("input", () => this.follow());
    this.follow();
    if (this.sign) map.setView(this.sign.getLatLng(), CLOSE_ZOOM, { animate: false });
  },

  /** The sign goes where the fields say; nowhere while they say no place. */
  follow() {
    const [lat, lon] = [this.fields.lat, this.fields.lon].map((field) => Number(field.value.replace(",", ".") || NaN));
    if (!Number.isFinite(lat) || !Number.isFinite(lon) || Math.abs(lat) > 90 || Math.abs(lon) > 180) return void this.sign?.remove();
    if (this.sign) return void this.sign.setLatLng([lat, lon]).addTo(this);
    this.sign = L.marker([lat, lon], { icon: originIcon(), draggable: true, autoPan: true });
    this.sign.on("dragend", () => this.put(this.sign.getLatLng()));
    addNamed(this.sign, this, this.options.texts.label, "placing");
    this.sign.getElement().addEventListener("keydown", (event) => this.nudge(event));
  },

  /** For whom there is no pointing: from there on arrow keys move it. */
  putInTheMiddle() {
    this.put(this._map.getCenter());
    this.sign.getElement().focus();
  },

  nudge(event) {
    const step = MOVES[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation(); // the map itself would move as well
    const far = STEP_PX * (event.shiftKey ? FAR : 1);
    const from = this.sign.getLatLng();
    const to = this._map.containerPointToLatLng(this._map.latLngToContainerPoint(from).add([step[0] * far, step[1] * far]));
    this.put(step[0] ? { lat: from.lat, lng: to.lng } : { lat: to.lat, lng: from.lng }); // pixels are whole, degrees are not
  },

  put({ lat, lng }) {
    this.fields.lat.value = lat.toFixed(DIGITS);
    this.fields.lon.value = lng.toFixed(DIGITS);
    this.fields.lat.dispatchEvent(new Event("input", { bubbles: true }));
    this.fields.lat.dispatchEvent(new CustomEvent("placed", { bubbles: true }));
  },
});
