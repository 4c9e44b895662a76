// The map of a saved overlay. A classic script: it stands inside of the page after Leaflet, and folium's script calls its
// functions. It reads what the page carries and asks no server for anything.
/* global L */
/* eslint-disable no-unused-vars */
const carried = JSON.parse(document.getElementById("overlay-data").textContent);
const RADIUS_PX = { few: 15, many: 9, crowd: 6 };
const SMALLEST_PX = 2;
document.documentElement.classList.add("js");

/** Units in the colour of their figure: outlines, or circles whose area is the number of those asked. */
function overlay() {
  const layer = L.layerGroup();
  const shapes = new Map();
  layer.onAdd = function onAdd(map) {
    L.LayerGroup.prototype.onAdd.call(this, map);
    map.createPane("figures").style.zIndex = 300;
    const paint = { pane: "figures", renderer: L.svg({ pane: "figures", padding: 0.5 }) };
    for (const outline of carried.ground) layer.addLayer(L.geoJSON(outline, { ...paint, interactive: false, style: { className: "ground", weight: 0.7, fillOpacity: 1 } }));
    const circles = carried.shapes.filter((one) => one.point).sort((one, two) => two.N - one.N);
    const largest = circles.length > 700 ? RADIUS_PX.crowd : circles.length > 150 ? RADIUS_PX.many : RADIUS_PX.few;
    for (const one of carried.shapes.filter((unit) => unit.outline)) place(one, L.geoJSON(one.outline, { ...paint, style: style(one, "area") }));
    for (const one of carried.shapes.filter((unit) => unit.outline && unit.kind.endsWith(" few"))) layer.addLayer(L.geoJSON(one.outline, { ...paint, interactive: false, style: { stroke: false, fillColor: "url(#dots)", fillOpacity: 1 } }));
    for (const one of circles) {
      const radius = Math.max(SMALLEST_PX, largest * Math.sqrt(one.N / carried.most));
      place(one, L.circleMarker([one.point[1], one.point[0]], { ...paint, radius, ...style(one, "spot") }));
    }
    sites(map);
    map.fitBounds(map.options.nation, { animate: false });
    for (const row of document.querySelectorAll("tr[data-unit], tr[data-site]")) pointAt(map, row);
  };

  /** Institutions in the sign of their type, above the units; a box per type takes them away and brings them back. */
  function sites(map) {
    map.createPane("sites").style.zIndex = 350;
    const renderer = L.svg({ pane: "sites", padding: 0.5 });
    const kinds = Object.fromEntries(Object.keys(carried.signs).map((kind) => [kind, L.layerGroup()]));
    for (const one of carried.sites) {
      const sign = new Sign([one.point[1], one.point[0]], { pane: "sites", renderer, kind: one.kind, radius: carried.radius, weight: 0.7, fillOpacity: 1, className: `site ${one.kind}` });
      place(one, sign, kinds[one.kind]);
    }
    for (const box of document.querySelectorAll("[data-layer]")) {
      const show = () => void (box.checked ? kinds[box.dataset.layer].addTo(map) : kinds[box.dataset.layer].remove());
      box.addEventListener("change", show);
      show();
    }
  }

  function place(one, shape, group = layer) {
    const said = document.createElement("span");
    said.textContent = `${one.name}: ${one.says}`;
    shape.bindTooltip(said, { sticky: true });
    shapes.set(one.key, shape);
    group.addLayer(shape);
  }

  /** The name in the table becomes a button that shows the unit on the map. */
  function pointAt(map, row) {
    const shape = shapes.get(row.dataset.unit ?? row.dataset.site);
    if (!shape) return;
    const name = row.querySelector(".name");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name.textContent;
    button.setAttribute("aria-label", carried.show.replace("{name}", name.textContent));
    button.addEventListener("click", () => {
      const spot = shape.getLatLng ? shape.getLatLng() : shape.getBounds().getCenter();
      if (row.dataset.site) showKind(shape.options.kind);
      map.setView(spot, Math.max(map.getZoom(), shape.getLatLng ? 8 : 7), { animate: false });
      shape.openTooltip(spot);
      map.getContainer().scrollIntoView({ block: "nearest" });
    });
    name.replaceChildren(button);
  }
  return layer;
}

/** A mark of fixed size whose outline is the sign of its type; no corners stand for a circle. */
const Sign = L.CircleMarker.extend({
  _updatePath() {
    const corners = carried.signs[this.options.kind];
    if (!corners) return void L.CircleMarker.prototype._updatePath.call(this);
    const { x, y } = this._point;
    this._renderer._setPath(this, `M${corners.map(([right, down]) => `${x + right * this._radius} ${y + down * this._radius}`).join("L")}z`);
  },
});

/** What is pointed at must be on the map. */
function showKind(kind) {
  const box = document.querySelector(`[data-layer="${kind}"]`);
  if (box.checked) return;
  box.checked = true;
  box.dispatchEvent(new Event("change"));
}

/** Colours are classes; the hatching is a paint of the page. */
function style(one, shape) {
  return { className: `${shape} ${one.kind}`, weight: 0.7, fillOpacity: 1, ...(one.kind.startsWith("nodata") ? { fillColor: "url(#hatch)" } : {}) };
}

/** Hoàng Sa and Trường Sa drawn and named with their provinces, and the sea. */
function archipelagos({ places, sea }) {
  const layer = L.layerGroup();
  for (const { name, province, lon, lat } of places) {
    L.circleMarker([lat, lon], { radius: 6, weight: 1.5, className: "zone", fillOpacity: 1, interactive: false }).addTo(layer);
    L.circleMarker([lat, lon], { radius: 1.5, weight: 1, className: "zone dot", fillOpacity: 1, interactive: false }).addTo(layer);
    named(lat, lon, "far", name, province).addTo(layer);
  }
  named(sea.lat, sea.lon, "water", sea.name).addTo(layer);
  return layer;
}

function named(lat, lon, kind, ...lines) {
  const box = document.createElement("span");
  for (const line of lines) box.append(Object.assign(document.createElement("span"), { textContent: line }));
  return L.marker([lat, lon], { interactive: false, keyboard: false, icon: L.divIcon({ html: box, className: `sign ${kind}`, iconSize: [150, 40], iconAnchor: [75, kind === "far" ? -8 : 20] }) });
}

/** Zoom, the whole country, a scale: buttons of the page, reachable by keyboard. */
function controls({ texts }) {
  const layer = L.layerGroup();
  layer.onAdd = function onAdd(map) {
    L.LayerGroup.prototype.onAdd.call(this, map);
    const bar = document.getElementById("map-buttons");
    const offered = [["+", texts.zoomIn, () => map.zoomIn()], ["−", texts.zoomOut, () => map.zoomOut()], [texts.whole, texts.whole, () => map.fitBounds(map.options.nation)]];
    for (const [sign, label, run] of offered) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: sign, title: label });
      button.setAttribute("aria-label", label);
      button.addEventListener("click", run);
      bar.append(button);
    }
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  };
  return layer;
}
