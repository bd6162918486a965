'use strict';

// The page: a section for everything that the data has.

const data = JSON.parse(document.getElementById('data').textContent);
const page = document.getElementById('page');
const result = data.result || {};
const series = data.series || {};

/** A card: in one of two columns, or over both. */
function section(place, title, note, ...content) {
  const card =element('section', {}, element('h2', {}, title), note ? element('p', {class: 'soft', style: 'margin:0'}, note) : null, ...content);
  (place === 'wide' ? page : document.getElementById(place)).append(card);
  return card;
}

/** What a reader of the figures must know. */
function assumptions() {
  const list = result.assumptions;
  if (!list) return;
  section('wide', 'What these figures assume', null, element('ul', {id: 'assumptions'}, ...list.map((text) => element('li', {}, text))));
}

function columns() {
  page.append(element('div', {class: 'column', id: 'left'}), element('div', {class: 'column', id: 'right'}));
}

function header() {
  const model = result.model && result.model.name;
  const chip = result.config && result.config.name;
  const title = [model, chip].filter(Boolean).join(' on ') || 'pimtlm';
  document.title = `${title} · pimtlm`;
  const facts = [];
  if (result.config) facts.push(`${result.config.chip.dies} dies × ${result.config.chip.banks_per_die} banks`);
  if (result.model && result.model.weight_bits) facts.push(`${result.model.weight_bits}-bit weights`, `${result.model.kv_bits}-bit KV cache`);
  if (result.prefill) facts.push(`prompt of ${count(result.prefill.tokens)} tokens`);
  if (result.decode) facts.push(`${count(result.decode.tokens)} tokens decoded`);
  page.append(element('header', {}, element('h1', {}, title), element('p', {class: 'soft'}, facts.join(' · ')),
    ...(series.headline || []).flatMap((sentence, i) => [element('p', {class: 'headline'}, sentence),
      (series.remedies || [])[i] ? element('p', {class: 'remedy'}, series.remedies[i]) : null]).filter(Boolean)));
}

function tiles() {
  const list = [];
  const add = (name, value, unit) => list.push(element('div', {class: 'tile'}, element('span', {class: 'soft'}, name),
    element('b', {}, `${value} `, element('small', {}, unit))));
  const addSi = (name, value, unit) => add(name, ...si(value, unit).split(' '));
  if (result.decode) {
    add('decode', digits(result.decode.tokens_per_second), 'tokens/s');
    addSi('a decode token', result.decode.seconds_per_token, 's');
  }
  if (result.prefill) add('prefill', digits(result.prefill.tokens_per_second), 'tokens/s');
  if (result.energy) {
    addSi('energy of a token', result.energy.joules_per_token, 'J');
    add('power in decode', digits(result.energy.watts), 'W');
  }
  if (result.capacity) add('longest context', count(result.capacity.max_context), 'tokens');
  if (result.perplexity) add('perplexity', digits(result.perplexity.value), `over ${count(result.perplexity.tokens)} tokens`);
  if (result.gemv) {
    addSi('matrix × vector', result.gemv.seconds, 's');
    add('banks', digits(result.gemv.bank_gb_per_s), 'GB/s');
  }
  if (list.length) page.append(element('div', {class: 'tiles'}, ...list));
}

/** Of the components of a result: seconds by name. */
const busyOf = (components) => Object.fromEntries(COMPONENTS.map((c) => [c, components[c].busy]));

/** Busy time and critical path of a token, by component. `bars`: [name, components of a result]. */
function componentChart(place, id, bars, title, note) {
  const rows = [];
  const values = [];
  for (const [name, components] of bars) {
    rows.push(`${name}, busy`, `${name}, critical path`);
    values.push(busyOf(components), components.critical_path);
  }
  const used = COMPONENTS.filter((c) => values.some((v) => v[c] > 0));
  const most = Math.max(...values.map((v) => used.reduce((sum, c) => sum + v[c], 0)));
  const [factor, prefix] = scaleFor(most);
  const labels = narrow() ? rows.map((row) => row.split(', ')) : rows;
  section(place, title, note, chart(id, 90 + (rows.length > 10 ? 24 : 44) * rows.length + (narrow() ? 60 : 0), `${title}: ${rows.join('; ')}`,
    () => stackedBars(labels, used.map((c) => ({label: words(c), color: c, values: values.map((v) => v[c] / factor)})),
      `${prefix}s a token`, (value) => si(value * factor, 's')),
    table(['component*', ...rows], used.map((c) => [words(c), ...values.map((v) => si(v[c], 's'))]))));
}

