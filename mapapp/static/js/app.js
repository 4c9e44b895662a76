// On every page: the service worker, and the banner that says how old a page is that was kept from before.
const page = document.documentElement;
const banner = document.getElementById("kept");

if (page.dataset.keptAt && banner) {
  const time = new Date(page.dataset.keptAt).toLocaleString(page.lang === "vi" ? "vi-VN" : "en-GB", { dateStyle: "short", timeStyle: "short" });
  banner.querySelector("span").textContent = banner.dataset.text.replace("{time}", time);
  banner.hidden = false;
}
const tab = document.querySelector(".planner-tabs [aria-current]");
if (tab) { // on a phone the tabs scroll, and nothing else: the page stays at the fragment of its address
  const list = tab.closest("ul");
  list.scrollLeft += tab.getBoundingClientRect().left - list.getBoundingClientRect().left - (list.clientWidth - tab.offsetWidth) / 2;
}
if ("serviceWorker" in navigator && window.isSecureContext) {
  const start = () => navigator.serviceWorker.register("/service-worker.js").catch(() => undefined);
  if (document.readyState === "complete") start();
  else window.addEventListener("load", start, { once: true });
}
