// Suggestions while typing, by the ARIA combobox pattern (list autocomplete, manual selection): Enter without a choice
// submits the words as they are, Escape closes, arrows walk, Tab leaves.
import { Newest, calm, fill, make, say, texts } from "./dom.js";

const TYPING_CALM_MS = 180;
const LEAST_LETTERS = 2;

/** `choose(suggestion)` gets {kind, value, label, label_en, detail}; `kinds` keeps only those kinds. */
export function combobox(input, address, { choose, kinds = null }) {
  const words = texts();
  const list = make("ul", { id: `${input.id}-list`, role: "listbox", "aria-label": words.suggestions, hidden: true });
  const newest = new Newest();
  let options = [];
  let active = -1;
  input.parentElement.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
    input.setAttribute(name, value);
  }

  const close = () => {
    newest.stop();
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const walk = (step) => {
    if (list.hidden || !options.length) return;
    active = (active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === active)));
    input.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  };

  const show = (found) => {
    options = found;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...found.map((suggestion, index) => option(suggestion, `${list.id}-${index}`, words, () => take(suggestion))));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    say(found.length ? fill(words.suggestion_count, { n: found.length }) : words.no_suggestions);
  };

  const take = (suggestion) => {
    close();
    choose(suggestion);
  };

  const ask = calm(TYPING_CALM_MS, async () => {
    const q = input.value.trim();
    if (q.length < LEAST_LETTERS || document.activeElement !== input) return close();
    const url = new URL(address, document.baseURI);
    url.searchParams.set("q", q);
    try {
      const answer = await newest.ask(url);
      if (answer && document.activeElement === input) show(answer.suggestions.filter(({ kind }) => !kinds || kinds.includes(kind)));
    } catch {
      close(); // without suggestions the form still works
    }
  });

  const keys = {
    ArrowDown: () => (list.hidden ? ask() : walk(1)),
    ArrowUp: () => walk(-1),
    Escape: close,
    Enter: () => (active >= 0 ? take(options[active]) : close()),
  };
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || !keys[event.key]) return;
    const ours = event.key === "Enter" ? active >= 0 : event.key !== "Escape" || !list.hidden;
    if (ours) event.preventDefault();
    keys[event.key]();
  });
  input.addEventListener("input", ask);
  input.addEventListener("blur", () => setTimeout(close, 150));
  return { close };
}

function option(suggestion, id, words, onclick) {
  const kind = make("span", { class: "kind-label" }, words[`kind_${suggestion.kind}`] ?? suggestion.kind);
  const said = words[`detail_${suggestion.detail}`] ?? suggestion.detail;
  const detail = said ? make("span", { class: "detail" }, said) : null;
  const text = make("span", { class: "words" }, make("bdi", {}, labelOf(suggestion)), detail);
  return make("li", { id, role: "option", "aria-selected": "false", onmousedown: (event) => event.preventDefault(), onclick }, text, kind);
}

/** The label in the language of the page. */
function labelOf({ label, label_en }) {
  return (document.documentElement.lang === "en" && label_en) || label;
}
