// Reads a job from standard input and writes the answers to standard output (answering_codes.js), asked from test_codes.py.

import {readFileSync} from 'node:fs';
import {answered} from './answering_codes.js';

console.log(JSON.stringify(await answered(JSON.parse(readFileSync(0, 'utf-8')))));
