// Another vendor's answer on credentials, presentations and JWTs: `{documents, jobs}` in, one `{verified, errors}` a job out.
// A job has one of `credential`, `presentation` (with `challenge` and `domain`) and `jwt`, and the instant `now`.
import * as jose from 'jose';
import * as vc from '@digitalbazaar/vc';
import {MULTIKEYS, checkStatus, main, messages, suites} from './stack.mjs';

// Their status lists are judged by the machine's clock, whatever `now` says: it stands at the instant of the job.
const MachineDate = Date;
let instant;
globalThis.Date = class extends MachineDate {
  constructor(...parts) {
    super(...(parts.length || instant === undefined ? parts : [instant]));
  }

  static now() {
    return instant ?? MachineDate.now();
  }
};

async function verify({credential, presentation, jwt, challenge, domain, now}, documentLoader) {
  instant = now === undefined ? undefined : MachineDate.parse(now);
  const options = {suite: suites(), documentLoader, checkStatus, now};
  if(jwt) {
    return verifyJwt(jwt, documentLoader);
  }
  const result = presentation ?
    await vc.verify({...options, presentation, challenge, domain}) :
    await vc.verifyCredential({...options, credential});
  const parts = [result, result.presentationResult, result.statusResult, ...(result.credentialResults ?? [])];
  return {verified: result.verified, errors: parts.flatMap(part => messages(part?.error))};
}

async function verifyJwt(jwt, documentLoader) {
  try {
    const {alg, kid} = jose.decodeProtectedHeader(jwt);
    const {document} = await documentLoader(kid);
    const keyPair = await MULTIKEYS[alg === 'ES256' ? 'ecdsa-rdfc-2019' : 'eddsa-rdfc-2022'].from(document);
    const {toJwk} = MULTIKEYS[alg === 'ES256' ? 'ecdsa-rdfc-2019' : 'eddsa-rdfc-2022'];
    const key = await jose.importJWK(await toJwk({keyPair}), alg);
    const {payload, protectedHeader} = await jose.compactVerify(jwt, key, {algorithms: [alg]});
    return {verified: true, errors: [], protectedHeader, payload: JSON.parse(new TextDecoder().decode(payload))};
  } catch(error) {
    return {verified: false, errors: messages(error)};
  }
}

await main(verify);
