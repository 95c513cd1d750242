// Our reader of codes in JavaScript, asked by Node (codes.mjs) and in a browser (tests/browser/test_verdicts.py).

import {fromDigits, hex} from '../../static/checker/compact.js';
import {byNoble, isSigned} from '../../static/checker/ed25519.js';
import {examineCode} from '../../static/checker/scanned.js';
import {expanded} from '../../static/checker/scsu.js';

const bytes = text => Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16));
const instant = text => text === null ? null : Date.parse(text);

async function trusted({bases, live, issuers, statusLists}) {
  const keys = new Map();
  for (const issuer of issuers) {
    const authority = {did: issuer.did, authority: issuer.authority, mayGrant: new Set(issuer.mayGrant)};
    for (const key of issuer.keys.filter(each => each.use === 'qr')) {
      const publicKey = bytes(key.publicKey);
      const id = hex(new Uint8Array(await crypto.subtle.digest('SHA-256', publicKey))).slice(0, 16);
      keys.set(id, {authority, key: {publicKey, use: key.use, expires: instant(key.expires), revoked: instant(key.revoked)}});
    }
  }
  const status = (list, index) => {
    const found = statusLists[list];
    return found && index < found.entries ? found.set.includes(index) : undefined;
  };
  return {bases, live, codeKey: id => keys.get(id), status};
}

const DIGITS = [0, 3, 5, 8, 10, 13, 15, 17];

function toDigits(raw) {
  let found = '';
  for (let at = 0; at < raw.length; at += 7) {
    const group = raw.subarray(at, at + 7);
    found += group.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n).toString().padStart(DIGITS[group.length], '0');
  }
  return found;
}

/**
 * {trust, at, codes: [scanned], flips: [scanned], texts: [hex], noble: bool}: a verdict for each code, for each of `flips` the
 * reasons of its code with one bit after the other turned round, in one text, and what each text in SCSU says.
 */
export async function answered(job) {
  const verify = job.noble ? byNoble : isSigned;
  const trust = await trusted(job.trust);
  const at = Date.parse(job.at);
  const verdicts = [];
  for (const scanned of job.codes ?? []) {
    const {genuine, inForce, says} = await examineCode(scanned, trust, at, verify);
    verdicts.push({genuine, inForce, says});
  }
  const flips = [];
  for (const scanned of job.flips ?? []) flips.push(await reasons(scanned, trust, at, verify));
  return {verdicts, flips, texts: (job.texts ?? []).map(textOf)};
}

async function reasons(scanned, trust, at, verify) {
  const [address, digits] = scanned.split('#');
  const raw = fromDigits(digits);
  const found = [];
  for (let bit = 0; bit < 8 * raw.length; bit++) {
    const changed = Uint8Array.from(raw);
    changed[bit >> 3] ^= 0x80 >> bit % 8;
    const {genuine} = await examineCode(`${address}#${toDigits(changed)}`, trust, at, verify);
    found.push(genuine.join(' '));
  }
  return found.join('\n');
}

function textOf(text) {
  try {
    return expanded(bytes(text));
  } catch (error) {
    return error.constructor.name === 'ScsuRefused' ? null : String(error);
  }
}
