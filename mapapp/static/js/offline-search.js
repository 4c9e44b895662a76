// Search in packs: the same folding as the server's (geodata/text.py), every word somewhere in what an institution is
// found by, names first. No typing errors are forgiven here.
const MARKS = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g;
const INVISIBLE = /[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
const NOT_A_WORD = /[^\p{L}\p{N}]+/gu;
const SHORT_FORMS = new Map([["cd", "cao dang"], ["cdn", "cao dang nghe"], ["tc", "trung cap"], ["tcn", "trung cap nghe"], ["tt", "trung tam"], ["hcm", "ho chi minh"], ["hn", "ha noi"], ["dn", "da nang"]]);

/** Lower case without marks, đ as d, words with single spaces between. */
export function fold(text) {
  return text.normalize("NFKD").replace(MARKS, "").replace(INVISIBLE, "").replace(/[đĐðÐ]/g, "d").replace(NOT_A_WORD, " ").trim().toLowerCase();
}

/** The Features that hold every word (as a beginning of a word, or its long form), best first; all for no words. */
export function search(features, typed) {
  const words = fold(typed).split(" ").filter(Boolean);
  const found = [];
  for (const feature of features) {
    const rank = rankOf(feature.properties, words);
    if (rank !== null) found.push({ rank, feature });
  }
  return found.sort((one, other) => one.rank - other.rank).map((one) => one.feature);
}

/** Lower is better, null is none: whole words before beginnings, names before all else, those in operation first. */
function rankOf(shown, words) {
  const all = ` ${shown.search} `;
  if (!words.every((word) => holds(all, word))) return null;
  const name = ` ${fold(shown.name)} `;
  const gone = shown.status === "closed" || shown.status === "merged" ? 1 : 0;
  const whole = words.every((word) => holds(all, `${word} `)) ? 0 : 10;
  if (name.startsWith(` ${words.join(" ")}`)) return whole + gone;
  return whole + gone + (words.every((word) => holds(name, word)) ? 2 : 4);
}

function holds(text, word) {
  const long = SHORT_FORMS.get(word.trim());
  return text.includes(` ${word}`) || (long !== undefined && text.includes(` ${long} `));
}
