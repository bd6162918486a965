'use strict';

// The page of a command that looks for an answer: demands, solve, sensitivity.

const data = JSON.parse(document.getElementById('data').textContent);
const page = document.getElementById('page');
const result = data.result;
check.counts = {};

function section(title, note, ...content) {
  const card = element('section', {}, element('h2', {}, title), note ? element('p', {class: 'soft', style: 'margin:0'}, note) : null, ...content);
  page.append(card);
  return card;
}

function header(title, ...sentences) {
  document.title = `${title} · pimtlm`;
  page.append(element('header', {}, element('h1', {}, title), ...sentences.map((sentence) => element('p', {class: 'soft'}, sentence))));
}

function number(x) {
  if (x === null || x === undefined) return '–';
  return Number.isInteger(x) && Math.abs(x) < 1e9 ? count(x) : digits(x);
}

// ---- demands

/** What the chip reaches with more and less of one thing; the least amount that is enough, the target, the published answer. */
function demandChart(question) {
  const curve = question.curve.filter((point) => point.result !== null).map((point) => ({x: point.amount, y: point.result}));
  const target = Number(question.target.split('>=')[1]);
  const ends = [Math.min(...question.curve.map((p) => p.amount)), Math.max(...question.curve.map((p) => p.amount))];
  const mark = (amount, label, name) => ({label, type: 'scatter', data: [{x: amount, y: target}], backgroundColor: color(name), pointRadius: 6, pointStyle: name === 'latency' ? 'triangle' : 'circle'});
  return () => ({
    type: 'line',
    data: {datasets: [
      {label: question.target.split('>=')[0], data: curve, borderColor: color('decode'), backgroundColor: color('decode'), pointRadius: 3, borderWidth: 2},
      {label: `target: ${number(target)}`, data: ends.map((x) => ({x, y: target})), borderColor: color('soft'), borderDash: [5, 4], pointRadius: 0, borderWidth: 1},
      ...(question.least ? [mark(question.least.amount, 'least', 'prefill')] : []),
      ...(question.published_amount ? [mark(question.published_amount, 'published', 'latency')] : []),
    ]},
    options: {
      parsing: false,
      scales: {
        x: {type: 'logarithmic', title: {display: true, text: question.unit}, grid: {color: color('grid')}},
        y: {title: {display: true, text: 'tokens/s'}, beginAtZero: true},
      },
      plugins: {legend: legend(), tooltip: {callbacks: {label: (item) => `${item.dataset.label}: ${number(item.raw.x)} ${question.unit}, ${number(item.raw.y)} tokens/s`}}},
    },
  });
}

/** A run at the least amount and one a step below it. */
function confirmations(question) {
  const decode = question.job.decode;
  const job = decode ? `--context ${Number(decode) - 2} --prompt 1 --generate 2` : `--prompt ${question.job.prefill} --generate 1`;
  const run = (point, more) => `pimtlm run --model ${result.model.name} ${job} ${Object.entries(point.settings).map(([key, value]) => `--set ${key}=${value}`).join(' ')}${more}`;
  const lines = [`${run(question.least, '')}\n  ${number(question.least.result)} tokens/s: met`];
  if (question.below) lines.push(`${run(question.below, decode ? ' --set mapping=auto' : '')}\n  ${question.below.result === null ? 'cannot run' : `${number(question.below.result)} tokens/s`}: missed`);
  return lines.join('\n');
}

function demands(d) {
  header(`What ${result.model.name} needs for ${number(d.tokens_per_second)} tokens/s at a context of ${count(d.context)}`,
    `Each quantity by itself, everything else as ${result.config.name} has it; ${count(d.points)} points simulated, ${d.map === 'best' ? 'each with the mapping that suits it best' : 'the mapping as configured'}.`,
    d.kv_bits === d.kv_bits_configured ? `KV cache: ${d.kv_bits} bits.` : `KV cache: ${d.kv_bits} bits, since there is no room for the context with ${d.kv_bits_configured}.`);
  const amount = (point, question) => (point ? `${number(point.amount)} ${question.unit}` : '–');
  section('The answers', 'Least: one step less misses the target or cannot be built. With margin: a quarter more.',
    table(['quantity*', 'least', 'tokens/s there', 'one step less', 'with margin', 'bound by*', 'published*', 'tokens/s with that'], d.questions.map((q) => [q.quantity,
      q.least ? amount(q.least, q) : 'never enough', q.least ? number(q.least.result) : '–',
      q.below ? `${amount(q.below, q)}: ${q.below.result === null ? 'cannot run' : `${number(q.below.result)} tokens/s`}` : 'none can be built',
      amount(q.recommended, q), words(q.bound_by || ''), q.published, q.at_published ? number(q.at_published.result) : '–'])));
  for (const question of d.questions) {
    section(question.quantity, `Published: ${question.published}. Here: ${question.least ? amount(question.least, question) : 'never enough'}${question.bound_by ? `, then bound by ${words(question.bound_by)}` : ''}. ${question.why}.`,
      chart(`demand-${question.id}`, narrow() ? 240 : 260, `${question.quantity} against tokens per second`, demandChart(question),
        table([question.unit, 'tokens/s', 'setting*'], question.curve.map((p) => [number(p.amount), p.result === null ? p.error || '–' : number(p.result), `${question.key}=${p.value}`]))),
      question.least ? element('details', {}, element('summary', {}, 'Two runs that confirm it'), element('pre', {}, confirmations(question))) : null);
  }
  check.counts.questions = d.questions.length;
}

