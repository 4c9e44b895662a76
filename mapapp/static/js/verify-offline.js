// The page that verifies without a network: keeps the signed national list, answers questions from it, checks tokens.
import { fill, make, texts } from "./dom.js";
import { checkAnswer, download, kept, remove } from "./offline-list.js";
import { byCode, decide, known, nameOn } from "./offline-rules.js";
import { fold } from "./offline-search.js";

const ASKS = ["code", "name", "action", "occupation", "training_level", "on"];
const words = JSON.parse(document.getElementById("words").textContent);
const lang = document.documentElement.lang;
const said = document.getElementById("list-said");
const shown = document.getElementById("verdict");
let list = null, index = null;
document.getElementById("on").value ||= today();

document.documentElement.classList.add("js");
document.getElementById("take").addEventListener("click", take);
document.getElementById("drop").addEventListener("click", async () => { await remove(); refresh(); });
document.getElementById("question").addEventListener("submit", (event) => { event.preventDefault(); ask(new FormData(event.target)); });
document.getElementById("token-form").addEventListener("submit", (event) => { event.preventDefault(); read(document.getElementById("token").value); });
document.getElementById("picture").addEventListener("change", scan);
refresh();

async function take() {
  said.textContent = texts().loading;
  try {
    await download(words.list, words.keys);
    said.textContent = texts().saved;
  } catch (error) {
    said.textContent = fill(texts().failed, { why: error.message });
  }
  refresh();
}

async function refresh() {
  list = await kept();
  index = list ? known(list.records.values(), fold) : null;
  document.getElementById("drop").hidden = !list;
  const about = document.getElementById("about-list");
  about.textContent = list
    ? fill(list.expired ? texts().expired : texts().about, { release: list.head.release, n: list.records.size, status: words.data_status[list.head.data_status] ?? list.head.data_status, made: time(list.head.iat), until: time(list.head.exp) })
    : texts().no_list;
  about.className = list && !list.expired ? "hint" : "hint warn";
}

/** Answers a question, a FormData or URLSearchParams. */
function ask(given) {
  if (!ready()) return;
  const asked = Object.fromEntries(ASKS.map((name) => [name, (given.get(name) ?? "").normalize("NFC").trim()]));
  asked.action ||= "operate";
  if (!asked.code && !asked.name) return tell(texts().no_code);
  if (["train", "award"].includes(asked.action) && !/^[0-9]{7}$/.test(asked.occupation)) return tell(texts().no_occupation);
  const on = /^\d{4}-\d{2}-\d{2}$/.test(asked.on) ? asked.on : today();
  const matches = { byCode: asked.code ? byCode(index, asked.code) : null, byName: asked.name ? (index.names.get(fold(asked.name)) ?? []) : null };
  const found = decide(list, asked, on, matches);
  showAnswer(found.answer, found.reasons.map(({ why }) => words.why[why] ?? why), [
    found.institution ? nameOn(list.records.get(found.institution), on) : null,
    fill(texts().asked, { action: words.action[asked.action] ?? asked.action, on, release: list.head.release }),
    ...licences(found),
    ...[...found.candidates, ...found.successors.map(({ id }) => id)].map((id) => `→ ${nameOn(list.records.get(id) ?? { names: [], id }, on)}`),
  ], found.data_status);
}

/** A signed answer, or the text of a QR code: the address of a verification page. */
async function read(text) {
  if (!ready()) return;
  if (/^https?:\/\//.test(text.trim())) return fromAddress(text.trim());
  try {
    const { claims, expired } = await checkAnswer(text, list);
    const told = claims.answer ?? "batch";
    showAnswer(told, (claims.reasons ?? []).map((one) => words.why[one.code] ?? one.text), [
      texts().genuine,
      expired ? fill(texts().answer_expired, { time: time(claims.exp) }) : fill(texts().answer_until, { time: time(claims.exp) }),
      claims.institution?.name ?? null,
      fill(texts().asked, { action: words.action[claims.question?.action] ?? "", on: claims.on ?? "", release: claims.release ?? "" }),
    ], claims.data_status);
  } catch (error) {
    tell(texts()[`token_${error.message}`] ?? texts().token_form);
  }
}

function fromAddress(text) {
  let url;
  try {
    url = new URL(text);
  } catch {
    return tell(texts().token_form);
  }
  for (const name of ASKS) if (url.searchParams.has(name)) document.getElementById(name).value = url.searchParams.get(name);
  return ask(url.searchParams);
}

async function scan(event) {
  const [file] = event.target.files;
  if (!file) return;
  if (!("BarcodeDetector" in window)) return tell(texts().no_scanner);
  const [code] = await new BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(file)).catch(() => []);
  if (!code) return tell(texts().no_code_seen);
  document.getElementById("token").value = code.rawValue;
  return read(code.rawValue);
}

function ready() {
  if (list && !list.expired) return true;
  tell(list ? texts().list_expired : texts().no_list);
  return false;
}

function licences(found) {
  const numbers = found.reasons.flatMap(({ facts }) => facts.filter(([kind]) => kind === "licence").map(([, value]) => value));
  return numbers.length ? [fill(texts().licences, { numbers: [...new Set(numbers)].join(", ") })] : [];
}

function showAnswer(answer, reasons, lines, dataStatus) {
  const tone = words.tone[answer] ?? "plain";
  shown.replaceChildren(make("section", { class: `state ${tone}`, "data-answer": answer },
    make("div", {}, make("h2", { tabindex: "-1" }, words.answer[answer] ?? answer),
      make("p", {}, words.meaning[answer] ?? ""),
      dataStatus && dataStatus !== "official" ? make("p", {}, make("strong", {}, words.data_status[dataStatus] ?? dataStatus)) : null,
      ...lines.filter(Boolean).map((line) => make("p", {}, make("bdi", {}, line))),
      reasons.length ? make("ul", {}, ...reasons.map((text) => make("li", {}, text))) : null)));
  shown.querySelector("h2").focus();
}

function tell(message) {
  shown.replaceChildren(make("section", { class: "state warning", "data-answer": "none" }, make("p", {}, message)));
}

function today() {
  return new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Ho_Chi_Minh" });
}

function time(second) {
  return new Date(second * 1000).toLocaleString(lang === "vi" ? "vi-VN" : "en-GB", { dateStyle: "short", timeStyle: "short" });
}
