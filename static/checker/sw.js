// The service worker of the checker: keeps the page's files, each by its digest, and gives them out without a network. `SHELL`, the
// digest of each file by its address, is put before this by the server (registry/web/checker.py); when a file changes, so does this
// program, and the browser installs it beside the old one. Everything else, the inspector pack too, it leaves alone.

const CACHE = 'checker';
const SCOPE = new URL('./', self.location.href).pathname;

self.addEventListener('install', event => event.waitUntil(fill()));
self.addEventListener('activate', event => event.waitUntil(clearAway().then(() => self.clients.claim())));
self.addEventListener('message', ({data}) => { if (data === 'take over') self.skipWaiting(); });
self.addEventListener('fetch', event => {
  const {origin, pathname} = new URL(event.request.url);
  if (event.request.method !== 'GET' || origin !== self.location.origin || !pathname.startsWith(SCOPE)) return;
  const name = pathname.slice(SCOPE.length);
  if (name in SHELL) event.respondWith(answer(name));
});

const key = name => `${SCOPE}${name}?sha256=${SHELL[name]}`;

async function answer(name) {
  const cache = await caches.open(CACHE);
  return await cache.match(key(name)) ?? fetch(SCOPE + name);
}

/** Fetches what is not there yet. What is not the file that was announced is not taken; the browser then tries again another day. */
async function fill() {
  const cache = await caches.open(CACHE);
  for (const name of Object.keys(SHELL)) {
    if (await cache.match(key(name))) continue;
    const response = await fetch(SCOPE + name, {cache: 'no-cache'});
    const body = await response.arrayBuffer();
    if (!response.ok || await digest(body) !== SHELL[name]) throw new Error(`${name} is not the file that was announced`);
    const headers = new Headers(response.headers);
    headers.delete('content-encoding');
    headers.delete('content-length');
    await cache.put(key(name), new Response(body, {headers}));
  }
}

async function clearAway() {
  const cache = await caches.open(CACHE);
  const kept = new Set(Object.keys(SHELL).map(key));
  for (const request of await cache.keys()) {
    const {pathname, search} = new URL(request.url);
    if (!kept.has(pathname + search)) await cache.delete(request);
  }
}

async function digest(body) {
  const found = new Uint8Array(await crypto.subtle.digest('SHA-256', body));
  return Array.from(found, byte => byte.toString(16).padStart(2, '0')).join('');
}
