// The decision of verification, as geodata/verification/rules.py, evidence.py, standing.py and succession.py make it, over
// records of the offline list. Days are texts like 2025-07-01, so they compare as they are. A fact is
// [kind, value, from, to, origin, …]: licences add [licence_id, issued_on], programmes [training_level, licence_id,
// campus_id, taught_out_until], successions [keeps_records].
const MISSING = 0, UNCERTAIN = 1, MET = 2;
const GONE = ["closed", "merged"];
const ENDING = ["merge", "absorb", "rename", "upgrade"];
const PARTS = ["names", "identifiers", "statuses", "enrolment", "licences", "programmes", "campuses", "declarations", "successions"];

/** A line of the list as an object. */
export function record(line) {
  const parts = Object.fromEntries(PARTS.map((part, place) => [part, line[place + 2]]));
  return { id: line[0], data_status: line[1], ...parts, also: line[line.length - 1] };
}

/** Who is known by what: {codes, names}, each a Map from a text to [{id, by, from, to}]. `fold` folds names. */
export function known(records, fold) {
  const codes = new Map(), names = new Map();
  const put = (map, text, match) => { if (text) map.set(text, [...(map.get(text) ?? []), match]); };
  for (const one of records) {
    if (one.names.length) put(codes, one.id, { id: one.id, by: "id", from: null, to: null });
    for (const [kind, value, from, to] of one.identifiers) put(codes, value, { id: one.id, by: kind, from, to });
    for (const [, value, from, to] of one.licences) put(codes, value, { id: one.id, by: "licence", from, to });
    for (const [, value, from, to] of one.names) put(names, fold(value), { id: one.id, by: "name", from, to });
    for (const [value, from, to] of one.also) put(names, fold(value), { id: one.id, by: "name", from, to });
  }
  return { codes, names };
}

export function byCode(index, text) {
  const other = (form) => (index.codes.get(form) ?? []).filter((match) => match.by !== "id");
  const forms = [...new Set([text, text.toUpperCase()])];
  return [...forms.flatMap(other), ...(index.codes.get(text.toLowerCase()) ?? []).filter((match) => match.by === "id")];
}

/** The answer of `list` ({edition, records: Map, origins: Map}) to a question
 *  {code, name, action, occupation, training_level}; `matches` are {byCode, byName}, null where it was not asked. */
export function decide(list, question, on, matches) {
  const blank = { question, on, release: list.edition.release, data_status: list.edition.data_status, candidates: [], successors: [], keepers: [], institution: null };
  if (on > plusDays(list.edition.published_on, list.edition.max_age_days)) return { ...blank, answer: "register_stale", reasons: [reason("register_too_old")] };
  const found = plausible(matches.byCode, matches.byName, on);
  if (found.length === 0) {
    const disagree = matches.byCode?.length && matches.byName?.length;
    return { ...blank, answer: "unknown_code", reasons: [reason(disagree ? "code_and_name_disagree" : "nobody_known_by_this")] };
  }
  const get = (id) => list.records.get(id) ?? nobody(id);
  if (found.length > 1) {
    return { ...blank, answer: "ambiguous", reasons: [reason("several_institutions")], candidates: found, data_status: worst(found.map((id) => get(id).data_status)) };
  }
  return ofOne({ ...blank, institution: found[0], data_status: get(found[0]).data_status }, get(found[0]), list, get);
}

export function nameOn(one, on) {
  const held = one.names.filter((fact) => holds(fact, on));
  const earlier = one.names.filter((fact) => fact[2] === null || fact[2] <= on);
  const nearest = held.length ? held : earlier.length ? earlier : [...one.names].reverse();
  return nearest.length ? nearest[nearest.length - 1][1] : one.id;
}

export function plusDays(day, days) {
  const moment = new Date(`${day}T00:00:00Z`);
  moment.setUTCDate(moment.getUTCDate() + days);
  return moment.toISOString().slice(0, 10);
}

const nobody = (id) => ({ id, data_status: "official", also: [], ...Object.fromEntries(PARTS.map((part) => [part, []])) });
const reason = (why, ...facts) => ({ why, facts });
const holds = (fact, on) => (fact[2] === null || fact[2] <= on) && (fact[3] === null || on < fact[3]);
const worst = (statuses) => ["illustrative", "unverified"].find((status) => statuses.includes(status)) ?? "official";

