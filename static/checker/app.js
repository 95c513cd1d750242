// The checker's page: its screens, one at a time. What they say is in words.js, what is judged in verdict.js.

import {CameraFailed, openCamera} from '../scanner/camera.js';
import {Decoder} from '../scanner/decoder.js';
import {DAYS, forgetOld, noted, table} from './day.js';
import {offered, openHeld, taken} from './download.js';
import {button, element, fact, icon, text} from './elements.js';
import {installed, isForgetful} from './installing.js';
import {PackRefused} from './pack.js';
import {annotate, checks, forgetChecks} from './store.js';
import {ageLine, told} from './telling.js';
import {chosen, judged} from './verdict.js';
import {WORDS, language, moment, say, size, speak} from './words.js';

// What newer data may answer.
const MENDED_BY_UPDATE = new Set(['not-issued', 'key-unknown', 'activeStale', 'packExpired', 'was-suspended', 'status-unavailable']);

const main = document.getElementById('main');
const status = document.getElementById('status');

let held = null;
let decoder = null;
let camera = null;
let program = {state: 'notReady', install: null, newer: null};
let shown = {screen: () => null};

// Screens

/** Puts a screen before the reader. `data-screen` says which it is. */
function show(name, screen, ...given) {
  closeCamera();
  shown = {name, screen, given};
  remember();
  draw();
  main.querySelector('h1')?.focus();
  window.scrollTo(0, 0);
}

// Back leads to the start page, and from there out of the program: all other screens are one step of the browser's history.

let isReturning = false;
const isAtStart = () => shown.name === 'home' || shown.name === 'setup';

function remember() {
  const isAway = Boolean(history.state?.isAway);
  if (isReturning || isAway !== isAtStart()) return;
  if (isAway) {
    isReturning = true;
    history.back();
  } else history.pushState({isAway: true}, '');
}

function wentBack() {
  const wasOurs = isReturning;
  isReturning = false;
  if (wasOurs) remember();
  else if (!isAtStart()) start();
}

function draw() {
  document.documentElement.lang = language();
  document.title = say('name');
  for (const each of document.querySelectorAll('[data-word]')) each.textContent = say(each.dataset.word);
  document.querySelector('p.demo').hidden = !held?.pack.manifest.isDemo;
  const other = document.querySelector('button.lang');
  other.textContent = say('other');
  other.lang = language() === 'en' ? 'th' : 'en';
  status.textContent = '';
  main.dataset.screen = shown.name;
  main.replaceChildren(...[shown.screen(...shown.given)].flat().filter(Boolean));
}

const title = (word, given) => element('h1', {tabindex: '-1'}, say(word, given));

/** Says what is going on, to everybody: a line on the screen, and aloud. */
function tell(word, given = {}) {
  status.textContent = say(word, given);
}

function wordOf(error) {
  if (error instanceof PackRefused || error.code in WORDS) return error.code;
  if (error instanceof TypeError) return 'noNetwork';
  return error.name === 'QuotaExceededError' || error.name === 'InvalidStateError' ? 'noSpace' : 'failed';
}

const problem = word => word && element('p', {class: 'notice error', role: 'alert'}, say(word));

// The data

function setup(failed) {
  return [title('setupTitle'), text('setupLead', {}, 'lead'), text('setupPrivate'), problem(failed),
    element('div', {class: 'actions'}, button('look', ask, 'main')), programLines()];
}

function waiting(word) {
  return [title(word), element('progress', {'aria-label': say(word)})];
}

/** Asks the register what there is: one of the two things that this page ever asks for, and only when it is told to. */
async function ask() {
  const before = held ? home : setup;
  show('waiting', waiting, 'busyLook');
  tell('busyLook');
  try {
    show('offer', offer, await offered(Date.now()));
  } catch (error) {
    show(held ? 'home' : 'setup', before, wordOf(error));
  }
}

function offer(found) {
  const {manifest, bytes, print, former, trust} = found;
  const act = () => download(found);
  const isOther = trust === 'other';
  return [title(isOther ? 'otherKey' : 'offerTitle'),
    isOther ? text('otherKeyMeans', {}, 'notice error') : null,
    element('dl', {class: 'facts'},
      fact('offerFrom', element('bdi', {}, manifest.base)),
      fact('offerMade', moment(manifest.made)),
      fact('offerGood', moment(manifest.expires)),
      fact('offerSize', size(bytes)),
      isOther || trust === 'followed' ? fact('offerFormer', element('bdi', {class: 'print', 'data-former': ''}, former)) : null,
      fact(trust === 'followed' ? 'offerNew' : 'offerPrint', element('bdi', {class: 'print'}, print))),
    {first: text('offerCompare', {}, 'notice'), lost: text('offerKeyLost', {}, 'notice error'), followed: text('offerFollowed', {}, 'notice')}[trust],
    bytes || isOther ? null : text('offerSame'),
    isOther ? accepting(act) : element('div', {class: 'actions'},
      bytes ? button('download', act, 'main', {size: size(bytes)}) : button('keep', act, 'main'),
      button('cancel', start, 'second'))];
}

