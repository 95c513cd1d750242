// From what was scanned to what an inspector is told: which words, which colour, and how old the data is. Nothing of the page.

import {leading} from './address.js';
import {isCode, signedAddress, splitAddress} from './compact.js';
import {examineCode} from './scanned.js';

const SKEW = 5 * 60_000;
const ID = /^[0-9a-hjkmnp-tv-z]{26}$/i;
const NUMBER = /^(?=.*\p{Nd})[\p{L}\p{M}\p{Nd} .,/()_-]{1,80}$/u;
const OURS = new Set(['notAsPrinted', 'ownPage']);
const TONES = {active: 'good', pending: 'wait', expired: 'bad', suspended: 'bad', withdrawn: 'bad'};

/** How old the data of a pack is at `at` (milliseconds): {word, tone, made, age}. It is green only while it is young. */
export function ageOf(manifest, at) {
  const {made, expires, staleAfter} = manifest;
  const age = at - made;
  if (at > expires) return {word: 'ageExpired', tone: 'bad', made, age};
  if (age < -SKEW) return {word: 'ageClock', tone: 'wait', made, age};
  return age > staleAfter ? {word: 'ageStale', tone: 'wait', made, age} : {word: 'ageFresh', tone: 'good', made, age};
}

/** Of the texts that a picture had, the one to judge, and the others: {text, beside}. Undefined where there was none, null where
 * nobody can say which one is meant: several that lead to the register at `base`, or several of which none does. */
export function chosen(texts, base) {
  const all = [...new Set(texts)];
  const ours = all.filter(each => OURS.has(leading(each, base)?.kind));
  const [text, another] = ours.length ? ours : all;
  if (another !== undefined) return null;
  return text === undefined ? undefined : {text, beside: all.filter(each => each !== text)};
}

/** What is told of `text` at `at`: {word, tone, genuine, inForce, asOf, checkedAt, age, face, term, authority, host, open, text}.
 *
 * `word` is the name of the large words (words.js), `wordMeans` the sentence below; `host` is a foreign host or a misleading address,
 * to be shown and never opened; `open` is an address of the register itself; `face` is what the code says, null for what is not
 * genuine. It is judged at the pack's instant where `at` is before that: then it is `at` that is wrong. */
export async function judged(text, pack, at) {
  const {manifest} = pack;
  const typed = text.trim();
  const id = typed.replace(/[\s-]/g, '');
  const scanned = ID.test(id) ? `${manifest.base.toUpperCase()}/C/${id.toUpperCase()}` : typed;
  const then = Math.max(at, manifest.made);
  const found = await examineCode(scanned, pack.trustAt(then), then);
  const age = ageOf(manifest, at);
  const authority = pack.authorities.get(found.issuer) ?? null;
  const made = found.lists.map(pack.listMade);
  const isDated = ['expired', 'pending'].includes(found.inForce[1]);
  return {
    genuine: found.genuine,
    inForce: found.inForce,
    ...told(found, scanned, age, manifest.base),
    asOf: made.length ? Math.min(...made) : isDated ? manifest.made : null,
    checkedAt: at,
    age,
    face: found.says,
    term: found.term,
    typeName: found.says && pack.typeNames.get(found.says.licenseType.split('/').at(-1)),
    authority,
    text: scanned,
  };
}

/** The word and the tone, and what they change of the answers. */
function told({genuine: [answer, reason], inForce}, scanned, age, base) {
  if (answer === 'yes') return {...standing(inForce, age), host: null, open: null};
  if (reason === 'unknown-issuer' || reason === 'malformed-compact') {
    const found = elsewhere(scanned, base);
    if (found.host !== null || !isCode(scanned)) return found;
  }
  const open = reason === 'no-digits' ? signedAddress(splitAddress(scanned)[0], base) : null;
  return {word: reason, tone: answer === 'no' ? 'bad' : 'wait', host: null, open};
}

/** What is said of a text that is no code of this register as it is printed. Only of what leads elsewhere it is said that it is not
 * genuine: of the rest nothing was looked at. */
function elsewhere(scanned, base) {
  const {kind, host, open} = leading(scanned, base) ?? {kind: NUMBER.test(scanned) ? 'number' : 'notCode', host: null, open: null};
  if (kind === 'foreign' || kind === 'misleading') return {word: kind, tone: 'bad', host, open};
  return {word: kind, tone: 'wait', genuine: ['unknown', kind === 'notAsPrinted' ? kind : 'not-examined'], host, open};
}

/** The words for what is genuine: never plain green by old data, and nothing that a wrong clock would have made. */
function standing([answer, status], age) {
  const isActive = status === 'active';
  if (age.word === 'ageClock' && (isActive || status === 'pending')) return {word: 'clockWrong', tone: 'wait', inForce: ['unknown', 'clock-wrong']};
  if (age.tone === 'bad' && (isActive || status === 'status-unavailable')) {
    return {word: 'packExpired', tone: 'wait', inForce: ['unknown', 'pack-expired']};
  }
  if (isActive && age.tone !== 'good') return {word: 'activeStale', tone: 'wait'};
  if (status === 'suspended' && age.tone !== 'good') return {word: 'was-suspended', tone: 'wait', inForce: ['unknown', 'was-suspended']};
  return {word: status, tone: TONES[status] ?? 'wait', inForce: [answer, status]};
}
