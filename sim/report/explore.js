'use strict';

// The page of a sweep: many points, what was varied in each and what came of it.

const data = JSON.parse(document.getElementById('data').textContent);
const page = document.getElementById('page');
const sweep = data.result.sweep;
const COLUMNS = new Map(sweep.columns.map((column) => [column.name, column.values]));
const STATUS = sweep.status;
const POINTS = STATUS.length;
const NUMERIC = sweep.columns.filter((column) => column.values.some((value) => typeof value === 'number')).map((column) => column.name);
const FRONT = new Set(sweep.front);

check.counts = {points: POINTS, ok: sweep.ok, refused: sweep.refused, failed: sweep.failed, front: sweep.front.length};

function value(name, i) {
  return COLUMNS.get(name)[i];
}

function text(x) {
  if (x === null || x === undefined || x === '') return '–';
  if (typeof x !== 'number') return String(x);
  if (Number.isInteger(x) && Math.abs(x) < 1e9) return count(x);
  return Math.abs(x) >= 1e-3 && Math.abs(x) < 1e6 ? digits(x) : x.toExponential(2);
}

/** A point as a few lines: what was varied, then what the charts show. */
function describe(i, names) {
  return [`point ${i}`, ...sweep.keys.map((key) => `${key} = ${text(value(key, i))}`),
    ...names.filter((name) => !sweep.keys.includes(name)).map((name) => `${name} = ${text(value(name, i))}`)];
}

function section(title, note, ...content) {
  const card = element('section', {}, element('h2', {}, title), note ? element('p', {class: 'soft', style: 'margin:0'}, note) : null, ...content);
  page.append(card);
  return card;
}

function choice(label, names, chosen, changed) {
  const select = element('select', {'aria-label': label}, ...names.map((name) => element('option', name === chosen ? {selected: ''} : {}, name)));
  select.addEventListener('change', () => changed(select.value));
  return element('label', {class: 'choice'}, `${label} `, select);
}

/** From light to strong, for shares 0..1; readable on both papers. */
function shade(share, alpha) {
  const hue = 250 - 210 * share;
  return `hsla(${hue}, 70%, 50%, ${alpha === undefined ? 1 : alpha})`;
}