function time() {
  const bars = [];
  if (result.components) bars.push(['decode', result.components]);
  if (result.prefill) bars.push(['prefill', result.prefill.components]);
  if (!bars.length) return;
  componentChart('left', 'components', bars, 'Where the time of a token goes',
    'Busy: what each part needed. Critical path: what the token waited for; its parts add up to the time of a token.');
}

/** Who works when: a row for each kind of unit, a bar for each command. */
function schedule() {
  const plan = series.schedule;
  if (!plan) return;
  const rows = ['ALUs', 'links down', 'banks', 'links up'];
  const [factor, prefix] = scaleFor(Math.max(...plan.spans.map((span) => span.end)));
  const used = COMPONENTS.filter((c) => plan.spans.some((span) => span.component === c));
  const bars = (component) => plan.spans.filter((span) => span.component === component)
    .map((span) => ({x: [span.begin / factor, span.end / factor], y: span.row, name: span.name}));
  section('wide', 'One layer of a decode token', `Layer ${plan.layer} of the first one: who works when, and who waits. The whole token is in timeline.json.`,
    chart('schedule', 260, `Layer ${plan.layer} of the first decode token: when ALUs, links and banks work`, () => ({
      type: 'bar',
      data: {labels: rows, datasets: used.map((c) => ({label: words(c), data: bars(c), backgroundColor: color(c), borderColor: color('card'),
        borderWidth: {left: 1, right: 0, top: 0, bottom: 0}, borderSkipped: false, grouped: false, barPercentage: 0.95, categoryPercentage: 0.9, named: true}))},
      options: {
        indexAxis: 'y',
        scales: {
          x: {min: 0, max: Math.max(...plan.spans.map((span) => span.end)) / factor, title: {display: true, text: `${prefix}s since the layer began`}, grid: {color: color('grid')}, ticks: {maxRotation: 0}},
          y: {grid: {display: false}, ticks: {color: color('ink')}},
        },
        plugins: {
          legend: legend(),
          tooltip: {callbacks: {title: () => '', label: (item) => `${item.raw.name}: ${si((item.raw.x[1] - item.raw.x[0]) * factor, 's')}`}},
        },
      },
      plugins: [barNames],
    }), table(['unit*', 'command*', 'begins', 'takes'], plan.spans.map((span) => [span.row, span.name, si(span.begin, 's'), si(span.end - span.begin, 's')]))));
}

/** What the steps of each phase reached in the banks, and what the links would let them reach. */
function rooflinePoints() {
  const points = [];
  for (const {phase, step, unit, ...banks} of series.operations || []) {
    if (unit !== 'banks' || !banks.operations || !banks.bank_bytes) continue;
    const links = series.operations.find((o) => o.phase === phase && o.step === step && o.unit === 'links');
    const x = banks.operations / banks.bank_bytes;
    const at = {phase, name: step, x};
    points.push({...at, kind: 'reached', y: banks.operations / banks.seconds / 1e9});
    if (links && links.link_bytes) points.push({...at, kind: 'links', y: banks.operations / links.link_bytes * series.peaks.links_gb_per_s});
  }
  return points;
}

