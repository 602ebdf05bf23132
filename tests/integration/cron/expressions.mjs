// Random expressions that all three parsers define alike. Left out, because they do not:
// - a step over a star in one day field while the other is restricted (`0 0 */2 * 1`): whether that
//   star restricts differs;
// - a step on a single number (`5/15`), steps larger than a field, `?`, `L`, `W`, `#`, `H`, seconds,
//   ranges that wrap round (`FRI-MON`), lists with a star in them (`*,5`): extensions, or mistakes;
// - a value twice in a list (`1,1`, `1-5,3`), which cron-parser refuses;
// - 7 and SUN at the end of a range of days of the week: not everywhere the last day;
// - a day that none of the months has beside a day of the week (`0 0 31 11 1`), which cron-parser
//   refuses although that day of the week comes.
//
// croner 9.1 itself skips days: after a short month it may pass over the first of the next one where
// the day is a step over a star (`0 0 */10 * *` after 2025-02-22). Another seed may meet that.

// mulberry32: the same sequence on every machine.
function dice(seed) {
  let state = seed >>> 0;
  return (least, most) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return least + (((t ^ (t >>> 14)) >>> 0) % (most - least + 1));
  };
}

const months = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const weekdays = 'SUN MON TUE WED THU FRI SAT'.split(' ');

const fields = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  { least: 1, most: 12, names: months },
  { least: 0, most: 6, names: weekdays },
];

function written(roll, field, value) {
  if (!field.names || roll(1, 3) > 1) return String(value);
  const name = field.names[value - field.least];
  return roll(0, 1) ? name : name.toLowerCase();
}

function item(roll, field) {
  const first = roll(field.least, field.most);
  if (roll(1, 3) > 1) {
    // 7 is Sunday, alone.
    const seven = field.names === weekdays && first === 0 && roll(0, 1);
    return { text: seven ? '7' : written(roll, field, first), values: [first] };
  }
  const last = roll(first, field.most);
  const step = roll(0, 1) && last > first ? roll(1, last - first) : 0;
  const values = [];
  for (let value = first; value <= last; value += step || 1) values.push(value);
  const end = last === 0 ? '0' : written(roll, field, last);
  const range = `${written(roll, field, first)}-${end}`;
  return { text: step ? `${range}/${step}` : range, values };
}

function list(roll, field) {
  const texts = [];
  const seen = new Set();
  for (let count = roll(1, 3); count > 0; --count) {
    const { text, values } = item(roll, field);
    if (values.some((value) => seen.has(value))) continue;
    values.forEach((value) => seen.add(value));
    texts.push(text);
  }
  return texts.join(',');
}

function field(roll, which, stepAllowed) {
  const kind = roll(1, 4);
  if (kind === 1) return '*';
  if (kind === 2 && stepAllowed) return `*/${roll(1, which.most - which.least)}`;
  return list(roll, which);
}

export function* expressions(seed, count) {
  const roll = dice(seed);
  for (let i = 0; i < count; ++i) {
    const [minute, hour, day, month, weekday] = fields;
    const parts = [field(roll, minute, true), field(roll, hour, true)];
    // Which of the two day fields is restricted: none, one, the other, both.
    const days = roll(0, 3);
    const both = days === 3;
    parts.push(days & 1 ? field(roll, both ? { ...day, most: 28 } : day, !both) : '*');
    parts.push(field(roll, month, true));
    parts.push(days & 2 ? field(roll, weekday, !both) : '*');
    const from = new Date(Date.UTC(roll(2024, 2035), roll(0, 11), roll(1, 31), roll(0, 23), roll(0, 59)));
    yield { text: parts.join(' '), from };
  }
}
