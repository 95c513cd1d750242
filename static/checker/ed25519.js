// Ed25519: the browser's own where it has it, else @noble/ed25519 from static/vendor, fetched only then.

const keys = new Map();
let own;

/** Whether `publicKey` signed `data` (all Uint8Array), strictly as RFC 8032 says. */
export async function isSigned(signature, data, publicKey) {
  own ??= await hasOwn();
  return own ? byBrowser(signature, data, publicKey) : byNoble(signature, data, publicKey);
}

/** The browser's way. */
export async function byBrowser(signature, data, publicKey) {
  const name = publicKey.join();
  if (!keys.has(name)) keys.set(name, await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']));
  return crypto.subtle.verify('Ed25519', keys.get(name), signature, data);
}

/** The library's way: `zip215` takes more than RFC 8032 does. */
export async function byNoble(signature, data, publicKey) {
  const noble = await import('../vendor/noble-ed25519.js');
  try {
    return await noble.verifyAsync(signature, data, publicKey, {zip215: false});
  } catch {
    return false;
  }
}

async function hasOwn() {
  try {
    await crypto.subtle.importKey('raw', new Uint8Array(32).fill(1), 'Ed25519', false, ['verify']);
    return true;
  } catch (error) {
    // Bytes that are no point are another matter: the way is there.
    return error.name !== 'NotSupportedError' && error.name !== 'SyntaxError' && error.name !== 'TypeError';
  }
}