function roofline() {
  const points = rooflinePoints();
  if (!points.length) return;
  const peaks = series.peaks;
  const knee = peaks.mac_gops / peaks.chip_gb_per_s;
  const low = Math.min(knee, ...points.map((p) => p.x)) / 3;
  const high = Math.max(knee, ...points.map((p) => p.x)) * 4;
  const bottom = Math.min(...points.map((p) => p.y), low * peaks.chip_gb_per_s) / 2;
  const top = Math.max(peaks.mac_gops, ...points.map((p) => p.y)) * 2.5;
  const roof = (x) => Math.min(peaks.mac_gops, x * peaks.chip_gb_per_s);
  const line = (label, dash, values) => ({label, type: 'line', data: values, borderColor: color('ink'), borderWidth: 1.5, borderDash: dash,
    pointRadius: 0, pointStyle: 'line', order: 2});
  const marks = (phase, kind, label) => ({label, labelled: kind === 'reached', pointStyle: kind === 'reached' ? 'circle' : 'triangle', radius: 5, order: 1,
    data: points.filter((p) => p.phase === phase && p.kind === kind), borderColor: color('card'),
    backgroundColor: color(kind === 'reached' ? phase : `${phase}_soft`)});
  const build = () => ({
    type: 'scatter',
    data: {
      datasets: [
        line(`banks ${si(peaks.chip_gb_per_s * 1e9, 'B/s')}`, [], [{x: low, y: roof(low)}, {x: knee, y: roof(knee)}]),
        line(`MAC arrays ${si(peaks.mac_gops * 1e9, 'op/s')}`, [3, 3], [{x: knee, y: peaks.mac_gops}, {x: high, y: peaks.mac_gops}]),
        marks('decode', 'reached', 'decode'), marks('decode', 'links', 'decode: what the links allow'),
        marks('prefill', 'reached', 'prefill'), marks('prefill', 'links', 'prefill: what the links allow'),
      ].filter((dataset) => dataset.data.length),
    },
    options: {
      scales: {
        x: {type: 'logarithmic', min: low, max: high, title: {display: true, text: 'operations a byte read in the banks'},
          ticks: {callback: decades, maxRotation: 0, autoSkip: false}, grid: {color: atDecades}},
        y: {type: 'logarithmic', min: bottom, max: top, title: {display: true, text: 'operations a second'},
          ticks: {callback: (value) => decades(value) && si(value * 1e9, 'op/s').replace(/\.0+ /, ' '), autoSkip: false}, grid: {color: atDecades}},
      },
      plugins: {
        legend: {position: 'bottom', labels: {usePointStyle: true, boxWidth: 24, padding: 10}},
        tooltip: {callbacks: {label: (item) => item.raw.name ? `${item.raw.phase} ${item.raw.name}: ${digits(item.raw.x)} op/byte, ${si(item.raw.y * 1e9, 'op/s')}` : item.dataset.label}},
      },
    },
    plugins: [pointLabels],
  });
  const of = (p, kind) => points.find((o) => o.phase === p.phase && o.name === p.name && o.kind === kind);
  section('right', 'Roofline', `● what each step of a layer reached while the banks were at it, under what banks and MAC arrays can do. ▲ the same step if only the links (${si(peaks.links_gb_per_s * 1e9, 'B/s')}) held it up.`,
    chart('roofline', narrow() ? 460 : 430, 'Roofline of the chip with each step of decode and prefill', build,
      table(['phase*', 'step*', 'op/byte', 'reached', 'roof', 'of it', 'links allow'], points.filter((p) => p.kind === 'reached').map((p) =>
        [p.phase, p.name, digits(p.x), si(p.y * 1e9, 'op/s'), si(roof(p.x) * 1e9, 'op/s'), percent(p.y / roof(p.x)), of(p, 'links') ? si(of(p, 'links').y * 1e9, 'op/s') : '–']))));
}

function atDecades(line) {
  return decades(line.tick.value) ? color('grid') : 'transparent';
}

/** Only powers of ten: '' for others. */
function decades(value) {
  const exponent = Math.log10(value);
  return Math.abs(exponent - Math.round(exponent)) < 1e-6 ? value.toLocaleString('en') : '';
}

function utilisation() {
  const busy = series.bank_busy;
  if (!busy) return;
  const cell = (share, die, bank) => element('td', {
    style: `background:rgba(var(--heat),${(0.06 + 0.94 * share).toFixed(3)});color:var(--${share > 0.5 ? 'heat-ink' : 'ink'})`,
    title: `die ${die}, bank ${bank}: ${percent(share)}`}, (100 * share).toFixed(0));
  const heat = element('table', {class: 'heat', id: 'bank_busy'},
    element('thead', {}, element('tr', {}, element('th', {scope: 'col'}, 'die'), ...busy[0].map((_, bank) => element('th', {scope: 'col'}, bank)))),
    element('tbody', {}, ...busy.map((row, die) => element('tr', {}, element('th', {scope: 'row'}, die), ...row.map((share, bank) => cell(share, die, bank))))));
  const stages = [['decode', result.utilisation], ['prefill', result.prefill && result.prefill.utilisation]].filter(([, u]) => u);
  section('left', 'Banks at work', 'Per cent of the whole run in which each bank (column) of each die (row) was busy.', element('div', {class: 'scroll'}, heat),
    element('div', {style: 'margin-top:12px'}, table(['mean over*', 'banks', 'links', 'ALUs', 'MACs'],
      stages.map(([name, u]) => [name, percent(u.bank), percent(u.link), percent(u.controller), percent(u.mac)]))));
}

