// What an inspector is told of a code: the answer with its age, its four lines, and what to compare. Nothing of it acts.

import {leading, visible} from './address.js';
import {element, fact, icon, text} from './elements.js';
import {ageOf} from './verdict.js';
import {ago, day, moment, named, say} from './words.js';

const GENUINE = {yes: 'genuineYes', no: 'genuineNo', unknown: 'genuineUnknown'};

/** An instant that is not broken at the end of a line. */
const whole = at => moment(at).replaceAll(' ', '\u00a0');

/** How old the data is. */
export function ageLine(manifest, at = Date.now()) {
  const {word, tone, made, age} = ageOf(manifest, at);
  return element('p', {class: `age ${tone}`, 'data-age': word}, icon(tone), element('span', {}, say(word, {time: whole(made), age: ago(age)})));
}

const LONGEST = 300;

/** The verdict, and below it what is to be compared. `beside`: what other codes in the same picture hold. While there are any, they
 * are told first, and no answer stands alone. */
export function told(found, manifest, beside = []) {
  const {word, tone, host, genuine: [genuine, reason], inForce: [inForce, standing]} = found;
  const isLookedAt = reason !== 'not-examined';
  const answers = element('dl', {class: 'answers'},
    answer('genuine', {yes: 'good', no: 'bad', unknown: 'wait'}[genuine], say(isLookedAt ? GENUINE[genuine] : 'inForceNot'),
      found.authority && say('genuineYesMeans', {authority: named(found.authority.name)})),
    answer('inForce', tone === 'good' ? 'good' : inForce === 'no' ? tone : 'wait', inForceWords(genuine, inForce, standing), genuine === 'yes' ? null : say('inForceNotMeans')),
    element('div', {}, element('dt', {}, say('asOf')), element('dd', {}, element('div', {},
      element('span', {'data-as-of': ''}, found.asOf === null ? say('asOfNone') : whole(found.asOf)), ' ',
      element('span', {}, say('checkedAt', {time: whole(found.checkedAt)}))))),
    element('div', {}, element('dt', {}, say('unchecked')), element('dd', {}, element('ul', {},
      ['uncheckedPlace', 'uncheckedSince', 'uncheckedCopies'].map(each => element('li', {}, say(each)))))));
  const isAlone = !beside.length;
  const words = isAlone ? element('h1', {tabindex: '-1'}, say(word)) : element('p', {class: 'words'}, say(word));
  return [
    ...isAlone ? [] : others(beside, manifest.base),
    element('div', {class: isAlone ? 'verdict' : 'verdict overruled', 'data-word-told': word},
      element('div', {class: `band ${tone}`}, icon(tone), element('div', {}, words, element('p', {}, say(`${word}Means`)))),
      host ? element('p', {class: 'host', 'data-host': ''}, element('bdi', {dir: 'ltr'}, host)) : null,
      ageLine(manifest, found.checkedAt),
      answers),
    found.face ? compare(found) : null,
  ];
}

/** Codes of others in the same picture: where each leads, or what it holds. None is opened. */
function others(texts, base) {
  return [
    element('div', {class: 'verdict', 'data-beside': texts.length},
      element('div', {class: 'band wait'}, icon('wait'), element('div', {}, element('h1', {tabindex: '-1'}, say('beside')), element('p', {}, say('besideMeans')))),
      element('ul', {class: 'plain beside'}, texts.map(each => {
        const host = leading(each, base)?.host;
        return element('li', {}, say(host ? 'besideLeads' : 'besideHolds'), ' ',
          element('bdi', {class: 'foreign', dir: 'ltr'}, (host ?? visible(each)).slice(0, LONGEST)));
      }))),
    element('h2', {}, say('besideOurs')),
  ];
}

function inForceWords(genuine, inForce, standing) {
  if (genuine !== 'yes') return say('inForceNot');
  if (inForce === 'yes') return say('inForceYes');
  return inForce === 'no' ? say(standing) : say('inForceUnknown');
}

function answer(word, tone, strong, more) {
  return element('div', {class: tone}, element('dt', {}, say(word)),
    element('dd', {}, icon(tone), element('div', {}, element('strong', {}, strong), more ? ' ' : '', more ? element('span', {}, more) : null)));
}

function compare({face, term, typeName, authority}) {
  const local = value => element('p', {lang: 'th'}, value);
  const dated = (word, value) => value !== null && fact(word, day(value));
  const spoken = (word, name, kind) => {
    if (face.notInCode?.includes(name)) return fact(word, element('p', {class: 'missing'}, say('faceLeftOut')), kind);
    return face[name] && fact(word, local(face[name]), kind);
  };
  return element('section', {'aria-labelledby': 'face'},
    element('h2', {id: 'face'}, say('compare')),
    text('compareLead'),
    element('dl', {class: 'facts'}, [
      spoken('faceAddress', 'address', 'address'),
      spoken('facePremises', 'premises', 'address'),
      fact('faceNumber', element('bdi', {}, face.licenseNumber), 'number-text'),
      typeName && fact('faceType', named(typeName)),
      spoken('faceLicensee', 'licensee'),
      authority && fact('faceAuthority', named(authority.name)),
      face.issuedOn && fact('faceIssued', day(Date.parse(face.issuedOn) / 86_400_000)),
      dated('faceFrom', term.validFrom),
      term.noExpiry ? fact('faceUntil', say('faceNoExpiry')) : dated('faceUntil', term.expiresOn),
    ].filter(Boolean)));
}
