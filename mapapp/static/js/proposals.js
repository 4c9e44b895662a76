// Forms of proposals: suggestions while typing, and what an error points to is opened.
import { combobox } from "./combobox.js";

document.documentElement.classList.add("js");

for (const input of document.querySelectorAll("input[data-suggest]")) {
  combobox(input, input.dataset.suggest, {
    kinds: [input.dataset.kind],
    choose: ({ value, label }) => { input.value = input.dataset.kind === "institution" ? `${label} (${value})` : value; },
  });
}

// A link to an input within a closed part of the form: open the part before the browser goes there.
for (const link of document.querySelectorAll('[role="alert"] a[href^="#"]')) {
  link.addEventListener("click", () => {
    document.getElementById(link.hash.slice(1))?.closest("details")?.setAttribute("open", "");
  });
}

// Two people changed one record: take what one side says, and go on from there.
for (const button of document.querySelectorAll("button[data-take]")) {
  button.addEventListener("click", () => {
    const input = document.getElementById(button.dataset.take);
    input.value = button.dataset.text;
    input.focus();
  });
}