const CAPACITY = [['weight_codes', 'weights', 'bank_weights'], ['weight_scales', 'their scales', 'bank_kv'], ['embedding', 'embedding', 'link_kv'],
  ['kv_cache', 'KV cache', 'link_weights'], ['padding', 'padding', 'latency'], ['free', 'free', 'line']];

function capacity() {
  const c = result.capacity;
  if (!c) return;
  const parts = CAPACITY.filter(([key]) => c[key] > 0);
  section('right', 'What lies in the banks', `${si(c.total, 'B')} in all. With what is free the context could grow to ${count(c.max_context)} tokens.`,
    chart('capacity', narrow() ? 190 : 160, 'Capacity of the banks by use', () => {
      const config = stackedBars([''], parts.map(([key, label, name]) => ({label, color: name, values: [c[key] / 1e6]})), 'MB', (value) => si(value * 1e6, 'B'));
      config.options.scales.x.max = c.total / 1e6;
      config.options.scales.x.ticks = {maxTicksLimit: narrow() ? 5 : 10, maxRotation: 0, includeBounds: false};
      return config;
    },
    table(['part*', 'bytes', 'share'], parts.map(([key, label]) => [label, count(c[key]), percent(c[key] / c.total)]))));
}

function energy() {
  const e = result.energy;
  if (!e) return;
  const parts = Object.entries(e.parts).filter(([, joules]) => joules > 0).sort((a, b) => b[1] - a[1]);
  const [factor, prefix] = scaleFor(parts[0][1]);
  const range = (name) => `${si(e.low.parts[name], 'J')} to ${si(e.high.parts[name], 'J')}`;
  const whole = `${si(e.low.joules_per_token, 'J')} to ${si(e.high.joules_per_token, 'J')}`;
  section('left', 'Energy of a decode token', `${si(e.joules_per_token, 'J')} per token (${whole}: every constant at the low and at the high end of its range), ${digits(e.tokens_per_joule)} tokens per joule. Dies, links and Controller; not the host.`,
    chart('energy', 70 + 26 * parts.length, 'Energy of a decode token by part', () => {
      const config = stackedBars(parts.map(([name]) => words(name)), [{label: 'energy', color: 'bank_weights', values: parts.map(([, j]) => j / factor)}],
        `${prefix}J a token`, (value) => si(value * factor, 'J'));
      config.options.plugins.legend = {display: false};
      return config;
    }, table(['part*', 'energy', 'share', 'range'], parts.map(([name, j]) => [words(name), si(j, 'J'), percent(j / e.joules_per_token), range(name)]))));
  if (e.constants) {
    section('wide', 'Energy constants', null, element('details', {}, element('summary', {}, 'Ranges, nodes, sources'),
      table(['constant*', 'unit*', 'low', 'nominal', 'high', 'node*', 'covers*', 'source*'], e.constants.map((c) => [c.key, c.unit, digits(c.low), digits(c.nominal), digits(c.high), c.node, c.covers, c.source]))));
  }
}

function power() {
  const list = series.power;
  if (!list || list.length < 2) return;
  const [factor, prefix] = scaleFor(list[list.length - 1][0]);
  section('left', 'Power over time', 'Mean power of each step: tiles of the prompt, then decode tokens. The timeline shows it microsecond by microsecond.',
    chart('power', 220, 'Mean power of each step over time', () => ({
      type: 'line',
      data: {datasets: [{label: 'power', data: list.map(([x, y]) => ({x: x / factor, y})), borderColor: color('decode'), backgroundColor: color('decode'),
        borderWidth: 2, stepped: 'before', pointRadius: 0, pointHitRadius: 6}]},
      options: {
        scales: {
          x: {type: 'linear', title: {display: true, text: `${prefix}s`}, min: list[0][0] / factor, ticks: {maxTicksLimit: 8, maxRotation: 0}},
          y: {beginAtZero: true, title: {display: true, text: 'W'}},
        },
        plugins: {legend: {display: false}, tooltip: {callbacks: {title: (items) => si(items[0].raw.x * factor, 's'), label: (item) => `${digits(item.raw.y)} W`}}},
      },
    }), table(['begins', 'power'], list.filter((_, i) => i % Math.ceil(list.length / 20) === 0).map(([x, y]) => [si(x, 's'), `${digits(y)} W`]))));
}

