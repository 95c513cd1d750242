// The compact payload of a QR code (docs/qr-format.md, sections 1 to 5): read, and nothing believed before its signature is
// checked. The same as verify/compact.py.

import {CborRefused, decoded, encodedList} from './cbor.js';
import {ScsuRefused, expanded} from './scsu.js';

export const MAX_BYTES = 1024;
export const MAX_CHARACTERS = 4096;
export const ALGORITHM = -19;
const KEY_ID_BYTES = 8;
const SIGNATURE_BYTES = 64;
const GROUP_DIGITS = 17;
const DIGITS = [0, 3, 5, 8, 10, 13, 15, 17];
const ADDRESS = /^(https?):\/\/([0-9a-z.\-]{1,253}(?::[0-9]{1,5})?)\/c\/([0-9a-hjkmnp-tv-z]{26})\/?(?:\?.*)?$/is;
const LIKE_A_CODE = /^https?:\/\/[^\/?#\\]+\/c\/(?:[0-9a-hjkmnp-tv-z]{26}\/?(?:\?[^#]*)?|[^#]*#.*)$/is;
const DEFAULT_PORTS = {HTTP: /:80$/, HTTPS: /:443$/};
const BLANKS = /[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]+/g;
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]/;
const DAYS = [-719162, 2932896];
const LEFT_OUT = [5, 6, 7];
const LONGEST_DISPLAY = 300;

/** Why a code is not genuine, or not known to be. `isUnknown`: it could not be checked, and may be genuine. */
export class Refused extends Error {
  constructor(code, message, isUnknown = false) {
    super(message);
    this.code = code;
    this.isUnknown = isUnknown;
  }
}

const malformed = message => new Refused('malformed-compact', message);
const unknownMethod = message => new Refused('unknown-method', message, true);

/** The address of a code in capitals, without what was added to it, and its digits: [address, digits]. */
export function splitAddress(scanned) {
  const text = withoutBlanks(scanned);
  // Characters and not units of UTF-16, of which a character has two at most.
  if (text.length > 2 * MAX_CHARACTERS || [...text].length > MAX_CHARACTERS) throw malformed('this is longer than any code of a licence');
  const end = text.indexOf('#');
  const match = ADDRESS.exec(end < 0 ? text : text.slice(0, end));
  if (!match) throw malformed('this is no code of a licence');
  const [way, host, id] = match.slice(1).map(part => part.toUpperCase());
  return [`${way}://${host.replace(DEFAULT_PORTS[way], '')}/C/${id}`, end < 0 ? '' : text.slice(end + 1)];
}

/** An address of `splitAddress` as the register at `base` signs it, by whichever of http and https it was written; null where it is
 * of another register. */
export function signedAddress(address, base) {
  const [own, rest] = [base.toUpperCase(), address.split('://')[1]];
  return rest.startsWith(`${own.split('://')[1]}/C/`) ? `${own}/C/${rest.slice(-26)}` : null;
}

/** Whether a text has the form of a code, damaged or too long perhaps, or of its address. */
export function isCode(text) {
  return LIKE_A_CODE.test(withoutBlanks(text));
}

function withoutBlanks(text) {
  return text.replace(BLANKS, '');
}

/** The parts of a code whose signature is still to be checked: {keyId (hex), payload, signature, toBeSigned}. */
export function unseal(digits, address) {
  const parts = read(fromDigits(digits));
  if (!Array.isArray(parts) || parts.length !== 4 || !(parts[1] instanceof Map) || parts[1].size) {
    throw malformed('the code is no COSE_Sign1');
  }
  const [header, , payload, signature] = parts;
  if (![header, payload, signature].every(part => part instanceof Uint8Array)) {
    throw malformed('the code is no COSE_Sign1 (expected three byte strings)');
  }
  if (signature.length !== SIGNATURE_BYTES) throw malformed('a signature has 64 bytes');
  const headers = read(header);
  if (!(headers instanceof Map) || headers.size !== 2 || !headers.has(1) || !headers.has(4)) {
    throw unknownMethod("the code's header is of another release");
  }
  if (headers.get(1) !== ALGORITHM) throw unknownMethod('the code is signed by an algorithm that is not known here');
  const key = headers.get(4);
  if (!(key instanceof Uint8Array) || key.length !== KEY_ID_BYTES) throw malformed('a key is named by 8 bytes');
  return {keyId: hex(key), payload, signature, toBeSigned: encodedList(['Signature1', header, ascii(address), payload])};
}