function plausible(codes, names, on) {
  if (codes === null || names === null) return bearers(codes ?? names ?? [], on);
  const both = new Set(codes.map(({ id }) => id).filter((id) => names.some((match) => match.id === id)));
  return [...new Set([codes, names].flatMap((matches) => bearers(matches.filter(({ id }) => both.has(id)), on)))].sort();
}

function bearers(matches, on) {
  const ofTheDay = matches.filter(({ from, to }) => (from === null || from <= on) && (to === null || on < to));
  return [...new Set((ofTheDay.length ? ofTheDay : matches).map(({ id }) => id))].sort();
}

function ofOne(known, one, list, get) {
  const stands = standing(one, known.on);
  if (stands.status === "not_yet_open") return { ...known, answer: "not_yet_open", reasons: [reason("opens_later", ...stands.facts)] };
  if (stands.status === "merged") return merged(known, one, stands, get);
  if (stands.status === "closed") return gone(known, one, "closed", reason("closed", ...stands.facts));
  if (stands.status === "suspended") return gone(known, one, "suspended", reason("suspended", ...stands.facts));
  return weigh(known, one, list);
}

function merged(known, one, stands, get) {
  const heirs = successors(one, known.on, get);
  const answer = gone(known, one, "merged_into", reason(heirs.length ? "succeeded" : "successor_not_recorded", ...stands.facts));
  const keepers = heirs.length ? [...(keepersOf(one.id, known.on, get, new Set()) ?? [])].sort() : [];
  return { ...answer, successors: heirs, keepers, data_status: worst([one.data_status, ...heirs.map((heir) => get(heir.id).data_status)]) };
}

function gone(known, one, answer, why) {
  const told = known.question.action === "award" ? teachingOut(known.question, one, known.on) : [];
  return { ...known, answer, reasons: [why, ...(told.length ? [reason("teach_out", told[0])] : [])] };
}

function weigh(known, one, list) {
  const findings = needs(known.question, one, known.on, list);
  const reasons = findings.map((finding) => finding.reason);
  if (known.question.action === "operate" && known.question.occupation) reasons.push(reason("occupation_not_considered"));
  if (findings.every(({ state }) => state === MET)) return { ...known, answer: "authorised", reasons };
  const declared = one.declarations.filter((fact) => holds(fact, known.on));
  const against = findings.some(({ state }) => state === MISSING) && declared.length > 0;
  const declaration = declared.length ? reason("declared_complete", ...declared) : reason("not_declared_complete");
  return { ...known, answer: against ? "not_authorised" : "not_recorded", reasons: [...reasons, declaration] };
}

// How it stands: standing.py

function standing(one, on) {
  const status = statusOf(one, on);
  if (status === null && opensLater(one, on)) return { status: "not_yet_open", facts: one.statuses.slice(0, 1), steps: [] };
  const steps = one.successions.filter((step) => step[2] !== null && holds(step, on));
  const over = status !== null && GONE.includes(status[1]);
  const ending = steps.filter((step) => ENDING.includes(step[0]) && !beganAfter(status, step));
  if (over || ending.length) return ended(one, status, steps);
  return status ? { status: status[1], facts: [status], steps: [] } : { status: null, facts: [], steps: [] };
}

function statusOf(one, on) {
  const begun = one.statuses.filter((fact) => fact[2] === null || fact[2] <= on);
  const latest = begun[begun.length - 1];
  return latest && (holds(latest, on) || GONE.includes(latest[1])) ? latest : null;
}

function opensLater(one, on) {
  const first = one.statuses[0];
  return first !== undefined && first[1] === "active" && first[2] !== null && on < first[2];
}

function beganAfter(status, step) {
  return status !== null && status[2] !== null && !GONE.includes(status[1]) && status[2] > step[2];
}

function ended(one, status, steps) {
  const told = status && GONE.includes(status[1]) ? [status] : [];
  const withoutDay = one.successions.filter((step) => step[2] === null);
  const followed = told.length ? [...steps, ...withoutDay] : steps;
  if (followed.length || (told.length && told[0][1] === "merged")) return { status: "merged", facts: [...told, ...followed], steps: followed };
  return { status: "closed", facts: told, steps: [] };
}

function undated(one) {
  if (one.statuses.some((fact) => GONE.includes(fact[1]))) return [];
  return one.successions.filter((step) => ENDING.includes(step[0]) && step[2] === null);
}

// The evidence: evidence.py

