// Digital Bazaar's credential software put together as its makers do, over documents that are given: nothing is fetched.
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as bitstring from '@digitalbazaar/vc-bitstring-status-list';
import {contexts as examples} from '@digitalbazaar/credentials-examples-context';
import {contexts as credentials} from '@digitalbazaar/credentials-context';
import {contexts as dataIntegrity} from '@digitalbazaar/data-integrity-context';
import {contexts as multikey} from '@digitalbazaar/multikey-context';
import {contexts as odrl} from '@digitalbazaar/odrl-context';
import {cryptosuite as ecdsaRdfc2019} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsaRdfc2022} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {driver} from '@digitalbazaar/did-method-key';
import {readFileSync} from 'node:fs';
import {text} from 'node:stream/consumers';

const didV1 = new URL(import.meta.resolve('@transmute/did-context/package.json'));

const CONTEXTS = new Map([
  ...credentials, ...dataIntegrity, ...multikey, ...examples, ...odrl,
  ['https://www.w3.org/ns/did/v1', JSON.parse(readFileSync(new URL('contexts/did-v1.json', didV1)))],
  [
    'https://www.w3.org/ns/credentials/examples/v2',
    {'@context': {'@vocab': 'https://www.w3.org/ns/credentials/examples#'}}
  ]
]);

const didKey = driver();
didKey.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from});
didKey.use({multibaseMultikeyHeader: 'zDna', fromMultibase: EcdsaMultikey.from});

export const MULTIKEYS = {'eddsa-rdfc-2022': Ed25519Multikey, 'ecdsa-rdfc-2019': EcdsaMultikey};
const SUITES = {'eddsa-rdfc-2022': eddsaRdfc2022, 'ecdsa-rdfc-2019': ecdsaRdfc2019};

/** What knows the public contexts, the keys of did:key, and `documents` by their address; anything else throws. */
export function loaderOf(documents) {
  return async url => {
    const [id] = url.split('#');
    const document = CONTEXTS.get(url) ?? documents[url] ??
      (url.startsWith('did:key:') ? await didKey.get({url}) : method(documents[id], url));
    if(!document) {
      throw new Error(`nothing is fetched, and this was not given: ${url}`);
    }
    return {contextUrl: null, documentUrl: url, document};
  };
}

/** The verification method `url` of a DID document, as a document of its own. */
function method(document, url) {
  const found = document?.verificationMethod?.find(each => each.id === url);
  return found && {'@context': document['@context'].at(-1), ...found};
}

/** Verifiers for both cryptosuites. */
export function suites() {
  return Object.values(SUITES).map(cryptosuite => new DataIntegrityProof({cryptosuite}));
}

/** A signer with the key pair that `{cryptosuite, jwk, id, controller}` describes. */
export async function signerOf({cryptosuite, jwk, id, controller, date}) {
  const pair = await MULTIKEYS[cryptosuite].fromJwk({jwk, secretKey: true, id, controller});
  return new DataIntegrityProof({signer: pair.signer(), date, cryptosuite: SUITES[cryptosuite]});
}

/** As `checkStatus` of the credential library, but a set bit is a refusal: theirs only reports it. */
export async function checkStatus(options) {
  const result = await bitstring.checkStatus({...options, suite: suites()});
  const set = (result.results ?? []).filter(each => each.status).map(each => each.credentialStatus.statusPurpose);
  return set.length ? {...result, verified: false, error: new Error(`status is set: ${set}`)} : result;
}

/** Every message in an error of these libraries, which nest them. */
export function messages(error) {
  return error ? [error.message, ...(error.errors ?? []).flatMap(messages), ...messages(error.cause)] : [];
}

/** Reads `{documents, jobs}` from standard input and writes what `work` makes of each job, in order. */
export async function main(work) {
  const {documents = {}, jobs} = JSON.parse(await text(process.stdin));
  const documentLoader = loaderOf(documents);
  const results = [];
  for(const job of jobs) {
    results.push(await work(job, documentLoader));
  }
  process.stdout.write(JSON.stringify(results));
}
