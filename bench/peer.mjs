// Digital Bazaar's stack, timed from outside: a line `issue N` or `verify N` on standard input does it for N documents, and
// answers with the seconds of processor time that a piece took. The first line is `{documents, unsecured, secured, key}`.
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {contexts} from '@digitalbazaar/credentials-context';
import {createInterface} from 'node:readline';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';

const lines = createInterface({input: process.stdin})[Symbol.asyncIterator]();
const {documents, unsecured, secured, key, now} = JSON.parse((await lines.next()).value);
const pair = await Ed25519Multikey.from(key);
const texts = secured.map(each => JSON.stringify(each));

const documentLoader = async url => {
  const [id] = url.split('#');
  const found = contexts.get(url) ?? documents[url] ?? documents[id]?.verificationMethod?.find(each => each.id === url);
  if(!found) {
    throw new Error(`not given: ${url}`);
  }
  const document = url.includes('#') ? {'@context': documents[id]['@context'].at(-1), ...found} : found;
  return {contextUrl: null, documentUrl: url, document};
};

const work = {
  async issue(n) {
    const suite = new DataIntegrityProof({signer: pair.signer(), date: now, cryptosuite});
    const {'@context': context, ...rest} = unsecured[n % unsecured.length];
    return JSON.stringify(await vc.issue({suite, credential: {'@context': context, ...rest}, documentLoader, now}));
  },
  async verify(n) {
    const suite = new DataIntegrityProof({cryptosuite});
    // The status is not looked up here: ours is, from its cache.
    const checkStatus = async () => ({verified: true});
    const credential = JSON.parse(texts[n % texts.length]);
    const result = await vc.verifyCredential({suite, credential, documentLoader, checkStatus, now});
    if(!result.verified) {
      throw new Error(JSON.stringify(result.error, Object.getOwnPropertyNames(result.error)));
    }
  }
};

let at = 0;
process.stdout.write('ready\n');
for await (const line of {[Symbol.asyncIterator]: () => lines}) {
  const [what, count] = line.split(' ');
  const began = process.cpuUsage();
  for(let n = 0; n < Number(count); n++) {
    await work[what](at++);
  }
  const {user, system} = process.cpuUsage(began);
  process.stdout.write(`${(user + system) / 1e6 / Number(count)}\n`);
}
process.exit(0);