function tokens() {
  const list = series.per_token;
  if (!list || list.length < 2) return;
  const most = Math.max(...list.map(([, seconds]) => seconds));
  const [factor, prefix] = scaleFor(most);
  const shown = list.filter((_, i) => i % Math.ceil(list.length / 20) === 0 || i === list.length - 1);
  section('right', 'Time of a token against context', 'Attention reads the whole cache, so a token takes longer the more came before it.',
    chart('per_token', 260, 'Time of a decode token against the tokens it attends to', () => ({
      type: 'line',
      data: {datasets: [{label: 'decode token', data: list.map(([x, y]) => ({x, y: y / factor})), borderColor: color('decode'), backgroundColor: color('decode'),
        borderWidth: 2, pointRadius: list.length > 60 ? 0 : 2, pointHitRadius: 6}]},
      options: {
        scales: {
          x: {type: 'linear', title: {display: true, text: 'context, tokens'}, min: list[0][0], max: list[list.length - 1][0], ticks: {precision: 0, maxTicksLimit: 8, maxRotation: 0}},
          y: {beginAtZero: true, title: {display: true, text: `${prefix}s a token`}},
        },
        plugins: {legend: {display: false}, tooltip: {callbacks: {title: (items) => `context ${count(items[0].raw.x)}`, label: (item) => si(item.raw.y * factor, 's')}}},
      },
    }), table(['context', 'time'], shown.map(([x, y]) => [count(x), si(y, 's')]))));
}

const UNITS = {s: 's', J: 'J', W: 'W', B: 'B', bytes: 'B', 'bytes/s': 'B/s'};  // with prefixes

function analysis() {
  const rows = result.analysis || (series.analysis && series.analysis.rows);
  if (!rows) return;
  const context = result.context || series.analysis.context;
  const value = (number, unit) => number === undefined || number === null ? '–' : UNITS[unit] ? si(number, UNITS[unit]) : Number(number.toPrecision(4)).toLocaleString('en', {maximumSignificantDigits: 4, notation: Math.abs(number) >= 1e6 || (number !== 0 && Math.abs(number) < 1e-3) ? 'scientific' : 'standard'});
  const difference = (row) => row.difference === undefined ? '' : `${row.difference >= 0 ? '+' : '−'}${Math.abs(100 * row.difference).toFixed(1)} %`;
  const lines = (list) => table(['row*', 'quantity*', '*', 'published', 'corrected', 'simulated', 'difference'],
    list.map((row) => [row.id, row.quantity, UNITS[row.unit] ? '' : row.unit, value(row.published, row.unit), value(row.corrected, row.unit), value(row.simulated, row.unit), difference(row)]));
  const published = (row) => /^S\d/.test(row.id);
  section('wide', 'Published, corrected, simulated', `Closed forms beside the simulation, a decode token at context ${count(context)}. The difference is what the closed form leaves out: opening rows, refresh, pipelines, waiting, overlap.`,
    element('div', {id: 'analysis', style: 'margin-top:8px'}, lines(rows.filter((row) => !published(row)))),
    element('details', {}, element('summary', {}, 'The published analysis, row by row'), lines(rows.filter(published))));
}

/// Runs of different machines as somebody sees them who chooses between them, and what others published.
function machines(c, number) {
  const text = (value) => (value === undefined ? '' : value);
  const of = (row, key, unit) => (row[key] === undefined ? '' : number(row[key], unit));
  section('wide', 'Machines', 'Empty: not known. Error: of the decode rate or time against what is published.',
    table(['run*', 'kind*', 'tokens/s', 'prefill tokens/s', 'energy per token', 'power of*', 'tokens/s per 1000 $', 'bound by*', 'bytes per token', 'error'],
      c.machines.map((row) => [row.run, row.machine, of(row, 'decode_tokens_per_second'), of(row, 'prefill_tokens_per_second'),
        of(row, 'joules_per_token', 'J'), text(row.power_covers), of(row, 'tokens_per_second_per_1000_dollars'), words(text(row.bound_by)),
        of(row, 'memory_bytes_per_token', 'B'), row.published_error === undefined ? '' : `${row.published_error >= 0 ? '+' : '−'}${Math.abs(100 * row.published_error).toFixed(1)} %${row.published_fitted ? ', fitted' : ''}`])));
  section('wide', 'Cited, not simulated', 'LLaMA2-7B, one request. Covers: what the power is that of.',
    table(['machine*', 'tokens/s', 'W', 'covers*', 'tokens/J', 'tokens/s per 1000 $', 'source*'],
      c.cited.map((row) => [row.machine, of(row, 'tokens_per_second'), of(row, 'watts'), text(row.power_covers), of(row, 'tokens_per_joule'),
        of(row, 'tokens_per_second_per_1000_dollars'), `${row.kind}; ${row.source}`])),
    element('details', {}, element('summary', {}, 'Where the sources disagree'), ...c.conflicts.map((line) => element('p', {}, line))));
}