function needs(question, one, on, list) {
  const open = undated(one);
  const found = open.length ? [finding(UNCERTAIN, "succession_without_day", ...open)] : [];
  if (question.action === "award") return [...found, award(question, one, on, list)];
  found.push(isOpen(one, on), best(one.licences.map((licence) => inForce(licence, on, list)), "no_licence_in_force"));
  if (question.action !== "operate" && (question.occupation || question.training_level)) found.push(covered(question, one, on, list, true));
  if (question.action === "enrol") found.push(enrolling(one, on));
  return found;
}

const finding = (state, why, ...facts) => ({ state, reason: reason(why, ...facts) });

function best(findings, nothing) {
  return [...findings].sort((a, b) => b.state - a.state)[0] ?? finding(MISSING, nothing);
}

function isOpen(one, on) {
  const stands = standing(one, on);
  return stands.status === "active" ? finding(MET, "open", ...stands.facts) : finding(UNCERTAIN, "status_not_recorded");
}

function inForce(licence, on, list) {
  const start = licence[2] ?? licence[6];
  if ((licence[3] !== null && on >= licence[3]) || (start !== null && on < start)) return finding(MISSING, "no_licence_in_force");
  if (start === null && on < list.origins.get(licence[4])[2]) return finding(UNCERTAIN, "licence_without_start", licence);
  return finding(MET, "licence_in_force", licence);
}

function asked(question, one) {
  return one.programmes.filter((programme) => (!question.occupation || programme[1] === question.occupation) && (!question.training_level || programme[5] === question.training_level));
}

function covered(question, one, on, list, atCampus) {
  const current = asked(question, one).filter((programme) => holds(programme, on));
  return best(current.map((programme) => covers(programme, one, on, list, atCampus)), "no_programme");
}

function covers(programme, one, on, list, atCampus) {
  const versions = one.licences.filter((licence) => licence[5] === programme[6]);
  if (!versions.length) return finding(UNCERTAIN, "programme_without_licence", programme);
  const licence = best(versions.map((version) => inForce(version, on, list)), "no_licence_in_force");
  if (licence.state === MISSING) return finding(MISSING, "programme_licence_ended", programme, ...versions);
  if (licence.state === UNCERTAIN) return finding(UNCERTAIN, licence.reason.why, programme, ...licence.reason.facts);
  const there = programme[7] === null || one.campuses.some((campus) => campus[1] === programme[7] && holds(campus, on));
  if (atCampus && !there) return finding(UNCERTAIN, "programme_campus_not_open", programme);
  return finding(MET, "programme_licensed", programme, ...licence.reason.facts);
}

function teachingOut(question, one, on) {
  return asked(question, one).filter((programme) => programme[3] !== null && programme[8] !== null && programme[3] <= on && on < programme[8]);
}

function award(question, one, on, list) {
  const found = covered(question, one, on, list, false);
  const ending = teachingOut(question, one, on);
  return found.state === MET || !ending.length ? found : finding(MET, "teach_out", ending[0]);
}

function enrolling(one, on) {
  const current = one.enrolment.filter((fact) => holds(fact, on));
  const stopped = current.filter((fact) => fact[1] === "stopped");
  return stopped.length ? finding(MISSING, "enrolment_stopped", ...stopped) : finding(MET, "enrolment_not_stopped", ...current);
}

// Who went on: succession.py

function successors(one, on, get) {
  const found = [], waiting = [one.id], seen = new Set([one.id]);
  while (waiting.length) {
    const current = waiting.shift();
    for (const step of standing(get(current), on).steps) {
      const heir = standing(get(step[1]), on).status;
      found.push({ id: step[1], kind: step[0], predecessor: current, effective_on: step[2], keeps_records: step[5], continues: !GONE.includes(heir) });
      if (!seen.has(step[1])) { seen.add(step[1]); waiting.push(step[1]); }
    }
  }
  return found;
}

function keepersOf(id, on, get, before) {
  const stands = standing(get(id), on);
  if (!GONE.includes(stands.status)) return new Set([id]);
  const keeping = stands.steps.filter((step) => step[5]).map((step) => step[1]);
  if (!keeping.length || before.has(id)) return null;
  const onward = keeping.map((heir) => keepersOf(heir, on, get, new Set([...before, id])));
  return onward.includes(null) ? null : new Set(onward.flatMap((kept) => [...kept]));
}
