// The inspector pack (docs/pack-format.md): nothing of it is used before its signature and its digests are right. The same as
// verify/manifest.py and verify/pack.py.

import {CborRefused, decoded, encodedList} from './cbor.js';
import {hex} from './compact.js';
import {isSigned} from './ed25519.js';

const FORM = 1;
const MAX_PACK_BYTES = 64 << 20;
const MAX_MANIFEST_BYTES = 1 << 20;
const MAX_PART_BYTES = 16 << 20;
const MAX_PARTS = 4096;
const MAX_HANDOVERS = 16;
const [AUTHORITIES, KEYS, TYPES, BITS, TIMES, ISSUED, OTHER_KEYS] = [1, 2, 3, 4, 5, 6, 7];
const PURPOSES = {1: 'revocation', 2: 'suspension'};
const HASHES = 7;
const BITS_OF_A_LIST = [131_072, 1 << 25];
const CONTEXT = new TextEncoder().encode('inspector pack');
const HANDOVER = new TextEncoder().encode('inspector pack handover');
const HEADER = [0xa2, 0x01, 0x32, 0x04, 0x48];
const BASE = /^https?:\/\/[a-z0-9.-]{1,253}(?::[0-9]{1,5})?$/;
const CODE = /^[a-z0-9-]{1,40}$/;

/** Why a pack is not used. `code`: pack-malformed, pack-altered, pack-other-key, pack-older, pack-expired. */
export class PackRefused extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const malformed = message => new PackRefused('pack-malformed', message);

/** The manifest in `raw` (Uint8Array), if it may be used at `at`: {base, key, made, expires, staleAfter, parts, size, isDemo,
 * handovers, raw}. `parts` are those that a checker of codes needs, and `size` is theirs.
 *
 * Instants are milliseconds. `key` (32 bytes) is the key that is expected, null at the first use: it signed the manifest, or one of
 * its `handovers` ({key, at, signature}, oldest first) leads from it to the key that did. `held` is when the pack that is already
 * there was made. Raises `PackRefused`. */
export async function openManifest(raw, at, {key = null, held = null, verify = isSigned} = {}) {
  if (raw.length > MAX_MANIFEST_BYTES) throw malformed('a manifest is not so long');
  const outer = read(raw);
  if (!Array.isArray(outer) || outer.length !== 4 || !(outer[1] instanceof Map) || outer[1].size) throw malformed('no COSE_Sign1');
  const [header, , payload, signature] = outer;
  if (![header, payload, signature].every(part => part instanceof Uint8Array)) throw malformed('no COSE_Sign1');
  const found = {...manifest(read(payload)), raw};
  if (!areEqual(header, await headerOf(found.key)) || signature.length !== 64) throw malformed('header or signature of another form');
  const keys = [...found.handovers.map(each => each.key), found.key];
  if (key !== null && !keys.some(each => areEqual(key, each))) throw new PackRefused('pack-other-key', 'signed by another key');
  if (!await verify(signature, encodedList(['Signature1', header, CONTEXT, payload]), found.key)) {
    throw new PackRefused('pack-altered', 'the signature does not fit');
  }
  for (const [n, each] of found.handovers.entries()) {
    const said = encodedList([found.base, keys[n + 1], each.at / 1000]);
    if (!await verify(each.signature, encodedList(['Signature1', await headerOf(each.key), HANDOVER, said]), each.key)) {
      throw new PackRefused('pack-altered', 'the signature of a handover does not fit');
    }
  }
  if (held !== null && found.made < held) throw new PackRefused('pack-older', 'older than the one at hand');
  if (at > found.expires) throw new PackRefused('pack-expired', 'expired');
  return found;
}

/** How people compare the key of a pack. */
export async function fingerprint(key) {
  return hex(await sha256(key)).slice(0, 32).match(/..../g).join(' ');
}

/** Whether these bytes are the part that is named so. */
export async function isPart({sha256: digest, size}, body) {
  return body.length === size && hex(await sha256(body)) === digest;
}

/** The pack of an opened manifest and its parts (a Map of Uint8Array, by digest in hexadecimal digits). Raises `PackRefused`.
 *
 * {manifest, authorities, typeNames, trustAt(at), listMade(list)}: `trustAt` gives what `examineCode` takes. */
