// The planner's page: choices answer at once, the map comes alive, table and map point at each other.
import { combobox } from "./combobox.js";
import { bringToLife } from "./sheet.js";

document.documentElement.classList.add("js");

const form = document.querySelector("[data-planner]");
form?.addEventListener("change", (event) => {
  if (event.target.matches("select")) form.requestSubmit();
});

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
