// The search page: everything here makes faster and livelier what the server's page already does.
import { combobox } from "./combobox.js";
import { startFinder } from "./finder.js";
import { offerNearMe } from "./near-me.js";

document.documentElement.classList.add("js");
const finder = startFinder();
const form = document.getElementById("search");
combobox(document.getElementById("q"), form.dataset.suggest, {
  choose(suggestion) {
    if (suggestion.kind === "institution") return void location.assign(institutionPage(suggestion.value));
    finder.ask({ q: "", [suggestion.kind === "place" ? "unit" : "occupation"]: suggestion.value });
  },
});
offerNearMe();

function institutionPage(id) {
  const { institution } = JSON.parse(document.querySelector("figure.map").dataset.config);
  return institution.replace("{id}", encodeURIComponent(id));
}
