// Texts in SCSU (Unicode Technical Standard 6), read as a whole: every tag, window and mode. The same as verify/scsu.py.

const STATIC = [0x0000, 0x0080, 0x0100, 0x0300, 0x2000, 0x2080, 0x2100, 0x3000];
const DYNAMIC = [0x0080, 0x00c0, 0x0400, 0x0600, 0x0900, 0x3040, 0x30a0, 0xff00];
const FIXED_OFFSETS = [0x00c0, 0x0250, 0x0370, 0x0530, 0x3040, 0x30a0, 0xff60];
const PASSED = [0x00, 0x09, 0x0a, 0x0d];
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** These bytes are no SCSU, or no characters. */
export class ScsuRefused extends Error {}

/** The text that `data` (Uint8Array) stands for. */
export function expanded(data) {
  const windows = [...DYNAMIC];
  let active = 0;
  let isUnicode = false;
  let at = 0;
  let found = '';

  const next = () => {
    if (at >= data.length) throw new ScsuRefused('it was cut off');
    return data[at++];
  };
  const unit = high => { found += String.fromCharCode(high << 8 | next()); };
  const put = code => { found += String.fromCodePoint(code); };
  const quote = window => {
    const byte = next();
    put(byte < 0x80 ? STATIC[window] + byte : windows[window] + byte - 0x80);
  };
  const define = window => {
    windows[window] = offset(next());
    active = window;
  };
  const defineExtended = () => {
    const word = next() << 8 | next();
    active = word >> 13;
    windows[active] = 0x10000 + ((word & 0x1fff) << 7);
  };
  const singleByte = byte => {
    if (byte >= 0x80) put(windows[active] + byte - 0x80);
    else if (byte >= 0x20 || PASSED.includes(byte)) put(byte);
    else if (byte <= 0x08) quote(byte - 0x01);
    else if (byte === 0x0b) defineExtended();
    else if (byte === 0x0e) unit(next());
    else if (byte === 0x0f) isUnicode = true;
    else if (byte >= 0x18) define(byte - 0x18);
    else if (byte >= 0x10) active = byte - 0x10;
    else throw new ScsuRefused(`the byte ${byte} is reserved`);
  };
  const unicodeMode = byte => {
    if (byte < 0xe0 || byte > 0xf2) return unit(byte);
    if (byte === 0xf0) return unit(next());
    if (byte === 0xf2) throw new ScsuRefused('the byte 242 is reserved');
    isUnicode = false;
    if (byte === 0xf1) defineExtended();
    else if (byte >= 0xe8) define(byte - 0xe8);
    else active = byte - 0xe0;
    return undefined;
  };

  while (at < data.length) (isUnicode ? unicodeMode : singleByte)(next());
  if (LONE_SURROGATE.test(found)) throw new ScsuRefused('half of a character stands alone');
  return found;
}

function offset(byte) {
  if (byte >= 0x01 && byte <= 0x67) return byte << 7;
  if (byte >= 0x68 && byte <= 0xa7) return (byte << 7) + 0xac00;
  if (byte >= 0xf9) return FIXED_OFFSETS[byte - 0xf9];
  throw new ScsuRefused(`the window offset ${byte} is reserved`);
}