/** The key is another one: it is taken only by who says that it was compared. */
function accepting(act) {
  const accept = event => {
    event.preventDefault();
    act();
  };
  return element('form', {on: {submit: accept}},
    element('label', {class: 'choice'}, element('input', {type: 'checkbox', id: 'compared', required: true}), say('otherKeyCompared')),
    element('div', {class: 'actions'}, button('otherKeyKeep', start, 'main'), element('button', {class: 'danger'}, say('otherKeyAccept'))));
}

async function download(found) {
  show('waiting', waiting, 'busyDownload');
  tell('busyDownload');
  const bar = main.querySelector('progress');
  bar.max = Math.max(1, found.bytes);
  try {
    await taken(found, bytes => { bar.value = bytes; });
    held = await openHeld();
    navigator.storage?.persist?.();
    show('home', home);
    tell('taken');
  } catch (error) {
    show(held ? 'home' : 'setup', held ? home : setup, wordOf(error));
  }
}

// The start page

function home(failed) {
  const {manifest} = held.pack;
  const count = element('span', {});
  checks().then(found => found.length, () => '?').then(number => { count.textContent = say('dayLink', {count: number}); });
  const file = element('input', {type: 'file', accept: 'image/*', class: 'hidden', on: {change: event => readPhoto(event.target.files[0])}});
  return [title('homeTitle'), ageLine(manifest), problem(failed),
    element('div', {class: 'actions'},
      button('scan', scan, 'main'),
      element('label', {class: 'button second'}, say('photo'), file)),
    element('form', {on: {submit: readTyped}},
      element('label', {for: 'typed'}, say('type')),
      element('textarea', {id: 'typed', name: 'typed', rows: 2, maxlength: 5000, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', required: true, 'aria-describedby': 'typed-hint'}),
      element('p', {class: 'hint', id: 'typed-hint'}, say('typeHint')),
      element('button', {}, say('check'))),
    element('p', {}, element('button', {type: 'button', class: 'second', on: {click: openDay}}, count)),
    element('section', {'aria-labelledby': 'data'},
      element('h2', {id: 'data'}, say('dataTitle')),
      element('dl', {class: 'facts'},
        fact('offerFrom', element('bdi', {}, manifest.base)),
        fact('offerMade', moment(manifest.made)),
        fact('offerGood', moment(manifest.expires)),
        fact('offerPrint', element('bdi', {class: 'print', 'data-print': ''}, held.print))),
      element('p', {class: 'actions'}, button('update', ask, 'second'))),
    programLines()];
}

function programLines() {
  return element('div', {'data-program': program.state},
    text(program.state, {}, program.state === 'noWorker' ? 'notice' : 'soft'),
    program.newer ? element('p', {class: 'notice'}, `${say('newer')} `, button('reload', program.newer, 'second')) : null,
    program.install ? element('p', {}, button('install', program.install, 'second')) : null,
    isForgetful() ? text('ios', {}, 'notice') : null);
}

function readTyped(event) {
  event.preventDefault();
  judge(event.target.elements.typed.value);
}

async function readPhoto(file) {
  if (!file) return;
  show('waiting', waiting, 'looking');
  tell('looking');
  try {
    const texts = await reader().decode(file);
    const found = chosen(texts, held.pack.manifest.base);
    if (found) await judge(found.text, found.beside);
    else show('home', home, found === null ? 'severalInPhoto' : 'noCodeInPhoto');
  } catch (error) {
    show('home', home, wordOf(error));
  }
}

function reader() {
  decoder ??= new Decoder();
  return decoder;
}

// The camera

function scanning() {
  const video = element('video', {autoplay: true, muted: true, playsinline: true, 'aria-hidden': 'true'});
  return [title('scanTitle'), element('div', {class: 'camera'}, video), element('p', {class: 'hint'}, say('scanHint')),
    element('div', {class: 'actions'}, button('cancel', () => show('home', home), 'second'))];
}

async function scan() {
  show('scan', scanning);
  tell('starting');
  const video = main.querySelector('video');
  try {
    const opened = await openCamera(video, {
      decoder: reader(),
      onTexts: texts => seen(chosen(texts, held.pack.manifest.base)),
      onStopped: code => show('home', home, code),
    });
    if (!video.isConnected) return opened.stop();
    camera = opened;
    main.dataset.camera = 'open';
    if (camera.hasTorch) main.querySelector('.actions').prepend(torch());
  } catch (error) {
    if (!(error instanceof CameraFailed)) throw error;
    show('home', home, error.code);
  }
  return undefined;
}

/** What one picture of the camera had: null for several codes. */
function seen(found) {
  if (!camera) return;
  if (found) judge(found.text, found.beside);
  else main.querySelector('.hint').textContent = say('several');
}

function torch() {
  let isOn = false;
  const found = button('light', async () => {
    isOn = !isOn;
    found.textContent = say(isOn ? 'dark' : 'light');
    await camera?.light(isOn);
  }, 'second');
  return found;
}

function closeCamera() {
  camera?.stop();
  camera = null;
  delete main.dataset.camera;
}

// The verdict

async function judge(scanned, beside = []) {
  closeCamera();
  const found = await judged(scanned, held.pack, Date.now());
  // A full phone takes nothing from the answer.
  const number = await noted(found, held.pack.manifest.made).catch(() => null);
  show('verdict', verdict, found, {number, beside});
  navigator.vibrate?.(found.tone === 'good' && !beside.length ? 60 : [60, 80, 60]);
}

function verdict(found, {number, beside}) {
  const note = number === null ? null
    : element('textarea', {id: 'note', rows: 2, maxlength: 500, on: {change: ({target: {value}}) => keepNote(number, found.note = value)}});
  if (note) note.value = found.note ?? '';
  return [
    number === null ? text('notNoted', {}, 'notice error') : null,
    ...told(found, held.pack.manifest, beside),
    note && element('p', {class: 'note'}, element('label', {for: 'note'}, say('note')), note),
    element('div', {class: 'actions'},
      found.open ? element('a', {class: 'button', href: found.open, target: '_blank', rel: 'noopener noreferrer', 'data-open': ''}, say('openOnline')) : null,
      MENDED_BY_UPDATE.has(found.word) ? button('update', ask, '') : null,
      button('again', scan, 'main'), button('home', start, 'second'))];
}

async function keepNote(number, note) {
  try {
    await annotate(number, note);
  } catch {
    tell('notNoted');
  }
}

// The day

async function openDay() {
  try {
    show('day', dayList, await checks());
  } catch (error) {
    show('home', home, wordOf(error));
  }
}

function dayList(found) {
  const rows = [...found].reverse().map(each => element('li', {},
    icon(each.tone, each.tone),
    element('p', {}, element('strong', {}, each.number || each.read || say(each.word))),
    element('p', {class: 'soft'}, `${moment(each.at)} · ${say(each.word)}${each.note ? ` · ${each.note}` : ''}`)));
  return [title('dayTitle'), text('dayLead', {days: DAYS}),
    rows.length ? element('ul', {class: 'day'}, rows) : text('dayNone', {}, 'missing'),
    element('div', {class: 'actions'},
      rows.length ? button('export', () => save(found), 'main') : null,
      rows.length ? eraser() : null,
      button('home', start, 'second'))];
}

function save(found) {
  const address = URL.createObjectURL(new Blob([table(found)], {type: 'text/csv;charset=utf-8'}));
  const today = new Intl.DateTimeFormat('sv', {timeZone: 'Asia/Bangkok'}).format(Date.now());
  element('a', {href: address, download: `checks-${today}.csv`}).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function eraser() {
  let isSure = false;
  const found = button('erase', async () => {
    if (!isSure) {
      isSure = true;
      found.textContent = say('eraseSure');
      return;
    }
    await forgetChecks();
    await openDay();
  }, 'danger');
  return found;
}

// The beginning

function start() {
  if (held) show('home', home);
  else show('setup', setup);
}

function changeLanguage() {
  speak(language() === 'en' ? 'th' : 'en');
  localStorage.setItem('lang', language());
  if (shown.name === 'scan') return start();
  const typed = [...main.querySelectorAll('textarea')].map(({id, value}) => [id, value]);
  draw();
  for (const [id, value] of typed) document.getElementById(id).value = value;
  return undefined;
}

async function begin() {
  speak(new URLSearchParams(location.search).get('lang') ?? localStorage.getItem('lang'));
  document.querySelector('button.lang').addEventListener('click', changeLanguage);
  history.replaceState(null, '');
  window.addEventListener('popstate', wentBack);
  document.addEventListener('keydown', ({key}) => { if (key === 'Escape' && shown.name === 'scan') start(); });
  installed((what, act) => {
    if (what === 'newer') program.newer = act;
    else if (what === 'install') program.install = act;
    else if (what === 'installed') program.install = null;
    else program.state = what === 'ready' ? 'ready' : 'noWorker';
    main.querySelector('[data-program]')?.replaceWith(programLines());
  });
  try {
    held = await openHeld();
    await forgetOld(Date.now()).catch(() => null);
    start();
  } catch (error) {
    show('setup', setup, wordOf(error));
  }
}

begin();
