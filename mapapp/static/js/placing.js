// The form that places a campus: candidates fill the fields, a place put by hand is as precise as an address.
import { bringToLife } from "./sheet.js";

document.documentElement.classList.add("js");
const figure = document.querySelector("figure.map");
const fields = { lat: document.getElementById("lat"), lon: document.getElementById("lon"), precision: document.getElementById("precision") };
if (figure) bringToLife(figure);
for (const button of document.querySelectorAll("button[data-candidate]")) button.addEventListener("click", () => choose(button));
document.addEventListener("placed", () => { if (fields.precision.value === "commune") fields.precision.value = "address"; });

function choose({ dataset }) {
  fields.lat.value = dataset.lat;
  fields.lon.value = dataset.lon;
  fields.precision.value = "commune";
  fields.lat.dispatchEvent(new Event("input", { bubbles: true }));
}