export async function readPack(manifest, parts) {
  const bodies = [];
  for (const part of manifest.parts) {
    const body = parts.get(part.sha256);
    if (!body || !await isPart(part, body)) throw new PackRefused('pack-altered', 'a part is missing or altered');
    bodies.push({...part, body});
  }
  const {base} = manifest;
  const authorities = new Map();
  for (const each of members(bodies, AUTHORITIES, {1: isText, 2: isText, 3: isText, 4: Array.isArray}, [1, 4])) {
    const code = asCode(each.get(1));
    const mayGrant = new Set(each.get(4).map(type => `${base}/def/license-type/${asCode(type)}`));
    authorities.set(code, {did: did(base, code), authority: `${base}/id/auth/${code}`, name: asName(each), mayGrant});
  }
  const keys = new Map();
  for (const each of members(bodies, KEYS, {1: isText, 2: isBytes, 3: isNumber, 4: isNumber}, [1, 2])) {
    const authority = authorities.get(asCode(each.get(1)));
    const publicKey = each.get(2);
    if (!authority || publicKey.length !== 32) throw malformed('a key is nobody\'s, or none');
    const [expires, revoked] = [3, 4].map(member => each.has(member) ? instant(each.get(member)) : null);
    keys.set(hex((await sha256(publicKey)).subarray(0, 8)), {authority, key: {publicKey, use: 'qr', expires, revoked}});
  }
  const typeNames = new Map();
  for (const each of members(bodies, TYPES, {1: isText, 2: isText, 3: isText}, [1])) typeNames.set(asCode(each.get(1)), asName(each));
  const lists = new Map(listsOf(base, bodies));
  const filters = bodies.filter(({kind}) => kind === ISSUED).map(({body}) => body);
  const status = async (list, index, at) => {
    const found = lists.get(list);
    if (!found || index >= found.count) return undefined;
    const bits = await inflated(found.compressed, found.count / 8);
    const isSet = bits && Boolean(bits[index >> 3] & 0x80 >> (index & 7));
    if (at > found.until) return isSet ? 'was-set' : undefined;
    return isSet;
  };
  return {
    manifest,
    authorities: new Map([...authorities.values()].map(each => [each.did, each])),
    typeNames,
    listMade: list => lists.get(list)?.made ?? null,
    trustAt: at => ({
      bases: [base],
      live: false,
      codeKey: id => keys.get(id),
      status: (list, index) => status(list, index, at),
      mayBeIssued: id => !filters.length || isIn(filters, id),
    }),
  };
}

/** Whether a filter has the id: false is certain, true is wrong for one stranger in 100. */
export async function isIn(filters, id) {
  const digest = new DataView((await sha256(new TextEncoder().encode(id))).buffer);
  const bits = filters[digest.getUint32(0) % filters.length];
  const first = digest.getUint32(4);
  const step = (digest.getUint32(8) | 1) >>> 0;
  for (let n = 0; n < HASHES; n++) {
    const at = (first + n * step) % (8 * bits.length);
    if (!(bits[at >>> 3] & 0x80 >> (at & 7))) return false;
  }
  return true;
}

function manifest(said) {
  const kinds = {1: isNumber, 2: isText, 3: isBytes, 4: isNumber, 5: isNumber, 6: isNumber, 7: Array.isArray, 8: value => value === true, 9: Array.isArray};
  const found = asMap(said, kinds, [1, 2, 3, 4, 5, 6, 7]);
  if (found.get(1) !== FORM) throw malformed('of another release');
  if (!BASE.test(found.get(2)) || found.get(3).length !== 32) throw malformed('it names no register, or no key');
  if (found.get(7).length > MAX_PARTS) throw malformed('too many parts');
  const parts = found.get(7).map(part);
  const isOrdered = parts.every((each, n) => n === 0 || isBefore(parts[n - 1], each));
  if (!isOrdered || sizeOf(parts) > MAX_PACK_BYTES) throw malformed('parts in disorder, or too large');
  // Codes are judged here, and for them these keys are not needed.
  const needed = parts.filter(({kind}) => kind !== OTHER_KEYS);
  const handovers = found.has(9) ? found.get(9).map(handover) : [];
  if (found.has(9) && !(handovers.length >= 1 && handovers.length <= MAX_HANDOVERS)) throw malformed('no handovers, or too many');
  const keys = new Set([found.get(3), ...handovers.map(each => each.key)].map(hex));
  if (keys.size <= handovers.length) throw malformed('the handovers go round in a circle');
  return {
    base: found.get(2),
    key: found.get(3),
    made: instant(found.get(4)),
    expires: instant(found.get(5)),
    staleAfter: natural(found.get(6)) * 1000,
    parts: needed,
    size: sizeOf(needed),
    isDemo: found.has(8),
    handovers,
  };
}

