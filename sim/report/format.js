'use strict';

// Numbers as people write them, and HTML elements.

const SCALES = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, ''], [1e-3, 'm'], [1e-6, 'µ'], [1e-9, 'n'], [1e-12, 'p']];

function scaleFor(value) {
  return SCALES.find(([factor]) => Math.abs(value) >= factor * 0.9995) || (value === 0 ? [1, ''] : SCALES[SCALES.length - 1]);
}

/** Three significant digits, no exponent. */
function digits(value) {
  if (value === 0) return '0';
  const places = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en', {minimumFractionDigits: Math.min(places, 12), maximumFractionDigits: Math.min(places, 12)});
}

/** 0.00204 's' -> '2.04 ms' */
function si(value, unit) {
  const [factor, prefix] = scaleFor(value);
  return `${digits(value / factor)} ${prefix}${unit}`;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

function count(value) {
  return value.toLocaleString('en');
}

function words(key) {
  return key.replace(/_/g, ' ').replace(/\bkv\b/g, 'KV').replace(/\bmac\b/g, 'MAC').replace(/\balus\b/g, 'ALUs')
    .replace(/\bbram\b/g, 'BRAM').replace(/\bdie ram\b/g, 'DieRAM').replace(/\bactivate precharge\b/g, 'opening rows');
}

/** element('p', {class: 'soft'}, 'text', child, ...) */
function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  for (const child of children) if (child !== undefined && child !== null) node.append(child);
  return node;
}

/** `columns`: names; those that end in '*' hold text. */
function table(columns, rows, caption) {
  const text = columns.map((name) => name.endsWith('*'));
  const cells = (tag, row) => row.map((value, i) => element(tag, text[i] ? {class: 'text'} : {}, String(value)));
  return element('div', {class: 'scroll'}, element('table', {},
    caption ? element('caption', {}, caption) : null,
    element('thead', {}, element('tr', {}, ...cells('th', columns.map((name) => name.replace('*', ''))))),
    element('tbody', {}, ...rows.map((row) => element('tr', {}, ...cells('td', row))))));
}