function extent(values) {
  let low = Infinity, high = -Infinity;
  for (const v of values) {
    if (typeof v !== 'number') continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return [low, high];
}

function share(v, [low, high]) {
  return high > low ? (v - low) / (high - low) : 0.5;
}

// ---- two results against one another, with the front

const view = {x: sweep.objectives[0].path, y: (sweep.objectives[1] || sweep.objectives[0]).path};

function scatter() {
  const usable = [];
  for (let i = 0; i < POINTS; ++i)
    if (STATUS[i] === 0 && typeof value(view.x, i) === 'number' && typeof value(view.y, i) === 'number') usable.push(i);
  const dot = (i) => ({x: value(view.x, i), y: value(view.y, i), point: i});
  const isObjectives = view.x === sweep.objectives[0].path && sweep.objectives[1] && view.y === sweep.objectives[1].path;
  const front = isObjectives ? sweep.front.map(dot).sort((a, b) => a.x - b.x) : [];
  return {
    type: 'scatter',
    data: {datasets: [
      ...(front.length ? [{label: 'Pareto front', type: 'line', data: front, borderColor: color('prefill'), backgroundColor: color('prefill'),
        pointRadius: 4, pointHitRadius: 10, borderWidth: 1.5, stepped: false}] : []),
      {label: 'points', data: usable.map(dot), backgroundColor: color('decode_soft'), pointRadius: usable.length > 2000 ? 1.5 : 3, borderWidth: 0},
    ]},
    options: {
      parsing: false, normalized: true,
      interaction: {mode: 'nearest', intersect: false},
      scales: {x: {type: 'linear', title: {display: true, text: view.x}}, y: {title: {display: true, text: view.y}}},
      plugins: {legend: legend(), tooltip: {callbacks: {
        title: () => '', label: (item) => describe(item.raw.point, [view.x, view.y])}}},
    },
  };
}

function paretoSection() {
  const numbers = sweep.objectives.map((objective) => objective.path);
  const rows = sweep.front.map((i) => [i, ...numbers.map((name) => text(value(name, i))), ...sweep.keys.map((key) => text(value(key, i)))]);
  section('Results against one another', 'Each mark is a point; touch or point at one for its configuration. Front: no point is better in one objective without being worse in another.',
    element('div', {class: 'choices'}, choice('across', NUMERIC, view.x, (name) => { view.x = name; draw(); }),
      choice('up', NUMERIC, view.y, (name) => { view.y = name; draw(); })),
    chart('pareto', narrow() ? 320 : 460, `${view.y} over ${view.x} of every point`, scatter,
      table(['point', ...numbers, ...sweep.keys.map((key) => `${key}*`)], rows, `The Pareto front: ${rows.length} points`)));
}

// ---- one result over two keys

function levels(key) {
  const seen = [...new Set(COLUMNS.get(key))];
  return seen.every((v) => typeof v === 'number') ? seen.sort((a, b) => a - b) : seen;
}

/** The best of all points with the same two values, by the way the objective wants it. */
function heatSection() {
  const keys = sweep.keys.filter((key) => levels(key).length > 1 && levels(key).length <= 40);
  if (keys.length < 2) return;
  const heat = {row: keys[0], column: keys[keys.length - 1], result: sweep.objectives[0].path};
  const place = element('div', {class: 'scroll'});
  const paint = () => {
    const rows = levels(heat.row), columns = levels(heat.column);
    const cells = new Map();
    const objective = sweep.objectives.find((o) => o.path === heat.result);
    const more = objective ? objective.maximise : /tokens_per_/.test(heat.result);
    for (let i = 0; i < POINTS; ++i) {
      const v = value(heat.result, i);
      if (STATUS[i] !== 0 || typeof v !== 'number') continue;
      const at = `${value(heat.row, i)}\n${value(heat.column, i)}`;
      const best = cells.get(at);
      if (best === undefined || (more ? v > value(heat.result, best) : v < value(heat.result, best))) cells.set(at, i);
    }
    const range = extent([...cells.values()].map((i) => value(heat.result, i)));
    const cell = (row, column) => {
      const i = cells.get(`${row}\n${column}`);
      if (i === undefined) return element('td', {title: 'cannot run'}, '–');
      const v = value(heat.result, i), s = share(v, range);
      return element('td', {style: `background: rgba(${color('heat')}, ${(0.08 + 0.92 * s).toFixed(3)}); color: ${s > 0.55 ? color('heat-ink') : color('ink')}`,
        title: describe(i, [heat.result]).join('\n')}, text(v));
    };
    place.replaceChildren(element('table', {class: 'heat'},
      element('thead', {}, element('tr', {}, element('th', {}, ''), ...columns.map((c) => element('th', {}, text(c))))),
      element('tbody', {}, ...rows.map((row) => element('tr', {}, element('th', {}, text(row)), ...columns.map((column) => cell(row, column)))))));
    check.counts.cells = cells.size;
  };
  builders.push({id: 'heat', paint});
  section('One result over two keys', 'Of several points with the same two values: the best.',
    element('div', {class: 'choices'}, choice('result', NUMERIC, heat.result, (name) => { heat.result = name; paint(); }),
      choice('down', keys, heat.row, (key) => { heat.row = key; paint(); }),
      choice('across', keys, heat.column, (key) => { heat.column = key; paint(); })), place);
}

// ---- every key and the objectives side by side

function parallelSection() {
  const names = [...sweep.keys.filter((key) => levels(key).length > 1), ...sweep.objectives.map((o) => o.path)];
  if (names.length < 3) return;
  const canvas = element('canvas', {id: 'parallel', role: 'img', 'aria-label': `Parallel coordinates of ${names.join(', ')}`});
  const box = element('div', {class: 'chart', style: `height:${narrow() ? 320 : 380}px`}, canvas);
  const ok = [];
  for (let i = 0; i < POINTS; ++i) if (STATUS[i] === 0) ok.push(i);
  const axes = names.map((name) => {
    const column = COLUMNS.get(name);
    const numeric = ok.every((i) => typeof column[i] === 'number');
    const order = numeric ? null : [...new Set(column)];
    const range = numeric ? extent(ok.map((i) => column[i])) : [0, order.length - 1];
    const logarithmic = numeric && range[0] > 0 && range[1] / range[0] > 20;
    const at = (i) => {
      if (!numeric) return share(order.indexOf(column[i]), range);
      return logarithmic ? share(Math.log(column[i]), range.map(Math.log)) : share(column[i], range);
    };
    return {name, at, ends: numeric ? range.map(text) : [order[0], order[order.length - 1]]};
  });
  const paint = () => {
    const width = box.clientWidth, height = box.clientHeight, ratio = window.devicePixelRatio || 1;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    const left = 30, right = width - 30, top = 40, bottom = height - 26;
    const x = (k) => left + (right - left) * k / (axes.length - 1);
    const y = (s) => bottom - (bottom - top) * s;
    const line = (i) => {
      context.beginPath();
      axes.forEach((axis, k) => (k === 0 ? context.moveTo(x(k), y(axis.at(i))) : context.lineTo(x(k), y(axis.at(i)))));
      context.stroke();
    };
    const last = axes[names.length - sweep.objectives.length];
    context.lineWidth = 1;
    for (const i of ok) {
      context.strokeStyle = shade(last.at(i), ok.length > 1000 ? 0.12 : 0.4);
      line(i);
    }
    context.lineWidth = 2;
    context.strokeStyle = color('prefill');
    for (const i of sweep.front.slice(0, 200)) line(i);
    context.lineWidth = 1;
    context.strokeStyle = color('soft');
    context.fillStyle = color('ink');
    context.font = `11px ${Chart.defaults.font.family}`;
    axes.forEach((axis, k) => {
      context.beginPath();
      context.moveTo(x(k), top);
      context.lineTo(x(k), bottom);
      context.stroke();
      context.textAlign = k === 0 ? 'left' : k === axes.length - 1 ? 'right' : 'center';
      const at = k === 0 ? 2 : k === axes.length - 1 ? width - 2 : x(k);
      const name = axis.name.split('.').pop();
      context.fillText(name, at, k % 2 ? 12 : 24);
      context.fillText(axis.ends[1], at, top - 4);
      context.fillText(axis.ends[0], at, bottom + 14);
    });
    check.counts.lines = ok.length;
  };
  builders.push({id: 'parallel', paint});
  section('Every key and the objectives', `A line is a point, coloured by ${sweep.objectives[0].path}; thick lines are the Pareto front.`, box);
}

// ---- all points as a table

function tableSection() {
  const shown = [...new Set([...sweep.keys, ...sweep.objectives.map((o) => o.path), ...sweep.columns.map((c) => c.name)])].slice(0, sweep.keys.length + 8);
  const names = ['ok', 'cannot run', 'failed'];
  const MOST = 100;
  const state = {matches: [], sort: null, down: true};
  const body = element('tbody'), note = element('p', {class: 'soft', style: 'margin:0'});
  const filter = element('input', {type: 'search', placeholder: 'filter: link > 8, status = failed, or any text', 'aria-label': 'filter', class: 'filter'});
  const rowText = (i) => `${i} ${names[STATUS[i]]} ${sweep.errors[i] || ''} ${sweep.keys.map((key) => `${key}=${value(key, i)}`).join(' ')}`;
  const matcher = (word) => {
    const rule = /^\s*([\w.]+)\s*(<=|>=|=|<|>)\s*(\S+)\s*$/.exec(word);
    if (!rule) return (i) => rowText(i).toLowerCase().includes(word.trim().toLowerCase());
    const [, name, sign, wanted] = rule;
    const column = name === 'status' ? null : [...COLUMNS.keys()].find((c) => c === name) || [...COLUMNS.keys()].find((c) => c.includes(name));
    if (name !== 'status' && !column) return () => false;
    return (i) => {
      const own = column ? value(column, i) : names[STATUS[i]];
      if (own === null || own === undefined) return false;
      const a = typeof own === 'number' ? own : String(own), b = typeof own === 'number' ? Number(wanted) : wanted;
      return sign === '=' ? a === b : sign === '<' ? a < b : sign === '>' ? a > b : sign === '<=' ? a <= b : a >= b;
    };
  };
  const show = () => {
    const rules = filter.value.split(',').filter((word) => word.trim()).map(matcher);
    state.matches = [];
    for (let i = 0; i < POINTS; ++i) if (rules.every((rule) => rule(i))) state.matches.push(i);
    if (state.sort) {
      const column = COLUMNS.get(state.sort);
      const rank = (i) => (column[i] === null || column[i] === undefined ? (state.down ? -Infinity : Infinity) : column[i]);
      state.matches.sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : a - b) * (state.down ? -1 : 1));
    }
    note.textContent = `${count(state.matches.length)} of ${count(POINTS)} points${state.matches.length > MOST ? `, the first ${MOST} shown` : ''}`;
    body.replaceChildren(...state.matches.slice(0, MOST).map((i) => element('tr', FRONT.has(i) ? {class: 'front'} : {},
      element('td', {}, String(i)), element('td', {class: 'text'}, names[STATUS[i]]),
      ...(STATUS[i] === 0 ? shown.map((name) => element('td', {}, text(value(name, i))))
        : [...sweep.keys.map((key) => element('td', {}, text(value(key, i)))), element('td', {class: 'text', colspan: shown.length - sweep.keys.length}, sweep.errors[i] || '')]))));
    check.counts.matches = state.matches.length;
  };
  const head = (name) => {
    const button = element('button', {type: 'button', title: `sort by ${name}`}, name.split('.').slice(-2).join('.'));
    button.addEventListener('click', () => {
      state.down = state.sort === name ? !state.down : true;
      state.sort = name;
      show();
    });
    return element('th', {}, button);
  };
  const save = element('button', {type: 'button', class: 'save'}, 'Save these as CSV');
  save.addEventListener('click', () => {
    const field = (x) => (x === null || x === undefined ? '' : /[",\n]/.test(String(x)) ? `"${String(x).replace(/"/g, '""')}"` : String(x));
    const all = [...new Set([...sweep.keys, ...COLUMNS.keys()])];
    const lines = [['point', 'status', 'error', ...all].join(','),
      ...state.matches.map((i) => [i, names[STATUS[i]], sweep.errors[i], ...all.map((name) => value(name, i))].map(field).join(','))];
    const link = element('a', {href: URL.createObjectURL(new Blob([lines.join('\n') + '\n'], {type: 'text/csv'})), download: 'points-chosen.csv'});
    link.click();
  });
  let waiting;
  filter.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(show, 150); });
  section('All points', null, element('div', {class: 'choices'}, filter, save), note,
    element('div', {class: 'scroll'}, element('table', {}, element('thead', {}, element('tr', {}, element('th', {}, 'point'), element('th', {class: 'text'}, 'status'), ...shown.map(head))), body)));
  show();
}

const started = performance.now();
document.title = `${count(POINTS)} points · pimtlm`;
page.replaceChildren(element('header', {}, element('h1', {}, `${count(POINTS)} points of ${sweep.model}`),
  element('p', {class: 'soft'}, `${count(sweep.ok)} ran, ${count(sweep.refused)} cannot run, ${count(sweep.failed)} failed · varied: ${sweep.keys.join(', ')}`),
  ...sweep.sentences.map((sentence) => element('p', {class: 'headline'}, `${sentence}.`))));
paretoSection();
heatSection();
parallelSection();
tableSection();
if (data.command) section('How to repeat this', null, element('pre', {}, data.command));
draw();
check.counts.milliseconds = Math.round(performance.now() - started);
report();