function handover(said) {
  if (!Array.isArray(said) || said.length !== 3) throw malformed('a handover has three values');
  const [key, at, signature] = said;
  if (!isBytes(key) || key.length !== 32 || !isBytes(signature) || signature.length !== 64) throw malformed('a handover has a key and a signature');
  return {key, at: instant(at), signature};
}

function part(said) {
  if (!Array.isArray(said) || said.length !== 4) throw malformed('a part is named by four values');
  const [kind, index, digest, size] = said;
  if (!isBytes(digest) || digest.length !== 32 || natural(size) > MAX_PART_BYTES) throw malformed('a part has a digest and a size');
  if (natural(kind) < AUTHORITIES || kind > OTHER_KEYS) throw malformed('of another release');
  return {kind, index: natural(index), sha256: hex(digest), size};
}

function sizeOf(parts) {
  return parts.reduce((sum, each) => sum + each.size, 0);
}

function isBefore(one, other) {
  return one.kind < other.kind || (one.kind === other.kind && one.index < other.index);
}

function* members(bodies, kind, kinds, needed) {
  for (const each of bodies.filter(body => body.kind === kind)) {
    for (const said of asList(read(each.body))) yield asMap(said, kinds, needed);
  }
}

function* listsOf(base, bodies) {
  const kinds = {1: isText, 2: isNumber, 3: isNumber, 4: isNumber, 5: isBytes};
  for (const {index, body} of bodies.filter(each => each.kind === BITS)) {
    const lists = asList(read(body)).map(each => asMap(each, kinds, [1, 2, 3, 4, 5]));
    const times = bodies.find(each => each.kind === TIMES && each.index === index);
    const instants = times ? asList(read(times.body)) : [];
    if (instants.length !== 2 * lists.length) throw malformed('lists and their instants are not as many');
    for (const [n, each] of lists.entries()) {
      const [code, purpose, number, count] = [1, 2, 3, 4].map(member => each.get(member));
      if (!(purpose in PURPOSES) || count % 8 || count < BITS_OF_A_LIST[0] || count > BITS_OF_A_LIST[1] || number < 1) {
        throw malformed('a status list of another form');
      }
      const found = {made: instant(instants[2 * n]), until: instant(instants[2 * n + 1]), count, compressed: each.get(5)};
      yield [`${base}/status/${asCode(code)}/${PURPOSES[purpose]}/${number}`, found];
    }
  }
}

/** The `length` bytes that were deflated, or undefined where they are not so many. */
async function inflated(compressed, length) {
  const found = new Uint8Array(length);
  let at = 0;
  try {
    const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const reader = stream.getReader();
    for (;;) {
      const {done, value} = await reader.read();
      if (done) break;
      if (at + value.length > length) {
        await reader.cancel();
        return undefined;
      }
      found.set(value, at);
      at += value.length;
    }
  } catch {
    return undefined;
  }
  return at === length ? found : undefined;
}

/** The protected header of whatever this key signs. */
async function headerOf(key) {
  return Uint8Array.from([...HEADER, ...(await sha256(key)).subarray(0, 8)]);
}

async function sha256(data) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', data));
}

function did(base, code) {
  return `did:web:${base.split('://')[1].replace(':', '%3A')}:auth:${code}`;
}

function read(raw) {
  try {
    return decoded(raw);
  } catch (error) {
    if (error instanceof CborRefused) throw malformed(error.message);
    throw error;
  }
}

function asList(said) {
  if (!Array.isArray(said)) throw malformed('no list');
  return said;
}

function asMap(said, kinds, needed) {
  if (!(said instanceof Map) || !needed.every(key => said.has(key))) throw malformed('something is lacking');
  for (const [key, value] of said) {
    if (!(key in kinds) || !kinds[key](value)) throw malformed('something that is not known here, or of another form');
  }
  return said;
}

function asName(said) {
  const [th, en] = [said.get(2) ?? '', said.get(3) ?? ''];
  if (!th && !en) throw malformed('an empty name');
  return {th, en};
}

function asCode(said) {
  if (!isText(said) || !CODE.test(said)) throw malformed('a code of another form');
  return said;
}

function natural(said) {
  if (!isNumber(said) || said < 0) throw malformed('no number');
  return said;
}

function instant(said) {
  return natural(said) * 1000;
}

function areEqual(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function isNumber(value) {
  return Number.isInteger(value);
}

function isText(value) {
  return typeof value === 'string';
}

function isBytes(value) {
  return value instanceof Uint8Array;
}
