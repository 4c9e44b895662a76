// The embedded map; the list beneath it points at its marks by number, and cards light up with them.
import { bringToLife } from "./sheet.js";

document.documentElement.classList.add("js");
const figure = document.querySelector("figure.map");
bringToLife(figure);
document.querySelector(".cards").addEventListener("click", async (event) => {
  const button = event.target.closest("[data-show]");
  if (!button) return;
  await figure.started;
  figure.dispatchEvent(new CustomEvent("page:choose", { detail: { id: button.dataset.show } }));
  figure.scrollIntoView({ block: "nearest" });
});
