// Keeping the program on the phone: its service worker, a newer version of it, and what iPhones need.

let prompt = null;

/** Registers the service worker. `tell` is called with `ready`, `newer` (and a function that begins to use it), `unable`, `install`
 * (and a function that asks the browser to install the page). */
export async function installed(tell) {
  window.addEventListener('beforeinstallprompt', event => {
    event.preventDefault();
    prompt = event;
    tell('install', () => prompt.prompt());
  });
  window.addEventListener('appinstalled', () => tell('installed'));
  if (!('serviceWorker' in navigator)) return tell('unable');
  let isControlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    // The first worker takes a page over that came from the network just now; a later one has a newer page.
    if (isControlled) location.reload();
    isControlled = true;
  });
  try {
    const registration = await navigator.serviceWorker.register('sw.js', {updateViaCache: 'none'});
    const offer = worker => tell('newer', () => worker.postMessage('take over'));
    if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing;
      worker.addEventListener('statechange', () => {
        if (worker.state === 'installed' && navigator.serviceWorker.controller) offer(worker);
        if (worker.state === 'redundant' && !registration.active) tell('unable');
      });
    });
  } catch {
    // Without a network the one that is there still serves.
    if (!isControlled) return tell('unable');
  }
  await navigator.serviceWorker.ready;
  return tell('ready');
}

/** Whether this is a browser that deletes what a page keeps, unless the page is on the home screen. */
export function isForgetful() {
  const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1);
  return isApple && !navigator.standalone;
}
