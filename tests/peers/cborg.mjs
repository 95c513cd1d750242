// Our reader of CBOR beside cborg's, asked from test_packs.py: for each text of hexadecimal digits "same", "neither" where both
// refuse it, or what differs.

import {readFileSync} from 'node:fs';
import {decode} from 'cborg';
import {decoded} from '../../static/checker/cbor.js';

const bytes = text => Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16));
const plain = value => JSON.stringify(value, (_, each) => {
  if (each instanceof Map) return {map: [...each]};
  return each instanceof Uint8Array ? {bytes: [...each]} : each;
});

function read(way, raw) {
  try {
    return plain(way(raw));
  } catch {
    return null;
  }
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, 'utf-8')).map(text => {
  const raw = bytes(text);
  const [ours, theirs] = [read(decoded, raw), read(each => decode(each, {useMaps: true, strict: true}), raw)];
  if (ours === null && theirs === null) return 'neither';
  return ours === theirs ? 'same' : `ours ${ours?.slice(0, 200)}, theirs ${theirs?.slice(0, 200)}`;
})));
