// An institution's page: its small map, share and print.
import { say, texts } from "./dom.js";
import { bringToLife } from "./sheet.js";

document.documentElement.classList.add("js");
const figure = document.querySelector("figure.map");
if (figure) whenSeen(figure, () => bringToLife(figure));
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
document.querySelector("[data-share]")?.addEventListener("click", share);

async function share() {
  const page = { title: document.title, url: document.querySelector("link[rel=canonical]").href };
  try {
    if (navigator.share) return void (await navigator.share(page));
    await navigator.clipboard.writeText(page.url);
    say(texts().copied);
    flash(texts().copied);
  } catch {
    // The person closed the dialogue: nothing to say.
  }
}

function flash(message) {
  const label = document.querySelector("[data-share] span");
  const before = label.textContent;
  label.textContent = message;
  setTimeout(() => { label.textContent = before; }, 3000);
}

function whenSeen(element, run) {
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    run();
  }, { rootMargin: "200px" });
  watch.observe(element);
}
