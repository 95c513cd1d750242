// Another vendor's signatures: `{documents, jobs}` in, one secured document a job out.
// A job has `credential`, `presentation` (with `challenge` and `domain`) or `jwt` (a payload), and `keys`: one proof for each.
import * as jose from 'jose';
import * as vc from '@digitalbazaar/vc';
import {main, signerOf} from './stack.mjs';

async function sign({credential, presentation, jwt, typ, challenge, domain, now, keys}, documentLoader) {
  if(jwt) {
    const [{jwk, id, alg}] = keys;
    const payload = new TextEncoder().encode(JSON.stringify(jwt));
    return new jose.CompactSign(payload).setProtectedHeader({alg, kid: id, typ})
      .sign(await jose.importJWK(jwk, alg));
  }
  let document = credential ?? presentation;
  for(const key of keys) {
    const options = {suite: await signerOf(key), documentLoader, now};
    document = credential ?
      await vc.issue({...options, credential: document}) :
      await vc.signPresentation({...options, presentation: document, challenge, domain});
  }
  return document;
}

await main(sign);
