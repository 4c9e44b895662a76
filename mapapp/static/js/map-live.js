// The register's institutions in the visible box: clusters counted by the server, single institutions with their number.
/* global L */
import { Newest, calm, fill } from "./dom.js";
import { configOf, figureOf, question, tell } from "./map-figure.js";
import { boxOf, gather, latLng } from "./map-gather.js";
import { institutionList, institutionNote } from "./map-popups.js";
import { addNamed, clusterIcon, institutionIcon, originIcon, skipCovered } from "./map-signs.js";

const MOVE_CALM_MS = 150;
const CLOSEST_FIT = 13;
const SHOWN_AT = 14;
const ONE_SPOT_M = 5;
const FIT = { paddingTopLeft: [8, 8], paddingBottomRight: [8, 32], animate: false }; // room for scale and source

/** The live layer of a map; its questions come from the figure's configuration. */
export const live = (options) => new Live(options);

/** Institutions of the types that the page chose, above whatever else the map shows; it never moves the view. */
export const institutions = (options) => new Institutions(options);

const Live = L.Layer.extend({
  initialize(options) {
    L.setOptions(this, options);
    this.marks = L.layerGroup();
    this.extra = L.layerGroup();
    this.newest = new Newest();
    this.byId = new Map();
  },

  onAdd(map) {
    this.figure = figureOf(map);
    this.marks.addTo(map);
    this.extra.addTo(map);
    this.refresh = calm(MOVE_CALM_MS, () => this.ask());
    this.watch();
    this.figure.addEventListener("page:results", () => this.restart());
    this.figure.addEventListener("page:hover", (event) => this.highlight(event.detail.id));
    this.figure.addEventListener("page:choose", (event) => this.show(event.detail.id));
    this.restart(remembered());
  },

  watch() {
    this._map.on("moveend", this.refresh).on("moveend popupopen popupclose", this.skip, this).on("dragend zoomend", this.remember, this);
  },

  onRemove(map) {
    map.off("moveend", this.refresh).off("moveend popupopen popupclose", this.skip, this).off("dragend zoomend", this.remember, this);
    this.newest.stop();
    this.marks.remove();
    this.extra.remove();
  },

  /** New results: look at all of them, or at the remembered view, then ask. */
  async restart(view) {
    this.config = configOf(this._map);
    this.numbers = new Map([...document.querySelectorAll(".card[data-id]")].map((card) => [card.dataset.id, Number(card.dataset.number)]));
    this.extra.clearLayers();
    this.openId = null;
    this._map.closePopup();
    this.drawOrigin();
    this._map.fittingToResults = true;
    if (view) this._map.setView(view.center, view.zoom, { animate: false });
    else this._map.fitBounds(await this.whole(), { ...FIT, maxZoom: CLOSEST_FIT });
    this._map.fittingToResults = false;
    this.refresh();
  },

  /** The box to begin with: the asked box, the origin with its circle or list, all matches, or the country. */
  async whole() {
    const { bbox, origin, radius_m, filters } = this.config;
    const nation = L.latLngBounds(this._map.options.nation);
    if (bbox) return L.latLngBounds([bbox[1], bbox[0]], [bbox[3], bbox[2]]);
    if (origin) return radius_m ? L.latLng(origin[1], origin[0]).toBounds(2 * radius_m) : listed().extend([origin[1], origin[0]]);
    if (Object.values(filters).every((values) => values.length === 0)) return nation;
    const collection = await this.fetch(nation, 5).catch(() => null);
    const boxes = placed(collection).map(boxOf);
    if (!boxes.length) return nation;
    const all = boxes.reduce((box, other) => box.extend(other));
    const closer = this._map.getBoundsZoom(all) - this._map.getBoundsZoom(nation);
    return closer < 1 ? nation : all; // nearly the whole country is shown whole, archipelagos included
  },

  fetch(box, zoom) {
    const edges = [Math.max(-180, box.getWest()), Math.max(-90, box.getSouth()), Math.min(180, box.getEast()), Math.min(90, box.getNorth())];
    const { bbox: _asked, ...filters } = this.config.filters;
    return this.newest.ask(question(this.config.clusters, filters, { bbox: edges.map((degrees) => degrees.toFixed(5)).join(","), zoom: Math.round(zoom) }));
  },

  async ask() {
    if (!this._map || !this._map.getSize().x) return;
    this.figure.setAttribute("aria-busy", "true");
    try {
      const collection = await this.fetch(this._map.getBounds().pad(0.15), this._map.getZoom());
      if (collection && this._map) this.draw(placed(collection));
      if (collection) tell(this._map, "map:note", "");
    } catch {
      if (this._map) tell(this._map, "map:note", this.options.texts.failed);
    }
    this.figure.removeAttribute("aria-busy");
  },

  /** Numbered entries come first for the keyboard, in the order of the list; then clusters, largest first. */
  draw(features) {
    const focused = this.marks.getLayers().map((mark) => mark.getElement()).find((element) => element === document.activeElement);
    const open = this.openId;
    this.marks.clearLayers();
    this.byId.clear();
    const groups = gather(this._map, features, (feature) => this.weight(feature));
    const number = (group) => (group.features.length === 1 && this.numbers.get(group.features[0].properties.id)) || Infinity;
    groups.sort((one, two) => number(one) - number(two) || two.count - one.count || 0);
    for (const group of groups) this.place(group);
    if (focused) this.focusAgain(focused.dataset.key);
    if (open) this.byId.get(open)?.openPopup();
    this.skip();
    this._map.fire("signsdrawn");
  },

  skip() {
    skipCovered(this._map, this.marks.getLayers());
  },

  /** What keeps its place when signs would overlap: large clusters, then the list's entries, then the others. */
  weight({ properties }) {
    if (properties.cluster) return properties.approximate ? 0 : -properties.count;
    return this.numbers.get(properties.id) ?? Infinity;
  },

  place(group) {
    const [feature] = group.features;
    if (group.features.length === 1 && !feature.properties.cluster) this.placeInstitution(feature);
    else this.placeCluster(group);
  },

  placeInstitution(feature) {
    const { id, name, approximate } = feature.properties;
    const number = this.numbers.get(id);
    const { texts } = this.options;
    const said = [name, number && fill(texts.number, { n: number }), approximate && texts.approximate].filter(Boolean);
    const marker = L.marker(latLng(feature), { icon: institutionIcon(feature.properties, number), zIndexOffset: number ? 300 : 0, riseOnHover: true });
    addNamed(marker, this.marks, said.join(", "), id);
    marker.bindPopup(() => institutionNote(feature.properties, number, this.config, texts), { minWidth: 220, maxWidth: 300, autoPanPadding: [24, 60] });
    marker.on("popupopen", () => { this.openId = id; tell(this._map, "map:choose", { id }); });
    marker.on("mouseover", () => tell(this._map, "map:hover", { id }));
    marker.on("mouseout", () => tell(this._map, "map:hover", { id: null }));
    marker.getElement().addEventListener("focus", () => tell(this._map, "map:hover", { id }));
    this.byId.set(id, marker);
  },

  placeCluster(group) {
    const { texts } = this.options;
    const rough = group.features.length === 1 && group.features[0].properties.approximate ? group.features[0].properties : null;
    const spot = !rough && (widthOf(group.box) < ONE_SPOT_M || this._map.getZoom() >= this._map.getMaxZoom());
    const text = rough ? texts.province : spot ? texts.sameSpot : texts.cluster;
    const marker = L.marker(group.at, { icon: clusterIcon(group.count, rough), zIndexOffset: rough ? -100 : 100 });
    addNamed(marker, this.marks, fill(text, { n: group.count, place: rough?.name }), `${group.at}:${group.count}`);
    if (!rough && !spot) return void marker.on("click", () => this.zoomTo(group.box));
    const note = rough ? fill(texts.provinceNote, { place: rough.name }) : null;
    marker.bindPopup(() => institutionList(this.config, group.features, note, texts), { minWidth: 240, maxWidth: 320, maxHeight: 320 });
    for (const { properties } of group.features) if (properties.id) this.byId.set(properties.id, marker);
    for (const id of group.features.flatMap(({ properties }) => properties.members ?? [])) this.byId.set(id, marker);
  },

  zoomTo(box) {
    this.zoomedTo = box;
    const closest = Math.max(this._map.getZoom() + 1, this._map.getBoundsZoom(box, false, L.point(60, 60)));
    this._map.setView(box.getCenter(), Math.min(closest, this._map.getMaxZoom()));
  },

  /** After drawing again: the same sign, or the first one of the cluster that was opened. */
  focusAgain(key) {
    const elements = this.marks.getLayers().map((mark) => ({ at: mark.getLatLng(), element: mark.getElement() }));
    const same = elements.find(({ element }) => element.dataset.key === key);
    const within = this.zoomedTo && elements.find(({ at }) => this.zoomedTo.pad(0.1).contains(at));
    (same ?? within ?? elements[0])?.element.focus({ preventScroll: true });
  },

  drawOrigin() {
    const { origin, radius_m } = this.config;
    if (!origin) return;
    const at = L.latLng(origin[1], origin[0]);
    if (radius_m) L.circle(at, { radius: radius_m, className: "reach", interactive: false, weight: 1 }).addTo(this.extra);
    L.marker(at, { icon: originIcon(), interactive: false, keyboard: false, zIndexOffset: 900 }).addTo(this.extra);
  },

  /** A list entry under the pointer or focus: its mark is raised, or drawn when it hides in a cluster. */
  highlight(id) {
    this._map.getContainer().querySelectorAll(".mark-icon.raised").forEach((element) => element.classList.remove("raised"));
    this.ghost?.remove();
    this.ghost = null;
    if (!id) return;
    const marker = this.byId.get(id) ?? this.drawGhost(id);
    marker?.getElement()?.classList.add("raised");
  },

  drawGhost(id) {
    const card = cardOf(id);
    if (!card?.dataset.lon) return null;
    const properties = { type: card.dataset.type, approximate: card.dataset.approximate !== undefined };
    const icon = institutionIcon(properties, card.dataset.number);
    this.ghost = L.marker([card.dataset.lat, card.dataset.lon], { icon, interactive: false, keyboard: false, zIndexOffset: 1000 });
    this.ghost.addTo(this.extra).getElement().setAttribute("aria-hidden", "true");
    return this.ghost;
  },

  /** A list entry was chosen: go there and open its note. */
  show(id) {
    const card = cardOf(id);
    if (!card?.dataset.lon) return;
    this.openId = id;
    this._map.setView([Number(card.dataset.lat), Number(card.dataset.lon)], Math.max(this._map.getZoom(), SHOWN_AT));
    this.refresh();
  },

  remember() {
    if (this._map.fittingToResults) return;
    const { lat, lng } = this._map.getCenter();
    const view = [this._map.getZoom(), lat.toFixed(4), lng.toFixed(4)].join("/");
    history.replaceState(history.state, "", `${location.pathname}${location.search}#map=${view}`);
  },
});

