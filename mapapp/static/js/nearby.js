// The page of distances: suggestions are places; the position is asked for on click only.
import { combobox } from "./combobox.js";
import { startFinder } from "./finder.js";
import { offerNearMe } from "./near-me.js";

document.documentElement.classList.add("js");
startFinder();
const form = document.getElementById("search");
const field = document.getElementById("q");
combobox(field, form.dataset.suggest, {
  kinds: ["place"],
  choose(suggestion) {
    field.value = suggestion.label;
    form.requestSubmit();
  },
});
field.addEventListener("input", () => form.querySelectorAll('input[name="lat"], input[name="lon"]').forEach((hidden) => hidden.remove()));
offerNearMe();
