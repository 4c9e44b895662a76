// "Near me": asks the device only when pressed, says plainly when it may not or cannot, and offers to type a place.
import { make, say, texts } from "./dom.js";

const PATIENCE_MS = 10000;
const DIGITS = 4; // about ten metres: enough for distances, less than the device knows

/** Every `[data-near-me]` link becomes a button in behaviour; without scripts it leads to the page with the form. */
export function offerNearMe() {
  for (const link of document.querySelectorAll("[data-near-me]")) link.addEventListener("click", (event) => locate(event, link));
}

function locate(event, link) {
  event.preventDefault();
  const words = texts();
  if (!window.isSecureContext || !navigator.geolocation) return void explain(link, words.near_insecure);
  explain(link, words.locating);
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const url = new URL(link.href);
      url.search = new URLSearchParams({ lat: coords.latitude.toFixed(DIGITS), lon: coords.longitude.toFixed(DIGITS) });
      location.assign(url);
    },
    (error) => explain(link, error.code === error.PERMISSION_DENIED ? words.near_denied : words.near_unavailable, true),
    { timeout: PATIENCE_MS, maximumAge: 60000 },
  );
}

function explain(link, message, offerForm = false) {
  const place = link.parentElement.nextElementSibling?.matches(".near-note") ? link.parentElement.nextElementSibling : make("p", { class: "near-note" });
  const typing = new URL(link.href);
  typing.search = "";
  place.replaceChildren(message);
  if (offerForm && typing.pathname !== location.pathname) place.append(" ", make("a", { href: typing.href }, link.textContent.trim()));
  link.parentElement.after(place);
  say(message);
  if (offerForm && typing.pathname === location.pathname) document.getElementById("q").focus();
}
