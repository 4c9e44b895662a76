// The register's institutions in the visible box: clusters counted by the server, single institutions with their number.
/* global L */
import { Newest, calm, fill } from "./dom.js";
import { configOf, figureOf, question, tell } from "./map-figure.js";
import { institutionList, institutionNote } from "./map-popups.js";
import { addNamed, clusterIcon, institutionIcon, originIcon } from "./map-signs.js";

const MOVE_CALM_MS = 150;
const CLOSEST_FIT = 13;
const SHOWN_AT = 14;
const FIT = { paddingTopLeft: [8, 8], paddingBottomRight: [8, 32], animate: false }; // room for scale and source

/** The live layer of a map; its questions come from the figure's configuration. */
export const live = (options) => new Live(options);

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
    map.on("moveend", this.refresh);
    map.on("dragend zoomend", this.remember, this);
    this.figure.addEventListener("page:results", () => this.restart());
    this.figure.addEventListener("page:hover", (event) => this.highlight(event.detail.id));
    this.figure.addEventListener("page:choose", (event) => this.show(event.detail.id));
    this.restart(remembered());
  },

  onRemove(map) {
    map.off("moveend", this.refresh).off("dragend zoomend", this.remember, this);
    this.newest.stop();
    this.marks.remove();
    this.extra.remove();
  },

  /** New results: look at all of them, or at the remembered view, then ask. */
  async restart(view) {
    this.config = configOf(this._map);
    this.numbers = new Map([...document.querySelectorAll(".card[data-id]")].map((card) => [card.dataset.id, card.dataset.number]));
    this.extra.clearLayers();
    this._map.closePopup();
    this.drawOrigin();
    this._map.fittingToResults = true;
    if (view) this._map.setView(view.center, view.zoom, { animate: false });
    else this._map.fitBounds(await this.whole(), { ...FIT, maxZoom: CLOSEST_FIT });
    this._map.fittingToResults = false;
    this.refresh();
  },

  /** The box to begin with: the asked box, the circle around the origin, all matches, or the country. */
  async whole() {
    const { bbox, origin, radius_m, filters } = this.config;
    const nation = L.latLngBounds(this._map.options.nation);
    if (bbox) return L.latLngBounds([bbox[1], bbox[0]], [bbox[3], bbox[2]]);
    if (origin) return radius_m ? L.latLng(origin[1], origin[0]).toBounds(2 * radius_m) : this.listed().extend([origin[1], origin[0]]);
    if (Object.values(filters).every((values) => values.length === 0)) return nation;
    const collection = await this.fetch(nation, 5).catch(() => null);
    const points = (collection?.features ?? []).filter((feature) => feature.geometry).flatMap(corners);
    return points.length ? L.latLngBounds(points) : nation;
  },

  /** The box of the list's entries. */
  listed() {
    const placed = [...document.querySelectorAll(".card[data-lon]")];
    return L.latLngBounds(placed.map((card) => [Number(card.dataset.lat), Number(card.dataset.lon)]));
  },

  fetch(box, zoom) {
    const world = [Math.max(-180, box.getWest()), Math.max(-90, box.getSouth()), Math.min(180, box.getEast()), Math.min(90, box.getNorth())];
    const bbox = world.map((degrees) => degrees.toFixed(5)).join(",");
    const { bbox: _asked, ...filters } = this.config.filters;
    return this.newest.ask(question(this.config.clusters, filters, { bbox, zoom: Math.round(zoom) }));
  },

  async ask() {
    if (!this._map || !this._map.getSize().x) return;
    this.figure.setAttribute("aria-busy", "true");
    try {
      const collection = await this.fetch(this._map.getBounds().pad(0.15), this._map.getZoom());
      if (collection && this._map) this.draw(collection.features);
      if (collection) tell(this._map, "map:note", "");
    } catch {
      tell(this._map, "map:note", this.options.texts.failed);
    }
    this.figure.removeAttribute("aria-busy");
  },

  draw(features) {
    const focused = document.activeElement?.dataset?.key;
    const open = this.openId;
    this.marks.clearLayers();
    this.byId.clear();
    const drawable = features.filter((feature) => feature.geometry);
    const order = (feature) => Number(this.numbers.get(feature.properties.id) ?? 1e6) - (feature.properties.count ?? 0) / 1e6;
    for (const feature of drawable.sort((one, two) => order(one) - order(two))) this.place(feature);
    const again = focused && this._map.getContainer().querySelector(`[data-key="${CSS.escape(focused)}"]`);
    if (again) again.focus({ preventScroll: true });
    else if (focused) this.firstWithin(this.zoomedTo)?.focus({ preventScroll: true });
    if (open) this.byId.get(open)?.openPopup();
    this._map.fire("signsdrawn");
  },

  place(feature) {
    if (feature.properties.cluster) this.placeCluster(feature);
    else this.placeInstitution(feature);
  },

  placeInstitution(feature) {
    const { id, name, approximate } = feature.properties;
    const number = this.numbers.get(id);
    const { texts } = this.options;
    const said = [name, number && fill(texts.number, { n: Number(number) }), approximate && texts.approximate].filter(Boolean);
    const marker = L.marker(latLng(feature), { icon: institutionIcon(feature.properties, number), zIndexOffset: number ? 300 : 0, riseOnHover: true });
    addNamed(marker, this.marks, said.join(", "), id);
    marker.bindPopup(() => institutionNote(feature.properties, number, this.config, texts), { minWidth: 220, maxWidth: 300, autoPanPadding: [24, 60] });
    marker.on("popupopen", () => { this.openId = id; tell(this._map, "map:choose", { id }); });
    marker.on("popupclose", () => { if (this.openId === id) this.openId = null; });
    marker.on("mouseover", () => tell(this._map, "map:hover", { id }));
    marker.on("mouseout", () => tell(this._map, "map:hover", { id: null }));
    marker.getElement().addEventListener("focus", () => tell(this._map, "map:hover", { id }));
    this.byId.set(id, marker);
  },

  placeCluster(feature) {
    const { count, bbox, members, approximate, unit, name } = feature.properties;
    const { texts } = this.options;
    const marker = L.marker(latLng(feature), { icon: clusterIcon(count, approximate), zIndexOffset: approximate ? -100 : 100 });
    const spot = Boolean(members) || (bbox && bbox[0] === bbox[2] && bbox[1] === bbox[3]);
    const text = approximate ? texts.province : spot ? texts.sameSpot : texts.cluster;
    addNamed(marker, this.marks, fill(text, { n: count, place: name }), approximate ? unit : `${latLng(feature)}:${count}`);
    if (approximate || spot) {
      const where = approximate ? { unit } : { bbox: around(bbox).join(",") };
      const note = approximate ? fill(texts.provinceNote, { place: name }) : null;
      marker.bindPopup(() => institutionList(this.config, where, note, approximate, texts), { minWidth: 240, maxWidth: 320, maxHeight: 320 });
    } else {
      marker.on("click", () => this.zoomTo(bbox));
    }
  },

  zoomTo([west, south, east, north]) {
    this.zoomedTo = L.latLngBounds([south, west], [north, east]);
    const closest = Math.max(this._map.getZoom() + 1, Math.min(this._map.getBoundsZoom(this.zoomedTo, false, L.point(60, 60)), 16));
    this._map.setView(this.zoomedTo.getCenter(), closest);
  },

  firstWithin(box) {
    return box && this.marks.getLayers().find((marker) => box.pad(0.1).contains(marker.getLatLng()))?.getElement();
  },

  drawOrigin() {
    const { origin, radius_m } = this.config;
    if (!origin) return;
    const at = L.latLng(origin[1], origin[0]);
    if (radius_m) L.circle(at, { radius: radius_m, className: "reach", interactive: false, weight: 1 }).addTo(this.extra);
    const marker = L.marker(at, { icon: originIcon(), interactive: false, keyboard: false, zIndexOffset: 900, alt: this.options.texts.origin });
    marker.addTo(this.extra);
  },

  /** A list entry under the pointer or focus: its mark is raised, or drawn when it hides in a cluster. */
  highlight(id) {
    this._map.getContainer().querySelectorAll(".mark-icon.raised").forEach((element) => element.classList.remove("raised"));
    if (this.ghost) this.ghost.remove();
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
    const at = [Number(card.dataset.lat), Number(card.dataset.lon)];
    this._map.setView(at, Math.max(this._map.getZoom(), SHOWN_AT));
    this.byId.get(id)?.openPopup();
  },

  remember() {
    if (this._map.fittingToResults) return;
    const { lat, lng } = this._map.getCenter();
    const view = [this._map.getZoom(), lat.toFixed(4), lng.toFixed(4)].join("/");
    history.replaceState(history.state, "", `${location.pathname}${location.search}#map=${view}`);
  },
});

function remembered() {
  const found = /^#map=([\d.]+)\/(-?[\d.]+)\/(-?[\d.]+)$/.exec(location.hash);
  const [zoom, lat, lon] = (found ?? []).slice(1).map(Number);
  return found && [zoom, lat, lon].every(Number.isFinite) && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { zoom, center: [lat, lon] } : null;
}

function cardOf(id) {
  return document.querySelector(`.card[data-id="${CSS.escape(id)}"]`);
}

function latLng(feature) {
  const [lon, lat] = feature.geometry.coordinates; // GeoJSON says lon, lat; Leaflet wants lat, lon
  return [lat, lon];
}

function corners(feature) {
  const [west, south, east, north] = feature.properties.bbox ?? [...feature.geometry.coordinates, ...feature.geometry.coordinates];
  return [[south, west], [north, east]];
}

function around([west, south, east, north]) {
  return [west - 1e-5, south - 1e-5, east + 1e-5, north + 1e-5].map((degrees) => Number(degrees.toFixed(6)));
}
