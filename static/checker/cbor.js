// CBOR as far as our codes have it (docs/qr-format.md, section 2), in its one form. The same as verify/cbor.py.

const MAX_DEPTH = 3;
const TRUE = 0xf5;

/** These bytes are not of the profile. */
export class CborRefused extends Error {}

/** The value that `data` (Uint8Array) is the one encoding of: numbers, strings, bytes, lists (Array), maps (Map), true. */
export function decoded(data) {
  const [value, end] = item(data, 0, 0);
  if (end !== data.length) {
    throw new CborRefused(`${data.length - end} bytes follow the end`);
  }
  return value;
}

/** The encoding of a list of texts, byte strings and numbers from 0: all that a Sig_structure needs. */
export function encodedList(values) {
  const parts = values.map(value => {
    if (typeof value === 'number') return head(0, value);
    const raw = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    return [...head(typeof value === 'string' ? 3 : 2, raw.length), ...raw];
  });
  return Uint8Array.from([...head(4, values.length), ...parts.flat()]);
}

function head(kind, argument) {
  if (argument < 24) return [kind << 5 | argument];
  if (argument < 0x100) return [kind << 5 | 24, argument];
  if (argument < 0x10000) return [kind << 5 | 25, argument >> 8, argument & 255];
  return [kind << 5 | 26, ...[24, 16, 8, 0].map(shift => argument >>> shift & 255)];
}

function item(data, at, depth) {
  if (data[at] === TRUE) return [true, at + 1];
  const [kind, argument, next] = headAt(data, at);
  switch (kind) {
    case 0: return [argument, next];
    case 1: return [-1 - argument, next];
    case 2:
    case 3: {
      const end = next + argument;
      if (end > data.length) throw new CborRefused('it was cut off');
      const raw = data.subarray(next, end);
      return [kind === 2 ? raw : text(raw), end];
    }
    case 4:
    case 5:
      if (depth === MAX_DEPTH) throw new CborRefused(`more than ${MAX_DEPTH} levels`);
      return (kind === 4 ? list : map)(data, next, argument, depth + 1);
    default:
      throw new CborRefused(`a value of a kind that no code has (major type ${kind})`);
  }
}

function headAt(data, at) {
  if (at >= data.length) throw new CborRefused('it was cut off');
  const kind = data[at] >> 5;
  const short = data[at] & 31;
  if (short < 24) return [kind, short, at + 1];
  if (short > 26) throw new CborRefused(`a length or number in a form that no code has (${short})`);
  const size = 1 << short - 24;
  const end = at + 1 + size;
  if (end > data.length) throw new CborRefused('it was cut off');
  // Not shifted: 32 bits would turn negative.
  const argument = data.subarray(at + 1, end).reduce((sum, byte) => sum * 256 + byte, 0);
  if (argument < (size === 1 ? 24 : 2 ** (4 * size))) throw new CborRefused('a number is not in its shortest form');
  return [kind, argument, end];
}

function text(raw) {
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(raw);
  } catch {
    throw new CborRefused('a text is not UTF-8');
  }
}

function list(data, at, count, depth) {
  const found = [];
  for (let n = 0; n < count; n++) {
    let value;
    [value, at] = item(data, at, depth);
    found.push(value);
  }
  return [found, at];
}

function map(data, at, count, depth) {
  const found = new Map();
  let last = new Uint8Array();
  for (let n = 0; n < count; n++) {
    const [kind, argument, next] = headAt(data, at);
    if (kind > 1) throw new CborRefused('a key is no number');
    const key = data.subarray(at, next);
    if (!isBefore(last, key)) throw new CborRefused('keys are not in their order, or stand twice');
    last = key;
    let value;
    [value, at] = item(data, next, depth);
    found.set(kind === 0 ? argument : -1 - argument, value);
  }
  return [found, at];
}

function isBefore(one, other) {
  for (let n = 0; n < one.length && n < other.length; n++) {
    if (one[n] !== other[n]) return one[n] < other[n];
  }
  return one.length < other.length;
}
