// Holds our parser against two others over random expressions: node compare.mjs NEXT_TIMES [SEED]
import { spawnSync } from 'node:child_process';
import { CronExpressionParser } from 'cron-parser';
import { Cron } from 'croner';
import { expressions } from './expressions.mjs';

const count = 3000;
const times = 3;
const [program, seed = '20261122'] = process.argv.slice(2);

function byCronParser({ text, from }) {
  const found = CronExpressionParser.parse(text, { currentDate: from, tz: 'UTC' });
  return Array.from({ length: times }, () => found.next().toDate().toISOString()).join(' ');
}

function byCroner({ text, from }) {
  const found = new Cron(text, { timezone: 'UTC' }).nextRuns(times, from);
  return found.map((moment) => moment.toISOString()).join(' ');
}

function answer(parser, expression) {
  try {
    return parser(expression) || 'refused';
  } catch (error) {
    return `refused ${error.message}`;
  }
}

// An expression that is never due is refused; the wording of the refusal does not count.
const sense = (text) => (text.startsWith('refused') ? 'refused' : text);

const all = [...expressions(Number(seed), count)];
const input = all.map(({ text, from }) => `${text}\t${from.toISOString()}\n`).join('');
const ours = spawnSync(program, { input, encoding: 'utf8', maxBuffer: 1 << 26 });
if (ours.status !== 0) throw new Error(`${program} ended with ${ours.status}: ${ours.error ?? ours.stderr}`);
const answers = ours.stdout.trimEnd().split('\n');
if (answers.length !== count) throw new Error(`${answers.length} answers to ${count} expressions`);

let different = 0;
let refused = 0;
all.forEach((expression, i) => {
  const others = { 'cron-parser': answer(byCronParser, expression), croner: answer(byCroner, expression) };
  if (sense(answers[i]) === 'refused') ++refused;
  for (const [name, theirs] of Object.entries(others)) {
    if (sense(theirs) === sense(answers[i])) continue;
    ++different;
    console.log(`'${expression.text}' after ${expression.from.toISOString()}\n  ours         ${answers[i]}\n  ${name.padEnd(12)} ${theirs}`);
  }
});
console.log(`${count} expressions (seed ${seed}), ${refused} never due, ${different} differences`);
if (refused > count / 20) throw new Error('too many are never due: the comparison says little');
process.exit(different === 0 ? 0 : 1);