const Institutions = Live.extend({
  onAdd(map) {
    this.figure = figureOf(map);
    this.marks.addTo(map);
    this.extra.addTo(map);
    this.numbers = new Map();
    this.refresh = calm(MOVE_CALM_MS, () => this.ask());
    this.watch();
    this.figure.addEventListener("page:layers", ({ detail }) => this.choose(detail.types));
    this.choose(configOf(map).layers ?? []);
  },

  choose(types) {
    const config = configOf(this._map);
    this.config = { ...config, filters: { ...config.moment, type: types } };
    this.types = types;
    if (types.length) return void this.refresh();
    this.newest.stop();
    this.marks.clearLayers();
  },

  ask() {
    return this.types.length ? Live.prototype.ask.call(this) : undefined;
  },
});

/** The view that the address remembers; null without one. */
export function remembered() {
  const found = /^#map=([\d.]+)\/(-?[\d.]+)\/(-?[\d.]+)$/.exec(location.hash);
  const [zoom, lat, lon] = (found ?? []).slice(1).map(Number);
  return found && [zoom, lat, lon].every(Number.isFinite) && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { zoom, center: [lat, lon] } : null;
}

function placed(collection) {
  return (collection?.features ?? []).filter((feature) => feature.geometry);
}

/** The box of the list's entries. */
function listed() {
  const cards = [...document.querySelectorAll(".card[data-lon]")];
  return L.latLngBounds(cards.map((card) => [Number(card.dataset.lat), Number(card.dataset.lon)]));
}

function cardOf(id) {
  return document.querySelector(`.card[data-id="${CSS.escape(id)}"]`);
}

function widthOf(box) {
  return box.getSouthWest().distanceTo(box.getNorthEast());
}
