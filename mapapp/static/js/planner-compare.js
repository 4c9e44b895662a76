// Maps side by side with one pan and zoom, by mouse, finger and keyboard alike.
import { bringToLife } from "./sheet.js";

document.documentElement.classList.add("js");
const form = document.querySelector(".compare-form");
form?.addEventListener("change", (event) => {
  if (event.target.matches("select")) form.requestSubmit();
});

const figures = [...document.querySelectorAll("figure.compared")];
await Promise.all(figures.map(bringToLife));
const maps = figures.map((figure) => figure.liveMap).filter(Boolean);
let leading = null;

for (const map of maps) {
  map.on("move zoomend", () => {
    if (leading && leading !== map) return; // it is being led
    leading = map;
    for (const other of maps) if (other !== map) other.setView(map.getCenter(), map.getZoom(), { animate: false });
    leading = null;
  });
}