/** What a payload says. Call it only once the signature fits. */
export function opened(payload) {
  const members = read(payload);
  if (!(members instanceof Map)) throw malformed("the code's content is no map");
  const keys = [...members.keys()];
  if (!keys.every(key => key in KINDS)) throw unknownMethod('the code says something that is not known here');
  for (const key of keys) {
    if (!KINDS[key](members.get(key))) throw malformed(`member ${key} is of another kind`);
  }
  if (![1, 2, 3, 12].every(key => members.has(key))) throw malformed('the code lacks a member that each has');
  const status = numbers(members, 12);
  if (status.length !== 2) throw malformed('the status is a list of two numbers');
  const leftOut = numbers(members, 13);
  if (!leftOut.every((each, n) => LEFT_OUT.includes(each) && (n === 0 || leftOut[n - 1] < each))) {
    throw malformed('what was left out is told by the numbers of texts, in their order');
  }
  if (members.get(1) < 0) throw malformed('the code was made before there were codes');
  const shownUntil = members.get(14) ?? null;
  if (shownUntil !== null && !(shownUntil > members.get(1) && shownUntil - members.get(1) <= LONGEST_DISPLAY)) {
    throw malformed('what is made for a screen is good for a short time');
  }
  return {
    made: members.get(1),
    licenseType: members.get(2),
    number: text(members, 3),
    qualifier: members.get(4) ?? '',
    licensees: text(members, 5),
    premises: text(members, 6),
    address: text(members, 7),
    issuedOn: day(members, 8),
    validFrom: day(members, 9),
    expiresOn: day(members, 10),
    noExpiry: members.get(11) ?? false,
    status,
    leftOut,
    shownUntil,
  };
}

/** The bytes that decimal digits stand for, in the one spelling that there is. */
export function fromDigits(digits) {
  if (!/^[0-9]*$/.test(digits)) throw malformed('the code holds something else than digits');
  if (digits.length > Math.floor(MAX_BYTES * GROUP_DIGITS / 7) + 1) throw malformed('the code is longer than any of ours');
  const found = [];
  for (let at = 0; at < digits.length; at += GROUP_DIGITS) {
    const group = digits.slice(at, at + GROUP_DIGITS);
    const size = DIGITS.indexOf(group.length);
    if (size < 0) throw malformed('the code was cut off');
    const number = BigInt(group);
    if (number >> BigInt(8 * size)) throw malformed('the code holds a number that stands for no bytes');
    for (let shift = 8 * (size - 1); shift >= 0; shift -= 8) found.push(Number(number >> BigInt(shift) & 255n));
  }
  return Uint8Array.from(found);
}

export function hex(bytes) {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}

const KINDS = {
  1: Number.isInteger, 2: isText, 3: isBytes, 4: isText, 5: isBytes, 6: isBytes, 7: isBytes,
  8: Number.isInteger, 9: Number.isInteger, 10: Number.isInteger, 11: value => value === true,
  12: Array.isArray, 13: Array.isArray, 14: Number.isInteger,
};

function isText(value) {
  return typeof value === 'string';
}

function isBytes(value) {
  return value instanceof Uint8Array;
}

function read(data) {
  try {
    return decoded(data);
  } catch (error) {
    if (error instanceof CborRefused) throw malformed(error.message);
    throw error;
  }
}

function text(members, key) {
  let found;
  try {
    found = expanded(members.get(key) ?? new Uint8Array());
  } catch (error) {
    if (error instanceof ScsuRefused) throw malformed(error.message);
    throw error;
  }
  if (CONTROL.test(found)) throw malformed('a text of the code has control characters');
  return found;
}

function numbers(members, key) {
  const found = members.get(key) ?? [];
  if (!found.every(each => Number.isInteger(each) && each >= 0)) throw malformed(`member ${key} is a list of numbers from 0`);
  return found;
}

/** Days from 1970-01-01, or null. */
function day(members, key) {
  if (!members.has(key)) return null;
  const found = members.get(key);
  if (found < DAYS[0] || found > DAYS[1]) throw malformed('a day of the code is in no calendar');
  return found;
}

function ascii(text) {
  return Uint8Array.from(text, char => char.charCodeAt(0));
}
