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
    map.fitBounds(map.options.nation, { animate: false });
    for (const row of document.querySelectorAll("tr[data-unit]")) pointAt(map, row);
  };

  function place(one, shape) {
    const said = document.createElement("span");
    said.textContent = `${one.name}: ${one.says}`;
    shape.bindTooltip(said, { sticky: true });
    shapes.set(one.key, shape);
    layer.addLayer(shape);
  }

  /** The name in the table becomes a button that shows the unit on the map. */
  function pointAt(map, row) {
    const shape = shapes.get(row.dataset.unit);
    if (!shape) return;
    const name = row.querySelector(".name");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name.textContent;
    button.setAttribute("aria-label", carried.show.replace("{name}", name.textContent));
    button.addEventListener("click", () => {
      const spot = shape.getLatLng ? shape.getLatLng() : shape.getBounds().getCenter();
      map.setView(spot, Math.max(map.getZoom(), shape.getLatLng ? 8 : 7), { animate: false });
      shape.openTooltip(spot);
      map.getContainer().scrollIntoView({ block: "nearest" });
    });
    name.replaceChildren(button);
  }
  return layer;
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
