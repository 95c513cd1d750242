// The private list of checks: what is noted of each, and the same as CSV. Nothing of it leaves the phone but by who holds it.

import {idWithin, visible} from './address.js';
import {forgetChecks, noteCheck} from './store.js';
import {moment, say} from './words.js';

export const DAYS = 7;
const BEGINNING = 80;

/** Notes what was told; returns the number of the check. */
export function noted(verdict, packMade) {
  const {checkedAt: at, word, tone, face} = verdict;
  return noteCheck({at, word, tone, number: face?.licenseNumber ?? '', read: readOf(verdict), packMade, note: ''});
}

/** What was looked at, in short: the 26 characters of a code, else the beginning of the text, with its host where it is foreign. */
function readOf({host, text}) {
  const beginning = visible(text.slice(0, BEGINNING));
  if (host) return `${host.slice(0, BEGINNING)} · ${beginning}`;
  return idWithin(text) || beginning;
}

/** Forgets what is older than `DAYS`. */
export function forgetOld(at) {
  return forgetChecks(at - DAYS * 86_400_000);
}

/** The checks as a table that spreadsheets open: UTF-8 with its mark, a line each. */
export function table(checks) {
  const head = ['csvTime', 'csvNumber', 'csvRead', 'csvVerdict', 'csvCode', 'csvData', 'csvNote'].map(name => say(name));
  const rows = checks.map(({at, number, read, word, packMade, note}) => [moment(at), number, read, say(word), word, moment(packMade), note]);
  return `\ufeff${[head, ...rows].map(row => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** What a spreadsheet would take for a formula is only text. */
function cell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
