// Reads a job from standard input and writes the answers to standard output (answering_packs.js), asked from test_packs.py.

import {readFileSync} from 'node:fs';
import {answered} from './answering_packs.js';

console.log(JSON.stringify(await answered(JSON.parse(readFileSync(0, 'utf-8')))));
