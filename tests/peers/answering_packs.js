// Our reader of inspector packs in JavaScript, asked by Node (packs.mjs) and in a browser (tests/browser/test_verdicts.py).

import {PackRefused, fingerprint, openManifest, readPack} from '../../static/checker/pack.js';
import {examineCode} from '../../static/checker/scanned.js';

const bytes = text => Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16));

/** {at, key, held, codes, packs: [{manifest, parts}]}: an answer for each pack, and the fingerprint of the key. */
export async function answered(job) {
  const answers = [];
  for (const pack of job.packs) answers.push(await answer(pack, job));
  return {answers, fingerprint: await fingerprint(bytes(job.key))};
}

async function answer({manifest, parts}, job) {
  const at = Date.parse(job.at);
  try {
    const opened = await openManifest(bytes(manifest), at, {key: bytes(job.key), held: Date.parse(job.held)});
    const bodies = new Map(Object.entries(parts).map(([sha256, body]) => [sha256, bytes(body)]));
    const trust = (await readPack(opened, bodies)).trustAt(at);
    const verdicts = {};
    for (const [name, scanned] of Object.entries(job.codes)) {
      const {genuine, inForce} = await examineCode(scanned, trust, at);
      verdicts[name] = [...genuine, ...inForce];
    }
    return {answer: 'good', verdicts};
  } catch (error) {
    if (!(error instanceof PackRefused)) throw error;
    return {answer: error.code};
  }
}
