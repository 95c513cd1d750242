// Where an address leads that is no code as it is printed: in the browser's own reading, since that is where a phone would go.

const WEB = /^https?:/i;
const WITH_WAY = /^[a-z][a-z0-9+.-]*:\/\//i;
const WAY = /^[a-z]+:\/\//;
const WITHOUT_WAY = /^(?:[^\s\/?#@]*@)?[^\s\/?#@:]+\.[a-z]{2,}(?::[0-9]+)?(?:[\/\\?#]|$)/i;
const CODE_PATH = /^\/c\/([0-9a-hjkmnp-tv-z]{26})\/?$/i;
const CODE_WITHIN = /\/c\/([0-9a-hjkmnp-tv-z]{26})(?![0-9a-z])/i;

/** Where `text` leads: {kind, host, open}, or null where it is no address.
 *
 * kind: `misleading` (what people see is not where browsers go; `host` is all of it), `notAsPrinted` (a code of this register, with
 * something more or by another way), `ownPage` (this register, but no code) or `foreign`. `open` is the address of our own page. */
export function leading(text, base) {
  const given = text.trim();
  if (!WEB.test(given) && !WITH_WAY.test(given) && !WITHOUT_WAY.test(given)) return null;
  const url = parsed(WEB.test(given) || WITH_WAY.test(given) ? given : `https://${given}`);
  if (!url || /[\\\p{C}]/u.test(given) || url.username || url.password) return {kind: 'misleading', host: visible(given), open: null};
  if (WEB.test(url.protocol) && url.host === new URL(base).host) {
    // Other letters that browsers take for ours: no sign of ours has them.
    if (!given.toLowerCase().replace(WAY, '').startsWith(url.host)) return {kind: 'misleading', host: visible(given), open: null};
    const [, id] = CODE_PATH.exec(url.pathname) ?? [];
    return id ? {kind: 'notAsPrinted', host: null, open: `${base}/c/${id}`} : {kind: 'ownPage', host: null, open: base + url.pathname + url.search};
  }
  return {kind: 'foreign', host: visible(url.protocol === 'https:' ? url.host : `${url.protocol}//${url.host}`), open: null};
}

/** The 26 characters of a code anywhere in a text, in capitals, or ''. */
export function idWithin(text) {
  return CODE_WITHIN.exec(text)?.[1].toUpperCase() ?? '';
}

/** A text in which what is not seen, or turns it around, is written out. */
export function visible(text) {
  return text.replace(/\p{C}/gu, sign => `<U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}>`);
}

function parsed(address) {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}
