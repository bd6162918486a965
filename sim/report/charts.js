'use strict';

// Charts: each has a canvas, a description for those who do not see it, and its numbers as a table.

/** What a test looks at: errors, and of each chart its marks and the numbers behind them. */
const check = {errors: [], charts: {}};
window.addEventListener('error', (event) => check.errors.push(String(event.message)));
document.addEventListener('securitypolicyviolation', (event) => check.errors.push(`blocked ${event.blockedURI}`));

const COMPONENTS = ['bank_weights', 'bank_kv', 'link_weights', 'link_kv', 'controller_weights', 'controller_kv',
  'latency', 'firmware'];

/** So that charts can be drawn again in other colours: what builds a Chart.js configuration, or paints by itself. */
const builders = [];

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function narrow() {
  return window.innerWidth < 600;
}

/** `build()` makes a Chart.js configuration; `values(config)` the numbers it plots. */
function chart(id, height, description, build, numbers) {
  const canvas = element('canvas', {id, role: 'img', 'aria-label': description});
  const box = element('div', {class: 'chart', style: `height:${height}px`}, canvas);
  builders.push({id, canvas, build, chart: null});
  return element('figure', {style: 'margin:0'}, box,
    element('details', {}, element('summary', {}, 'The numbers'), numbers));
}

function draw() {
  Chart.defaults.color = color('soft');
  Chart.defaults.borderColor = color('grid');
  Chart.defaults.font.family = 'system-ui, sans-serif';
  Chart.defaults.font.size = 12;
  for (const entry of builders) {
    if (entry.paint) {
      entry.paint();
      continue;
    }
    if (entry.chart) entry.chart.destroy();
    const config = entry.build();
    config.options = Object.assign({animation: false, maintainAspectRatio: false, responsive: true}, config.options);
    entry.chart = new Chart(entry.canvas, config);
  }
  report();
}

function report() {
  for (const {id, chart: drawn} of builders) {
    if (!drawn) continue;
    const datasets = drawn.data.datasets.map((dataset, i) => ({
      label: dataset.label,
      marks: drawn.getDatasetMeta(i).data.filter((mark) => !mark.skip && Number.isFinite(mark.x)).length,
      values: dataset.data,
    }));
    check.charts[id] = {marks: datasets.reduce((sum, d) => sum + d.marks, 0), datasets};
  }
  document.documentElement.dataset.check = JSON.stringify(check);
}

function legend(position) {
  return {position: position || 'bottom', labels: {boxWidth: 12, boxHeight: 12, padding: 10}};
}

/** Bars on their sides, stacked. rows: names; stacks: {label, color, values}. */
function stackedBars(rows, stacks, unit, format) {
  return {
    type: 'bar',
    data: {
      labels: rows,
      datasets: stacks.map((s) => ({label: s.label, data: s.values, backgroundColor: color(s.color) || s.color,
        borderWidth: 0, maxBarThickness: 34})),
    },
    options: {
      indexAxis: 'y',
      scales: {
        x: {stacked: true, title: {display: true, text: unit}, grid: {color: color('grid')}},
        y: {stacked: true, grid: {display: false}, ticks: {color: color('ink')}},
      },
      plugins: {
        legend: legend(),
        tooltip: {callbacks: {label: (item) => `${item.dataset.label}: ${format(item.raw)}`}},
      },
    },
  };
}

/** Writes the names of bars into them where there is room: "MAC gate_up", else "gate_up", else that once over all of them. */
const barNames = {
  id: 'barNames',
  afterDatasetsDraw(drawn) {
    const context = drawn.ctx;
    context.save();
    context.font = `11px ${Chart.defaults.font.family}`;
    context.textBaseline = 'middle';
    context.textAlign = 'center';
    context.fillStyle = color('card');
    const write = (texts, left, right, y) => {
      const text = texts.find((candidate) => context.measureText(candidate).width < right - left - 6);
      if (text) context.fillText(text, (left + right) / 2, y);
      return Boolean(text);
    };
    const unnamed = {};
    drawn.data.datasets.forEach((dataset, i) => {
      if (!dataset.named) return;
      drawn.getDatasetMeta(i).data.forEach((bar, j) => {
        const {x, base, y} = bar.getProps(['x', 'base', 'y'], true);
        const {name, y: row} = dataset.data[j];
        const step = name.split(' ')[1] || name;
        const all = unnamed[`${row} ${step}`] || (unnamed[`${row} ${step}`] = {step, y, bars: [], named: false});
        all.bars.push([Math.min(x, base), Math.max(x, base)]);
        all.named = write([name, step], Math.min(x, base), Math.max(x, base), y) || all.named;
      });
    });
    for (const {step, y, bars, named} of Object.values(unnamed)) {
      bars.sort((a, b) => a[0] - b[0]);
      const touching = bars.every(([left], i) => i === 0 || left - bars[i - 1][1] < 4);
      if (!named && touching) write([step], bars[0][0], bars[bars.length - 1][1], y);
    }
    context.restore();
  },
};

/** Points of a dataset that lie together: one label has the names of all. */
function clusters(points, marks) {
  const found = [];
  points.forEach((point, i) => {
    const near = found.find((c) => Math.hypot(c.x - marks[i].x, c.y - marks[i].y) < 9);
    if (near) near.names.push(point.name);
    else found.push({x: marks[i].x, y: marks[i].y, names: [point.name]});
  });
  return found;
}

/** Writes names beside points where there is room for them; the table has them all. */
const pointLabels = {
  id: 'pointLabels',
  afterDatasetsDraw(drawn) {
    const context = drawn.ctx;
    const area = drawn.chartArea;
    const taken = [];
    drawn.data.datasets.forEach((dataset, i) => {
      const marks = drawn.getDatasetMeta(i).data;
      const keep = (x, y, size) => taken.push({left: x - size, right: x + size, top: y - size, bottom: y + size});
      marks.forEach(({x, y}, j) => {
        keep(x, y, 5);
        if (dataset.type !== 'line' || j === 0) return;
        const from = marks[j - 1];
        for (let part = 0; part < 1; part += 0.02) keep(from.x + part * (x - from.x), from.y + part * (y - from.y), 2);
      });
    });
    context.save();
    context.font = `11px ${Chart.defaults.font.family}`;
    context.textBaseline = 'middle';
    const write = (text, x, y) => {
      const width = context.measureText(text).width;
      const places = [[9, 0], [-9 - width, 0], [9, 13], [9, -13], [-width / 2, 15], [-width / 2, -15], [-9 - width, 13], [-9 - width, -13]];
      for (const [dx, dy] of places) {
        const box = {left: x + dx, right: x + dx + width, top: y + dy - 7, bottom: y + dy + 7};
        const inside = box.left >= area.left && box.right <= area.right && box.top >= area.top && box.bottom <= area.bottom;
        if (!inside || taken.some((o) => box.right > o.left && box.left < o.right && box.bottom > o.top && box.top < o.bottom)) continue;
        taken.push(box);
        context.fillText(text, box.left, y + dy);
        return true;
      }
      return false;
    };
    drawn.data.datasets.forEach((dataset, i) => {
      if (!dataset.labelled) return;
      context.fillStyle = dataset.backgroundColor;
      for (const {x, y, names} of clusters(dataset.data, drawn.getDatasetMeta(i).data)) {
        if (!write(names.join(', '), x, y) && names.length > 1) write(`${names.length} steps`, x, y);
      }
    });
    context.restore();
  },
};

window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
window.matchMedia('print').addEventListener('change', draw);
