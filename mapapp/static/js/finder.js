// Search without leaving the page: the server renders the same page for the new question and its parts are taken over.
// List and map point at each other; the address always says what is shown.
import { Newest, say, texts } from "./dom.js";
import { startSheet } from "./sheet.js";

const REPLACED = ["found"];

/** Wires form, filters, list and map; returns {ask(changes)}. */
export function startFinder() {
  const root = document.querySelector(".finder");
  const form = document.getElementById("search");
  const side = root.querySelector(".map-side");
  const sheet = side ? startSheet(side) : null;
  const figure = side?.querySelector("figure.map");
  const newest = new Newest();

  const load = async (url, { push = true, focus = false } = {}) => {
    const found = document.getElementById("found");
    found.setAttribute("aria-busy", "true");
    try {
      const text = await newest.ask(url, { as: "text", headers: { Accept: "text/html" } });
      if (text === null) return;
      const page = new DOMParser().parseFromString(text, "text/html");
      if (!page.getElementById("found")) return void location.assign(url);
      if (push) history.pushState({}, "", url);
      takeOver(page, form, figure);
      say(document.getElementById("found-title")?.textContent ?? "");
      if (focus) document.getElementById("found-title")?.focus();
    } catch {
      document.getElementById("found").removeAttribute("aria-busy");
      say(texts().failed);
      location.assign(url);
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    load(addressOf(form));
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches(".facets input, .facets select")) load(addressOf(form));
  });
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-live]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    load(link.href, { focus: true });
  });
  window.addEventListener("popstate", () => load(location.href, { push: false }));
  closeOneAnother(root);
  if (figure) link(root, figure, sheet);
  figure?.addEventListener("map:area", (event) => load(addressOf(form, { bbox: event.detail.bbox.join(",") })));
  return { ask: (changes) => load(addressOf(form, changes)) };
}

/** The form's question as an address, without empty fields; `changes` replace fields. */
function addressOf(form, changes = {}) {
  const url = new URL(form.action);
  const fields = new URLSearchParams(new FormData(form));
  for (const [name, value] of Object.entries(changes)) fields.set(name, value);
  url.search = new URLSearchParams([...fields].filter(([, value]) => value.trim() !== ""));
  return url.href;
}

function takeOver(page, form, figure) {
  for (const id of REPLACED) document.getElementById(id).replaceWith(document.adoptNode(page.getElementById(id)));
  takeOverForm(page.getElementById("search"), form);
  document.title = page.title;
  for (const selector of ["link[rel=canonical]", ".language"]) {
    const [here, there] = [document.querySelector(selector), page.querySelector(selector)];
    if (here && there) here.href = there.getAttribute("href");
  }
  const config = page.querySelector("figure.map")?.dataset.config;
  if (!figure || !config) return;
  figure.dataset.config = config;
  figure.dispatchEvent(new CustomEvent("page:results"));
}

/** New counts and choices; the field or box in use is left alone, so that focus stays where the person is. */
function takeOverForm(next, form) {
  form.querySelectorAll(':scope > input[type="hidden"]').forEach((hidden) => hidden.remove());
  form.prepend(...next.querySelectorAll(':scope > input[type="hidden"]'));
  const [q, asked] = [form.querySelector("#q"), next.querySelector("#q")];
  if (document.activeElement !== q || asked.value === "") q.value = asked.value;
  const [button, freshButton] = [form, next].map((one) => one.querySelector(".filters > summary"));
  if (button && freshButton) button.replaceChildren(...freshButton.childNodes);
  for (const facet of form.querySelectorAll(".facet")) {
    const fresh = next.querySelector(`.facet[data-facet="${facet.dataset.facet}"]`);
    if (!fresh) continue;
    facet.querySelector("summary").replaceChildren(...fresh.querySelector("summary").childNodes);
    if (facet.contains(document.activeElement)) countAgain(facet, fresh);
    else facet.querySelector(".panel").replaceWith(fresh.querySelector(".panel"));
  }
}

function countAgain(facet, fresh) {
  for (const input of facet.querySelectorAll("input")) {
    const other = fresh.querySelector(`input[value="${CSS.escape(input.value)}"]`);
    const [here, there] = [input, other].map((one) => one?.closest("label").querySelector(".count"));
    if (here && there) here.replaceWith(there);
  }
}

/** Opening one filter closes the others; Escape and a click elsewhere close them all. */
function closeOneAnother(root) {
  const facets = () => [...root.querySelectorAll(".facet")];
  root.addEventListener("toggle", (event) => {
    if (event.target.matches(".facet[open]")) facets().filter((other) => other !== event.target).forEach((other) => { other.open = false; });
  }, true);
  root.addEventListener("keydown", (event) => {
    const open = event.target.closest?.(".facet[open]");
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".facet")) facets().forEach((facet) => { facet.open = false; });
  });
}

/** Hovering, focusing or choosing in the list shows on the map, and the other way round. */
function link(root, figure, sheet) {
  const tell = (name, id) => figure.dispatchEvent(new CustomEvent(name, { detail: { id } }));
  const cardOf = (event) => event.target.closest?.(".card[data-id]");
  for (const kind of ["mouseover", "focusin"]) root.addEventListener(kind, (event) => { if (cardOf(event)) tell("page:hover", cardOf(event).dataset.id); });
  for (const kind of ["mouseout", "focusout"]) root.addEventListener(kind, (event) => { if (cardOf(event)) tell("page:hover", null); });
  root.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-show]");
    if (!button) return;
    sheet.open();
    await figure.started;
    tell("page:choose", button.dataset.show);
  });
  figure.addEventListener("map:hover", (event) => mark(event.detail.id, "hovered"));
  figure.addEventListener("map:choose", (event) => mark(event.detail.id, "chosen")?.scrollIntoView({ block: "nearest", behavior: "smooth" }));
}

function mark(id, className) {
  document.querySelectorAll(`.card.${className}`).forEach((card) => card.classList.remove(className));
  const card = id && document.querySelector(`.card[data-id="${CSS.escape(id)}"]`);
  card?.classList.add(className);
  return card;
}
