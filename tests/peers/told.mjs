// What the checker tells of texts, asked from test_codes.py: {at, manifest, parts, texts} on standard input, [word, genuine] of each
// on standard output.

import {readFileSync} from 'node:fs';
import {openManifest, readPack} from '../../static/checker/pack.js';
import {judged} from '../../static/checker/verdict.js';

const job = JSON.parse(readFileSync(0, 'utf-8'));
const at = Date.parse(job.at);
const bytes = text => Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16));
const bodies = new Map(Object.entries(job.parts).map(([sha256, body]) => [sha256, bytes(body)]));
const pack = await readPack(await openManifest(bytes(job.manifest), at), bodies);
const answers = [];
for (const text of job.texts) {
  const {word, genuine: [answer]} = await judged(text, pack, at);
  answers.push([word, answer]);
}
console.log(JSON.stringify(answers));
