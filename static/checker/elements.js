// What screens are made of.

import {say} from './words.js';

const SVG = 'http://www.w3.org/2000/svg';
const SHAPES = {
  good: [['circle', {cx: 12, cy: 12, r: 10.5, fill: 'currentColor'}], ['path', {class: 'cut', d: 'M6.5 12.5l4 4 7-8.5', fill: 'none', 'stroke-width': 2.6}]],
  bad: [['path', {d: 'M7.5 1.5h9l6 6v9l-6 6h-9l-6-6v-9z', fill: 'currentColor'}], ['path', {class: 'cut', d: 'M8 8l8 8M16 8l-8 8', fill: 'none', 'stroke-width': 2.6}]],
  wait: [['path', {d: 'M12 1.2L23.4 22H.6z', fill: 'currentColor'}], ['path', {class: 'cut', d: 'M12 8.5v6.2M12 17v2.4', fill: 'none', 'stroke-width': 2.4}]],
};

/** An element; `on` has what it listens to, what is false or null is left out. */
export function element(name, given = {}, ...inside) {
  const {on = {}, ...attributes} = given;
  const found = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) found.setAttribute(key, value === true ? '' : value);
  }
  for (const [event, act] of Object.entries(on)) found.addEventListener(event, act);
  found.append(...inside.flat().filter(each => each !== null && each !== undefined));
  return found;
}

export const button = (word, act, kind = '', given = {}) => element('button', {type: 'button', class: kind, on: {click: act}}, say(word, given));
export const fact = (word, value, kind = null) => element('div', {class: kind}, element('dt', {}, say(word)), element('dd', {}, value));
export const text = (word, given, kind = null) => element('p', {class: kind}, say(word, given));

/** The shape of a tone, so that nobody needs to tell colours apart. */
export function icon(tone, kind = '') {
  const found = document.createElementNS(SVG, 'svg');
  const sizes = {class: `icon ${kind}`, viewBox: '0 0 24 24', width: 24, height: 24, 'aria-hidden': 'true', focusable: 'false'};
  for (const [key, value] of Object.entries(sizes)) found.setAttribute(key, value);
  for (const [name, attributes] of SHAPES[tone]) {
    const part = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
    found.append(part);
  }
  return found;
}
