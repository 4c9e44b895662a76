// A readiness overlay: provinces in the colour of their figure, smaller units as circles. Same steps as the server's.
/* global L */
import { fill, make } from "./dom.js";
import { configOf, figureOf, passOver, tell } from "./map-figure.js";
import { remembered } from "./map-live.js";

const STEPS = 5;
const LARGEST_RADIUS_PX = 16;
const SMALLEST_RADIUS_PX = 2.5;
const THIN = 0.5;
const OUTLINE_ZOOM = 6;

export const overlay = (options) => new Overlay(options);

/** The class of a row's colour: the server's `planner_rows.tone`. */
export function tone(row, unit) {
  if (row.N === 0) return "none";
  if (row.value === null) return "nodata";
  const percent = unit === "exists" ? 100 * row.value : row.value;
  return `q${Math.max(0, Math.min(STEPS - 1, Math.floor((percent * STEPS) / 100)))}`;
}

/** The class of a change between two years: the server's `planner_compare_view.change_tone`. */
export function changeTone({ difference, N, earlier_N }, [small, large]) {
  if (difference === null) return N === 0 && earlier_N === 0 ? "none" : "nodata";
  const steps = (difference >= small) + (difference >= large) - (difference <= -small) - (difference <= -large);
  return ["down2", "down1", "same", "up1", "up2"][2 + steps];
}

const Overlay = L.LayerGroup.extend({
  initialize(options) {
    L.LayerGroup.prototype.initialize.call(this, [], options);
    this.shapes = new Map();
  },

  onAdd(map) {
    L.LayerGroup.prototype.onAdd.call(this, map);
    map.createPane("figures").style.zIndex = 300;
    this.renderer = L.svg({ pane: "figures", padding: 0.5 });
    this.config = configOf(map);
    figureOf(map).liveMap = map;
    const view = this.config.layers ? remembered() : null; // the page with one map remembers its view
    if (view) map.setView(view.center, view.zoom, { animate: false });
    else map.fitBounds(map.options.nation, { paddingBottomRight: [0, 60], animate: false }); // scale and source must not cover Trường Sa
    figureOf(map).addEventListener("page:hover", ({ detail }) => this.raise(detail.id));
    this.load(map).catch(() => tell(map, "map:note", this.config.texts.failed));
  },

  async load(map) {
    const { values, units, level, areas } = this.config;
    if (areas) return this.drawCells(map, await json(areas));
    const [figures, places] = await Promise.all([json(values), level === "province" ? this.outlines() : json(units)]);
    const rows = new Map(figures.rows.filter((row) => row.unit).map((row) => [row.unit, row]));
    if (level === "province") this.drawAreas(places, rows);
    else this.drawSpots(places.units, rows);
    map.fire("overlaydrawn");
  },

  /** Smaller units by their outlines, each with its row: approximate ones are said to be so beside the map. */
  drawCells(map, collection) {
    const rows = new Map(collection.features.filter(({ properties }) => properties.unit).map(({ id, properties }) => [id, properties]));
    this.drawAreas(collection, rows);
    map.fire("overlaydrawn");
  },

  outlines() {
    const url = new URL(this.config.boundaries, document.baseURI);
    url.searchParams.set("zoom", OUTLINE_ZOOM);
    return json(url);
  },

  drawAreas(collection, rows) {
    for (const feature of collection.features) {
      const row = rows.get(feature.id);
      if (!row || feature.properties.symbol || !feature.geometry || feature.geometry.type === "Point") continue;
      const kind = this.kind(row);
      this.place(row, L.geoJSON(feature, { pane: "figures", renderer: this.renderer, style: style(kind, this.config.areas ? "area cell" : "area", this.ident()) }));
      if (thin(row)) this.addLayer(L.geoJSON(feature, { pane: "figures", renderer: this.renderer, interactive: false, style: { stroke: false, fillColor: `url(#${this.ident()}dots)`, fillOpacity: 1 } }));
    }
  },

  drawSpots(units, rows) {
    const asked = units.map((unit) => [unit, rows.get(unit.key)]).filter(([unit, row]) => row?.N && unit.lat !== null);
    asked.sort(([, one], [, two]) => two.N - one.N);
    const most = Math.max(1, ...asked.map(([, row]) => row.N));
    for (const [unit, row] of asked) {
      const radius = Math.max(SMALLEST_RADIUS_PX, LARGEST_RADIUS_PX * Math.sqrt(row.N / most));
      const kind = `${this.kind(row)}${thin(row) ? " few" : ""}`;
      this.place(row, L.circleMarker([unit.lat, unit.lon], { pane: "figures", renderer: this.renderer, radius, ...style(kind, "spot", this.ident()) }));
    }
  },

  kind(row) {
    return this.config.change ? changeTone(row, this.config.change) : tone(row, this.config.unit);
  },

  /** Before the ids of the drawing's patterns, where a page has several drawings. */
  ident() {
    return this.config.ident ?? "";
  },

  place(row, shape) {
    shape.bindTooltip(() => make("span", {}, this.says(row)), { sticky: true });
    shape.on("click", () => tell(this._map, "map:choose", { id: row.unit }));
    this.shapes.set(row.unit, shape);
    this.addLayer(shape);
    passOver(shape);
  },

  /** Name, figure, how many reported; the target where there is one. */
  says(row) {
    const { texts, lang, unit } = this.config;
    const name = lang === "en" ? row.name_en : row.name;
    if (this.config.change) return this.saysChange(row, name);
    const sign = unit === "percent" || unit === "verdict" ? " %" : "";
    const value = row.value === null ? texts.nodata : `${row.value.toLocaleString(lang, { maximumFractionDigits: 2 })}${sign}`;
    const said = fill(texts.figure, { name, value, n: row.n, N: row.N });
    if (row.gap === null) return said;
    return `${said}; ${fill(texts.goal, { target: row.target, gap: row.gap })}`;
  },

  saysChange(row, name) {
    const { texts, lang } = this.config;
    if (row.difference === null) return `${name}: ${texts.nodata}`;
    const shown = (value) => value.toLocaleString(lang, { maximumFractionDigits: 2 });
    return fill(texts.figure, { name, value: `${row.difference > 0 ? "+" : ""}${shown(row.difference)}`, earlier: shown(row.earlier), later: shown(row.later) });
  },

  raise(key) {
    for (const [one, shape] of this.shapes) shape.setStyle({ weight: one === key ? 4 : 0.7 });
    if (key) this.shapes.get(key)?.bringToFront();
  },
});

function thin(row) {
  return row.n > 0 && typeof row.coverage === "number" && row.coverage < THIN;
}

/** Colours are classes; only the hatching is a paint that a class cannot name from another file. */
function style(kind, shape, ident = "") {
  return { className: `${shape} ${kind}`, weight: shape === "area cell" ? 0.25 : 0.7, fillOpacity: 1, ...(kind.startsWith("nodata") ? { fillColor: `url(#${ident}hatch)` } : {}) };
}

async function json(url) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return answer.json();
}
