// The verdict on a scanned code (docs/qr-format.md, sections 1 to 6). The same as verify/scanned.py.
//
// What is trusted is a value that is passed in:
//   bases       the base addresses of registers that are trusted
//   live        whether it is the register itself that answers, so that a key that it does not know does not exist
//   codeKey(keyId)  {authority, key} or undefined, `keyId` in hexadecimal digits
//                   authority: {did, authority (its IRI), mayGrant (a Set of type IRIs)}
//                   key: {publicKey (32 bytes), use, expires, revoked}; instants are milliseconds or null
//   status(list, index)  true or false as the bit says, 'was-set' for a bit that is set in a list that is no longer current, and
//                        undefined where the list cannot be had, is too short, or too old to say no; or a promise of it
//   mayBeIssued(id)      false where no licence had this id when what is trusted was made; may be left out, or a promise

import {Refused, opened, signedAddress, splitAddress, unseal} from './compact.js';
import {isSigned} from './ed25519.js';
import {licenseIri} from './number.js';

const DAY = 86_400_000;
const THAI_TIME = 7 * 3_600_000;
const SKEW = 30_000;
const NAMES = {5: 'licensee', 6: 'premises', 7: 'address'};

/** The verdict at the instant `at` (milliseconds): {genuine: [answer, code], inForce: [answer, code], says, issuer, term, lists}.
 *
 * Answers are yes, no and unknown; `says` is what the licence's face has in the code, null for what is not genuine. `term` has its
 * dates (days from 1970, or null), `lists` the addresses of the status lists that the answer rests on. */
export async function examineCode(scanned, trust, at, verify = isSigned) {
  try {
    const {said, authority, iri} = await proven(scanned, trust, verify);
    requireShownNow(said, at);
    const term = {validFrom: said.validFrom, expiresOn: said.expiresOn, noExpiry: said.noExpiry};
    const [answer, lists] = await inForce(said, authority, trust, at);
    return {genuine: ['yes', 'signed-by-authority'], inForce: answer, says: face(said, authority, iri), issuer: authority.did, term, lists};
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return {genuine: [error.isUnknown ? 'unknown' : 'no', error.code], inForce: ['unknown', 'not-examined'], says: null, issuer: null, term: null, lists: []};
  }
}

/** A code that was made for a screen is good for its minute; the clock here may be wrong by SKEW. */
function requireShownNow(said, at) {
  if (said.shownUntil === null) return;
  if (at > said.shownUntil * 1000 + SKEW) throw new Refused('display-over', 'the code was made for a screen, and its minute is over', true);
  if (at < said.made * 1000 - SKEW) throw new Refused('display-ahead', 'the code was made for a screen, and its minute is still to come', true);
}

async function proven(scanned, trust, verify) {
  const [written, digits] = splitAddress(scanned);
  const base = trust.bases.find(each => signedAddress(written, each));
  if (!base) throw new Refused('unknown-issuer', `the code leads to ${written.split('/C/')[0]}, which is no register that is trusted here`);
  const address = signedAddress(written, base);
  if (!digits) {
    if (await trust.mayBeIssued?.(address.split('/').at(-1)) === false) throw new Refused('not-issued', 'no licence had this code', true);
    throw new Refused('no-digits', 'the code has only an address, and nothing that is signed', true);
  }
  const sealed = unseal(digits, address);
  const found = trust.codeKey(sealed.keyId);
  if (!found) {
    throw trust.live ? new Refused('unknown-issuer', 'no authority has the key of this code')
      : new Refused('key-unknown', 'the trust data does not have the key of this code', true);
  }
  const {authority, key} = found;
  if (key.use !== 'qr') throw new Refused('key-not-usable', 'key is for another use');
  if (!await verify(sealed.signature, sealed.toBeSigned, key.publicKey)) {
    throw new Refused('invalid-signature', 'altered, or signed by another key');
  }
  const said = opened(sealed.payload);
  if (key.revoked !== null) throw new Refused('key-not-usable', 'key was revoked');
  if (key.expires !== null && said.made * 1000 > key.expires) throw new Refused('key-not-usable', 'key had expired before the code was made');
  const iri = licenseIri(base, codeOf(authority), said.licenseType, said.number, said.qualifier);
  if (iri === null) throw new Refused('malformed-compact', "the code's number makes no licence IRI");
  if (!authority.mayGrant.has(typeIri(base, said))) throw new Refused('not-mandated', 'the authority may not grant this type');
  return {said: {...said, base}, authority, iri};
}

/** The answer, and the lists that it rests on. */
async function inForce(said, authority, trust, at) {
  if (said.expiresOn !== null && at > (said.expiresOn + 1) * DAY - 1000 - THAI_TIME) return [['no', 'expired'], []];
  if (said.validFrom !== null && at < said.validFrom * DAY - THAI_TIME) return [['no', 'pending'], []];
  const [number, index] = said.status;
  const lists = ['revocation', 'suspension'].map(purpose => `${said.base}/status/${codeOf(authority)}/${purpose}/${number}`);
  const [isRevoked, isSuspended] = await Promise.all(lists.map(list => trust.status(list, index)));
  if (isRevoked) return [['no', 'withdrawn'], lists.slice(0, 1)];
  // A suspension ends; what was withdrawn stays so.
  if (isSuspended === 'was-set') return [['unknown', 'was-suspended'], lists.slice(1)];
  if (isSuspended) return [['no', 'suspended'], lists.slice(1)];
  if (isRevoked === undefined || isSuspended === undefined) return [['unknown', 'status-unavailable'], []];
  if (said.expiresOn === null && !said.noExpiry) return [['unknown', 'expiry-not-stated'], lists];
  return [['yes', 'active'], lists];
}

function face(said, authority, iri) {
  const found = {
    id: iri,
    type: 'License',
    licenseNumber: said.number,
    licenseType: typeIri(said.base, said),
    issuedBy: authority.authority,
    noExpiry: said.noExpiry,
    licensee: said.licensees,
    premises: said.premises,
    address: said.address,
    issuedOn: said.issuedOn === null ? '' : isoDay(said.issuedOn),
    shownUntil: said.shownUntil === null ? '' : new Date(said.shownUntil * 1000).toISOString().replace('.000Z', 'Z'),
  };
  for (const name of ['licensee', 'premises', 'address', 'issuedOn', 'shownUntil']) {
    if (!found[name]) delete found[name];
  }
  if (said.leftOut.length) found.notInCode = said.leftOut.map(each => NAMES[each]);
  return found;
}

function codeOf(authority) {
  return authority.authority.split('/').at(-1);
}

function typeIri(base, said) {
  return `${base}/def/license-type/${said.licenseType}`;
}

/** YYYY-MM-DD of a number of days. */
function isoDay(days) {
  return new Date(days * DAY).toISOString().slice(0, 10);
}
