// The page that works without a network: keeps province packs and searches them here.
import { fill, make, texts } from "./dom.js";
import { search } from "./offline-search.js";
import { download, kept, remove } from "./packs.js";

const MOST_SHOWN = 100;
const words = JSON.parse(document.getElementById("words").textContent);
const lang = document.documentElement.lang;
const said = document.getElementById("pack-said");
const field = document.getElementById("q");

document.documentElement.classList.add("js");
if (!field.value) field.value = new URLSearchParams(location.search).get("q") ?? "";
document.getElementById("offline-search").addEventListener("submit", (event) => { event.preventDefault(); showResults(); });
field.addEventListener("input", showResults);
document.getElementById("pack-form").addEventListener("submit", take);
let packs = [];
refresh();

async function take(event) {
  event.preventDefault();
  said.textContent = texts().loading;
  try {
    const pack = await download(document.getElementById("pack").value);
    said.textContent = fill(texts().saved, { province: pack.province.name, n: pack.institutions.features.length });
  } catch {
    said.textContent = texts().failed;
  }
  refresh();
}

async function refresh() {
  packs = await kept();
  document.getElementById("packs").replaceChildren(...packs.map(packLine));
  showResults();
}

function packLine({ url, pack, keptAt, bytes }) {
  const about = fill(texts().pack, { n: pack.institutions.features.length, release: pack.release, time: time(keptAt), size: Math.ceil(bytes / 1000) });
  const gone = async () => { await remove(url); refresh(); };
  return make("li", { class: "fact" },
    make("strong", {}, make("bdi", {}, pack.province.name)), ` · ${about} `,
    pack.data_status === "official" ? null : make("span", { class: "tag plain" }, words.data_status[pack.data_status] ?? pack.data_status), " ",
    make("button", { type: "button", class: "quiet", "aria-label": `${texts().remove}: ${pack.province.name}`, onclick: gone }, texts().remove));
}

function showResults() {
  const found = search(packs.flatMap(({ pack }) => pack.institutions.features), field.value);
  const shown = found.slice(0, MOST_SHOWN);
  document.getElementById("results").replaceChildren(...shown.map(card));
  const count = fill(texts().count, { n: found.length });
  const more = found.length > shown.length ? ` ${fill(texts().more, { n: shown.length })}` : "";
  document.getElementById("count").textContent = packs.length ? count + more : texts().no_packs;
  const age = document.getElementById("age");
  age.hidden = packs.length === 0;
  if (packs.length) age.textContent = fill(texts().age, { time: time(new Date(Math.min(...packs.map(({ keptAt }) => keptAt)))) });
}

function card({ properties: shown }) {
  const place = [shown.commune?.name, shown.province?.name].filter(Boolean).join(", ");
  const open = shown.status === "active";
  return make("li", { class: "card" }, make("div", { class: "card-text" },
    make("h3", {}, make("a", { href: words.institution.replace("{id}", encodeURIComponent(shown.id)) }, make("bdi", {}, shown.name))),
    make("p", { class: "kind" }, words.type[shown.type] ?? ""),
    make("p", { class: "soft" }, make("bdi", {}, [shown.address, place].filter(Boolean).join(", "))),
    open ? null : make("p", {}, make("span", { class: "tag warn" }, words.status[shown.status])),
    shown.programmes.length ? make("details", {}, make("summary", {}, `${texts().programmes} (${shown.programmes.length})`), make("ul", {}, ...shown.programmes.map(programme))) : null));
}

function programme(one) {
  const name = (lang === "en" && one.name_en) || one.name;
  return make("li", {}, make("bdi", {}, name), ` (${one.code}, ${words.training_level[one.training_level]})`);
}

function time(when) {
  return when.toLocaleString(lang === "vi" ? "vi-VN" : "en-GB", { dateStyle: "short", timeStyle: "short" });
}
