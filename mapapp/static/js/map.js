// What the maps composed in Python (mapapp/maps.py) are made of. They call these functions; Leaflet is their global L.
export { archipelagos, provinces } from "./map-land.js";
export { communes } from "./map-communes.js";
export { controls } from "./map-controls.js";
export { institutions, live } from "./map-live.js";
export { placing } from "./map-placing.js";
export { points } from "./map-points.js";
export { overlay } from "./planner-overlay.js";
export { distances } from "./planner-access.js";
