// Getting the inspector pack: first what there is to get and by whose key, then, when somebody has agreed, what is lacking.

import {PackRefused, fingerprint, isPart, openManifest, readPack} from './pack.js';
import {heldPack, keepPack} from './store.js';

const PACK = new URL('/pack/', import.meta.url);

/** The pack that is kept, opened: {pack, print}; null where there is none. An expired one is opened too: it says who signed a code.
 * Raises `PackRefused` (pack-damaged) where what is kept is no longer what was taken. */
export async function openHeld() {
  const held = await heldPack();
  if (!held) return null;
  try {
    const key = await keyOf(held);
    if (!key) throw new PackRefused('pack-damaged', 'the key is damaged');
    const manifest = await openManifest(held.manifest, 0, {key});
    return {pack: await readPack(manifest, held.parts), print: held.print};
  } catch {
    throw new PackRefused('pack-damaged', 'what this phone keeps is damaged');
  }
}

/** What the register has to offer: {manifest, lacking, bytes, print, former, trust}. Raises `PackRefused`, TypeError without a
 * network.
 *
 * `trust` says why its key is trusted: `same` as before; `first`; `lost`, since the one before is damaged; `followed`, since the one
 * before (its fingerprint is `former`) handed over to it; or not yet: `other`, which somebody has to compare. The key stays the one
 * that was trusted, whatever else is damaged; what is damaged is lacking. */
export async function offered(at) {
  const held = await heldPack();
  const key = held && await keyOf(held);
  const before = key && await openManifest(held.manifest, 0, {key}).catch(() => null);
  const [manifest, isOther] = await openedBy(key, await fetched('manifest', 'no-cache'), at, before);
  const lacking = [];
  for (const part of manifest.parts) {
    if (!await isHeld(part, held)) lacking.push(part);
  }
  const bytes = lacking.reduce((sum, part) => sum + part.size, 0);
  const print = await fingerprint(manifest.key);
  const former = key ? held.print : null;
  const known = former === print ? 'same' : 'followed';
  const trust = isOther ? 'other' : key ? known : held ? 'lost' : 'first';
  return {manifest, lacking, bytes, print, former, trust};
}

/** The manifest, and whether it is signed by another key than `key`, which handed over to none that leads to it. Whoever has a key
 * of before may have dated a pack far ahead: no later instant than now keeps another key's pack away. */
async function openedBy(key, raw, at, before) {
  try {
    return [await openManifest(raw, at, {key, held: before?.made ?? null}), false];
  } catch (error) {
    if (error.code !== 'pack-other-key') throw error;
    const found = await openManifest(raw, at, {held: before && Math.min(before.made, at)});
    if (before && before.base !== found.base) throw error;
    return [found, true];
  }
}

/** Fetches what is lacking, puts it beside what is there, and keeps it where all of it is right. */
export async function taken({manifest, lacking, print}, onProgress = () => {}) {
  const had = (await heldPack())?.parts ?? new Map();
  const parts = new Map(manifest.parts.filter(part => had.has(part.sha256)).map(part => [part.sha256, had.get(part.sha256)]));
  let bytes = 0;
  for (const part of lacking) {
    const body = await fetched(`parts/${part.sha256}`, 'default');
    if (!await isPart(part, body)) throw new PackRefused('pack-altered', 'a part is another than it says');
    parts.set(part.sha256, body);
    bytes += part.size;
    onProgress(bytes);
  }
  await readPack(manifest, parts);
  await keepPack({manifest: manifest.raw, key: manifest.key, print, parts});
}

/** The key that is trusted, or null where it is no longer the one whose fingerprint was compared. */
async function keyOf({key, print}) {
  return key instanceof Uint8Array && await fingerprint(key) === print ? key : null;
}

async function isHeld(part, held) {
  const body = held?.parts.get(part.sha256);
  return body instanceof Uint8Array && isPart(part, body);
}

async function fetched(name, cache) {
  const response = await fetch(new URL(name, PACK), {cache, credentials: 'omit', redirect: 'error'});
  if (response.status === 404) throw new PackRefused('pack-changed', 'there is a newer pack meanwhile');
  if (!response.ok) throw new TypeError(`the register answers ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