function comparison(c) {
  const names = c.runs;
  const number = (value, unit) => value === undefined ? '–' : unit && UNITS[unit] ? si(value, UNITS[unit]) : Math.abs(value) >= 1000 ? count(Number(value.toPrecision(4))) : digits(value);
  const many = names.length > 4;
  const title = many ? `${names.length} runs` : names.join(' · ');
  document.title = `${title} · pimtlm`;
  page.append(element('header', {}, element('h1', {}, title), ...(many ? c.summary.slice(0, 1) : c.summary).map((sentence) => element('p', {class: 'headline'}, sentence))));
  const setting = (row, name) => (row.values[name] === undefined ? '–' : String(row.values[name]));
  const quantity = (row) => (UNITS[row.unit] || !row.unit ? row.name : `${row.name}, ${row.unit}`);
  const results = table(['result*', ...names, ...names.slice(1).map(() => 'ratio')],
    c.results.map((row) => [quantity(row), ...names.map((name) => number(row.values[name], row.unit)), ...names.slice(1).map((name) => number(row.ratios[name]))]));
  if (c.machines.length) machines(c, number);
  columns();
  const bars = names.filter((name) => c.components[name]).map((name) => [name, c.components[name]]);
  const drawBars = (place) => componentChart(place, 'components', bars, 'Where the time of a decode token goes', 'Busy: what each part needed. Critical path: what the token waited for.');
  if (many) {
    const shown = c.results.slice(0, 5), settings = c.settings.slice(0, 8);
    section('wide', 'Run by run', c.settings.length > settings.length ? `${c.settings.length - settings.length} more settings differ; the JSON has them.` : null,
      table(['run*', ...settings.map((row) => row.key), ...shown.map(quantity), 'changed most*'],
        names.map((name) => [name, ...settings.map((row) => setting(row, name)), ...shown.map((row) => number(row.values[name], row.unit)), words(c.changed_most[name] || '–')])),
      element('details', {}, element('summary', {}, 'Each against the first, in words'), ...c.summary.slice(1).map((sentence) => element('p', {}, sentence))));
    if (bars.length) drawBars('wide');
    section('wide', 'Results', `Ratios: over ${names[0]}.`, element('details', {}, element('summary', {}, 'All results'), results));
    return;
  }
  const none = c.machines.length ? 'None of those that all of these machines have.' : 'None.';
  section('left', 'Settings that differ', c.settings.length ? null : none, table(['setting*', ...names],
    c.settings.map((row) => [row.key, ...names.map((name) => setting(row, name))])));
  if (bars.length) drawBars('left');
  section('right', 'Results', `Ratios: over ${names[0]}.`, results);
}

function counters() {
  if (!series.counters) return;
  section('wide', 'Counters', 'All that is counted, per decode token.', element('details', {}, element('summary', {}, 'All counters'),
    table(['counter*', 'value', 'counts*'], series.counters.map((c) => [c.counter, c.unit === '1' ? count(Number(c.value.toPrecision(6))) : si(c.value, c.unit), c.counts]))));
}

function repeat() {
  if (data.command) section('wide', 'How to repeat this', null, element('pre', {}, data.command));
  if (result.text) section('wide', 'Text', null, element('pre', {}, result.text));
  if (!result.config) return;
  section('wide', 'Effective configuration', null, element('details', {}, element('summary', {}, 'All settings'),
    element('pre', {}, JSON.stringify(result.config, null, 2))));
}

page.replaceChildren();
if (result.compare) {
  comparison(result.compare);
} else {
  header();
  tiles();
  assumptions();
  schedule();
  columns();
  time();
  roofline();
  utilisation();
  capacity();
  energy();
  power();
  tokens();
  analysis();
  counters();
}
repeat();
draw();
