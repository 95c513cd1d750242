// From what a code says to the IRI of its licence (docs/qr-format.md, section 5). The same as vocab/iri.py.

const AUTHORITY = /^(?:lao-[0-9]{8}|dep-[0-9]{4,5}|tin-[0-9]{13}|x-[a-z0-9]{2,16})$/;
const TYPE = /^[a-z0-9-]{1,40}$/;
const QUALIFIER = new RegExp(
  '^(?=[a-z])(?:o[a-z0-9-]{1,16})?(?:(?:^|\\.)be2[4-9][0-9]{2})?(?:(?:^|\\.)d([0-9]{4}-[0-9]{2}-[0-9]{2}))?'
  + '(?:(?:^|\\.)n[1-9][0-9]{0,5})?$');
const ZERO_WIDTH = /[\u200b\u200c\u200d\u2060\ufeff]/gu;
// Unicode's White_Space: JavaScript's own also takes U+FEFF, and not U+0085.
const BLANK = '[\\t\\n\\v\\f\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const BLANKS_AROUND = new RegExp(`^${BLANK}|${BLANK}$`, 'u');
const REFUSED = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}]/u;
const KEPT = /[A-Za-z0-9_.-]/;
const MAX_SEGMENT = 1500;
const GAP = '[\\s.,/_\\-\\u2010-\\u2015]{0,3}';
const CITIZEN = new RegExp(
  `(?<!\\p{Nd})(?=([1-8]${GAP}\\p{Nd}{4}${GAP}\\p{Nd}{5}${GAP}\\p{Nd}{2}${GAP}\\p{Nd}|[1-8](?:[\\s.\\-]\\p{Nd}){12})(?!\\p{Nd}))`, 'gu');

/** The IRI, or null where none can be made. */
export function licenseIri(base, authority, type, number, qualifier) {
  if (!AUTHORITY.test(authority) || !TYPE.test(type)) return null;
  if (qualifier && !isQualifier(qualifier)) return null;
  if (!number || number !== number.normalize('NFC') || BLANKS_AROUND.test(number)) return null;
  if (REFUSED.test(number) || isCitizenNumber(number)) return null;
  const characters = [...number];
  const last = characters.length - 1;
  const segment = characters.map((char, at) => encoded(char, at === 0 || at === last)).join('');
  if (segment.length > MAX_SEGMENT) return null;
  return `${base}/id/lic/${authority}/${type}/${segment}${qualifier ? `/${qualifier}` : ''}`;
}

function encoded(char, isOuter) {
  if (char === '.' && isOuter) return '~2E';
  if (KEPT.test(char)) return char;
  const bytes = new TextEncoder().encode(char);
  const pair = byte => byte.toString(16).toUpperCase().padStart(2, '0');
  return bytes.length === 1 ? `~${pair(bytes[0])}` : Array.from(bytes, byte => `%${pair(byte)}`).join('');
}

function isQualifier(text) {
  const match = QUALIFIER.exec(text);
  if (!match) return false;
  if (!match[1]) return true;
  const [year, month, day] = match[1].split('-').map(Number);
  const found = new Date(0);
  found.setUTCFullYear(year, month - 1, day);
  return year > 0 && found.getUTCMonth() === month - 1 && found.getUTCDate() === day;
}

/** Whether it holds a natural person's 13-digit number: such a one names no licence. */
function isCitizenNumber(number) {
  const digits = number.replace(ZERO_WIDTH, '').replace(/\p{Nd}/gu, digit => String(valueOf(digit)));
  return [...digits.matchAll(CITIZEN)].some(found => hasCheckDigit(found[1].replace(/\P{Nd}/gu, '')));
}

/** Digits of a script stand in runs of ten, from zero on. */
function valueOf(digit) {
  const code = digit.codePointAt(0);
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before++;
  return before % 10;
}

function hasCheckDigit(digits) {
  let sum = 0;
  for (let at = 0; at < 12; at++) sum += (13 - at) * Number(digits[at]);
  return (11 - sum % 11) % 10 === Number(digits[12]);
}
