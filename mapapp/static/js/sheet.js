// The map's place on the page: beside the list on a wide screen, a sheet over it (by buttons) on a narrow one.
// Leaflet is loaded only when the map is shown.
import { texts } from "./dom.js";

const BESIDE = window.matchMedia("(min-width: 64rem)");

/** Starts the map when it is beside the list or its sheet is opened. */
export function startSheet(side) {
  const figure = side.querySelector("figure.map");
  const opener = document.querySelector(".sheet-open");
  const larger = side.querySelector('[data-sheet-to="full"]');

  const to = (state) => {
    side.dataset.sheet = state;
    opener.hidden = state !== "closed";
    larger.setAttribute("aria-pressed", String(state === "full"));
    larger.lastElementChild.textContent = state === "full" ? texts().smaller : texts().larger;
    if (state !== "closed") bringToLife(figure);
    if (state !== "closed" && !BESIDE.matches) side.querySelector(".sheet-bar button").focus();
    if (state === "closed") opener.focus();
    window.dispatchEvent(new Event("resize")); // Leaflet measures its box again
  };

  opener.addEventListener("click", () => to("half"));
  larger.addEventListener("click", () => to(side.dataset.sheet === "full" ? "half" : "full"));
  side.querySelector('[data-sheet-to="closed"]').addEventListener("click", () => to("closed"));
  side.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && side.dataset.sheet !== "closed" && !BESIDE.matches) to("closed");
  });
  const beside = () => { if (BESIDE.matches) bringToLife(figure); };
  BESIDE.addEventListener("change", beside);
  beside();
  return { open: () => (!BESIDE.matches && side.dataset.sheet === "closed" ? to("half") : undefined) };
}

/** Loads the map's module once; the drawing stays if that fails. Resolves when the map stands. */
export function bringToLife(figure) {
  figure.started ??= import(figure.dataset.script).then(
    () => figure.classList.add("alive"),
    () => {
      figure.started = null;
      const note = figure.querySelector(".map-message");
      note.hidden = false;
      note.textContent = texts().failed;
    },
  );
  return figure.started;
}
