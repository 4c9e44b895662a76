// The planner's page: choices answer at once, the map comes alive, table and map point at each other.
import { combobox } from "./combobox.js";
import { bringToLife } from "./sheet.js";

document.documentElement.classList.add("js");

const form = document.querySelector("[data-planner]");
form?.addEventListener("change", (event) => {
  if (event.target.matches("select")) form.requestSubmit();
});
form?.addEventListener("submit", () => { form.action = form.action.split("#")[0] + location.hash; }); // keep the view

const occupation = document.getElementById("planner-occupation");
if (occupation) {
  combobox(occupation, occupation.dataset.suggest, {
    kinds: ["occupation"],
    choose({ value }) {
      occupation.value = value;
      occupation.form.requestSubmit();
    },
  });
}

const figure = document.getElementById("planner-figure");
if (figure?.dataset.script) bringToLife(figure);

for (const row of document.querySelectorAll(".ranked tr[data-unit]")) {
  row.addEventListener("pointerenter", () => figure?.dispatchEvent(new CustomEvent("page:hover", { detail: { id: row.dataset.unit } })));
  row.addEventListener("pointerleave", () => figure?.dispatchEvent(new CustomEvent("page:hover", { detail: { id: null } })));
}
figure?.addEventListener("map:choose", ({ detail }) => {
  for (const row of document.querySelectorAll(".ranked tr.chosen")) row.classList.remove("chosen");
  const row = document.querySelector(`.ranked tr[data-unit="${CSS.escape(detail.id)}"]`);
  row?.classList.add("chosen");
  row?.scrollIntoView({ block: "nearest" });
});

// Layers above the overlay: shown at once, remembered in the address and in the page's own links.
const layers = document.querySelector("[data-layers]");
layers?.addEventListener("change", () => {
  const types = [...layers.querySelectorAll("input:checked")].map((box) => box.value);
  figure?.dispatchEvent(new CustomEvent("page:layers", { detail: { types } }));
  history.replaceState(history.state, "", withLayers(location.href, types));
  for (const link of document.querySelectorAll('.planner a[href*="?"]')) {
    if (new URL(link.href).pathname === location.pathname) link.href = withLayers(link.href, types);
  }
  for (const link of document.querySelectorAll(".exports a")) link.href = withLayers(link.href, types); // exactly the view
});

function withLayers(address, types) {
  const url = new URL(address);
  url.searchParams.delete("layer");
  for (const type of types) url.searchParams.append("layer", type);
  return url.href;
}
