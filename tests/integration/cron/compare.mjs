// Holds our parser against two others over random expressions, and what we write of them for others against all readers
// that are at hand: node compare.mjs NEXT_TIMES ROBFIG [SEED]. ROBFIG: Kubernetes' own parser, empty where there is none.
import { spawnSync } from 'node:child_process';
import { CronExpressionParser } from 'cron-parser';
import { Cron } from 'croner';
import { expressions } from './expressions.mjs';

const count = 3000;
const times = 3;
const [program, robfig, seed = '20261122'] = process.argv.slice(2);

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
function answersOf(reader, questions) {
  const input = questions.map(({ text, from }) => `${text}\t${from.toISOString()}\n`).join('');
  const ran = spawnSync(reader, { input, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (ran.status !== 0) throw new Error(`${reader} ended with ${ran.status}: ${ran.error ?? ran.stderr}`);
  const lines = ran.stdout.trimEnd().split('\n');
  if (lines.length !== questions.length) throw new Error(`${lines.length} answers to ${questions.length} expressions`);
  return lines;
}

const told = answersOf(program, all).map((line) => line.split('\t'));
const answers = told.map(([times]) => times);

let different = 0;
let refused = 0;
function expectSame(expression, name, theirs, ours) {
  if (sense(theirs) === sense(ours)) return;
  ++different;
  console.log(`'${expression.text}' after ${expression.from.toISOString()}\n  ours         ${ours}\n  ${name.padEnd(12)} ${theirs}`);
}
all.forEach((expression, i) => {
  const others = { 'cron-parser': answer(byCronParser, expression), croner: answer(byCroner, expression) };
  if (sense(answers[i]) === 'refused') ++refused;
  for (const [name, theirs] of Object.entries(others)) expectSame(expression, name, theirs, answers[i]);
});

// As written for others: numbers alone, and the same moments in every program that reads it.
const written = all.map(({ from }, i) => ({ text: told[i][1], from, ours: answers[i] })).filter(({ text }) => text);
for (const each of written) {
  if (!/^[0-9*,/-]+( [0-9*,/-]+){4}$/.test(each.text)) throw new Error(`'${each.text}' is not of numbers alone`);
  expectSame(each, 'cron-parser', answer(byCronParser, each), each.ours);
  expectSame(each, 'croner', answer(byCroner, each), each.ours);
}
if (robfig) {
  const theirs = answersOf(robfig, written);
  written.forEach((each, i) => theirs[i] === 'later' || expectSame(each, 'robfig', theirs[i], each.ours));
} else {
  console.error("NOT COMPARED with Kubernetes' own parser: go is not installed");
}
console.log(`${count} expressions (seed ${seed}), ${refused} never due, ${different} differences`);
if (refused > count / 20) throw new Error('too many are never due: the comparison says little');
process.exit(different === 0 ? 0 : 1);
