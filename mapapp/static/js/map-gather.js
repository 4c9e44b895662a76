// What would overlap on the screen is gathered, so that every sign can be seen and touched. Counts add up exactly.
/* global L */

const HALF_PX = { large: 23, middle: 19, small: 16, one: 16 }; // of the square that a finger can hit

/** Groups of features that need one sign each: {at, count, features, box}; `at` is where the weightiest stands.
 *  `rank(feature)` orders them: lower first, and first keeps its place. No two signs cover each other: a sign that
 *  grows by what joined it may swallow the next one, so they are gathered until nothing moves. */
export function gather(map, features, rank) {
  const ordered = [...features].sort((one, two) => rank(one) - rank(two));
  let groups = ordered.map((feature) => single(map, feature));
  for (let before = Infinity; groups.length < before;) {
    before = groups.length;
    groups = groups.reduce(placed, []);
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

function single(map, feature) {
  const at = latLng(feature);
  const half = feature.properties.cluster ? HALF_PX[sizeOf(feature.properties.count)] : HALF_PX.one;
  return { at, pixel: map.project(at), half, count: countOf(feature), features: [feature], box: boxOf(feature) };
}

function placed(groups, group) {
  const near = groups.find((other) => cover(other, group));
  if (!near) return [...groups, group];
  near.features.push(...group.features);
  near.count += group.count;
  near.box.extend(group.box);
  near.half = HALF_PX[sizeOf(near.count)];
  return groups;
}

function cover(one, two) {
  const away = one.pixel.subtract(two.pixel);
  return Math.max(Math.abs(away.x), Math.abs(away.y)) < one.half + two.half;
}