// ---- solve

function solve(s) {
  header(s.solved ? `The cheapest chip for ${result.model.name} that meets the targets` : `Nothing between the ends meets the targets for ${result.model.name}`,
    `${s.minimised === 'area' ? `${number(s.cost)} mm² of logic and SRAM` : `${s.minimised} = ${number(s.cost)}`}; ${count(s.points)} points simulated of ${count(s.grid)}.`);
  section(s.solved ? 'The design' : 'What comes nearest', null, table(['key*', 'value*'], [...Object.entries(s.design), ...Object.entries(s.mapping).filter(([key]) => !(key in s.design))]));
  section('The targets', null, table(['target*', 'reached', ''], s.targets.map((t) => [t.target, number(t.value), t.met ? 'met' : 'missed'])));
  if (s.evidence.length) {
    section('What is one step cheaper', 'Why there is no cheaper chip next to this one.',
      table(['key*', 'to*', 'why not*'], s.evidence.map((e) => [e.key, e.design[e.key], e.reason])));
  }
  check.counts.evidence = s.evidence.length;
}

// ---- sensitivity

function tornado(s, path) {
  const kinds = ['chip', 'size', 'schedule'];
  const base = s.base[path];
  const rows = s.keys.map((key) => {
    const changes = key.turns.map((turn) => ({value: turn.value, share: turn[path] === null ? null : 100 * (turn[path] / base - 1)}));
    const better = (share) => (path.includes('tokens_per_second') ? share : -share);
    const largest = Math.max(0, ...changes.map((c) => Math.abs(c.share || 0)));
    const gain = Math.max(0, ...changes.map((c) => better(c.share || 0)));
    return {key, changes, largest, gain};
  }).filter((row) => row.largest >= 0.05).sort((a, b) => kinds.indexOf(a.key.kind) - kinds.indexOf(b.key.kind) || b.gain - a.gain || b.largest - a.largest).slice(0, 24);
  if (rows.length === 0) return null;
  const side = (sign) => rows.map((row) => {
    const own = row.changes.map((c) => c.share || 0).filter((x) => Math.sign(x) === sign);
    return own.length ? own.reduce((a, b) => (Math.abs(a) > Math.abs(b) ? a : b)) : 0;
  });
  const build = () => ({
    type: 'bar',
    data: {labels: rows.map((row) => (narrow() ? row.key.key.split(/(?<=\.)/) : row.key.key)), datasets: [
      {label: 'less', data: side(-1), backgroundColor: color('prefill'), maxBarThickness: 18},
      {label: 'more', data: side(1), backgroundColor: color('decode'), maxBarThickness: 18}]},
    options: {
      indexAxis: 'y',
      scales: {x: {stacked: true, title: {display: true, text: narrow() ? 'change in %' : `change of ${path} in %`}}, y: {stacked: true, ticks: {color: color('ink'), autoSkip: false, font: {size: narrow() ? 9 : 12}}, grid: {display: false}}},
      plugins: {legend: legend(), tooltip: {callbacks: {label: (item) => rows[item.dataIndex].changes.map((c) => `${rows[item.dataIndex].key.value} → ${c.value}: ${c.share === null ? 'cannot run' : `${c.share.toFixed(2)} %`}`)}}},
    },
  });
  return chart(`tornado-${path.replace(/\./g, '-')}`, 90 + 24 * rows.length, `What each key does to ${path}`, build,
    table(['key*', 'now*', 'turned to*', 'change in %'], rows.flatMap((row) => row.changes.map((c) => [row.key.key, row.key.value, c.value, c.share === null ? 'cannot run' : c.share.toFixed(2)]))));
}

function sensitivity(s) {
  header(`What turning one key does: ${result.model.name} on ${result.config.name}`,
    Object.entries(s.base).filter(([, value]) => value !== null).map(([path, value]) => `${path} ${number(value)}`).join(' · '));
  for (const path of Object.keys(s.base)) {
    const drawn = s.base[path] === null ? null : tornado(s, path);
    if (drawn) section(path, 'One key at a time, one step either way; what helps most first, as the advice of a run has it: first what keeps the size of the chip, then larger chips, then the schedule. Keys that change nothing are left out.', drawn);
  }
  check.counts.keys = s.keys.length;
}

page.replaceChildren();
if (result.demands) demands(result.demands);
if (result.solve) solve(result.solve);
if (result.sensitivity) sensitivity(result.sensitivity);
if (data.command) section('How to repeat this', null, element('pre', {}, data.command));
draw();
