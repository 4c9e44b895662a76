// What would overlap on the screen is gathered, so that every sign can be seen and touched. Counts add up exactly.
/* global L */

const GAP_PX = 2;
const RADII_PX = { large: 23, middle: 19, small: 16, numbered: 18, plain: 13 };

/** Groups of features that need one sign each: {at, count, features, box}; `at` is where the weightiest stands.
 *  `rank(feature)` orders them: lower first, and first keeps its place. */
export function gather(map, features, rank) {
  const groups = [];
  for (const feature of [...features].sort((one, two) => rank(one) - rank(two))) {
    const at = latLng(feature);
    const pixel = map.project(at);
    const radius = radiusOf(feature, rank);
    const close = groups.find((group) => group.pixel.distanceTo(pixel) < group.radius + radius + GAP_PX);
    if (close) join(close, feature);
    else groups.push({ at, pixel, radius, count: countOf(feature), features: [feature], box: boxOf(feature) });
  }
  return groups;
}

/** How many institutions a feature stands for. */
export function countOf(feature) {
  return feature.properties.count ?? 1;
}

/** [lat, lon]: GeoJSON says lon, lat; Leaflet wants it the other way round. */
export function latLng(feature) {
  const [lon, lat] = feature.geometry.coordinates;
  return [lat, lon];
}

/** The box of the institutions behind a feature. */
export function boxOf(feature) {
  const [west, south, east, north] = feature.properties.bbox ?? [...feature.geometry.coordinates, ...feature.geometry.coordinates];
  return L.latLngBounds([south, west], [north, east]);
}

/** The size class of a ring. */
export function sizeOf(count) {
  return count >= 100 ? "large" : count >= 10 ? "middle" : "small";
}

function join(group, feature) {
  group.features.push(feature);
  group.count += countOf(feature);
  group.box.extend(boxOf(feature));
  group.radius = RADII_PX[sizeOf(group.count)];
}

function radiusOf(feature, rank) {
  if (feature.properties.cluster) return RADII_PX[sizeOf(feature.properties.count)];
  return Number.isFinite(rank(feature)) ? RADII_PX.numbered : RADII_PX.plain;
}
