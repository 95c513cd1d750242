// What this phone keeps (IndexedDB): the pack with the key that it trusts, and the checks of the last days. Nothing of it is sent.

const NAME = 'checker';
let opened;

/** The pack as it is kept: {manifest, key, print (the fingerprint of the key), parts (a Map by digest)}, or null. */
export async function heldPack() {
  const [pack, digests, bodies] = await Promise.all([
    ask('pack', 'readonly', store => store.get('held')),
    ask('parts', 'readonly', store => store.getAllKeys()),
    ask('parts', 'readonly', store => store.getAll()),
  ]);
  return pack ? {...pack, parts: new Map(digests.map((digest, n) => [digest, bodies[n]]))} : null;
}

/** Keeps a pack in the place of the one before: all of it, or nothing. */
export async function keepPack({manifest, key, print, parts}) {
  const database = await open();
  const change = database.transaction(['pack', 'parts'], 'readwrite');
  const store = change.objectStore('parts');
  store.clear();
  for (const [digest, body] of parts) store.put(body, digest);
  change.objectStore('pack').put({manifest, key, print}, 'held');
  return done(change);
}

/** Notes a check; returns its number. */
export function noteCheck(check) {
  return ask('checks', 'readwrite', store => store.add(check));
}

/** Changes the note beside a check. */
export async function annotate(number, note) {
  const check = await ask('checks', 'readonly', store => store.get(number));
  if (check) await ask('checks', 'readwrite', store => store.put({...check, note}, number));
}

/** All checks that are kept, oldest first. */
export function checks() {
  return ask('checks', 'readonly', store => store.getAll());
}

/** Forgets the checks from before `instant` (milliseconds); all of them without one. */
export async function forgetChecks(instant = Infinity) {
  const database = await open();
  const change = database.transaction('checks', 'readwrite');
  const request = change.objectStore('checks').openCursor();
  request.onsuccess = () => {
    const cursor = request.result;
    if (!cursor) return;
    if (cursor.value.at < instant) cursor.delete();
    cursor.continue();
  };
  return done(change);
}

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('pack');
      request.result.createObjectStore('parts');
      request.result.createObjectStore('checks', {autoIncrement: true});
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function ask(name, mode, question) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const request = question(database.transaction(name, mode).objectStore(name));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function done(change) {
  return new Promise((resolve, reject) => {
    change.oncomplete = () => resolve();
    change.onerror = () => reject(change.error);
    change.onabort = () => reject(change.error);
  });
}
