import { h, useState } from './preact.js';
import { t } from './language.js';
import { ago, bytes, count, perSecond, place, short } from './numbers.js';
import { rate } from './series.js';
import { toListener } from './route.js';
import { ofListener } from './attention.js';
import { Sparkline } from './sparkline.js';
import { State, Steering } from './steering.js';
import { Head, SortHead } from './table.js';

const STATES = ['FAILED', 'DRAINING', 'PAUSED', 'STARTING', 'RUNNING', 'STOPPED'];

const VALUES = {
  name: ([name]) => name,
  state: ([, row]) => STATES.indexOf(row.state),
  open: ([, row]) => row.open,
  rate: ([name]) => rate(name),
  dropped: ([, row]) => row.dropped,
  waiting: ([, row]) => row.delivery?.messages ?? -1,
};

function compare(sort) {
  const value = VALUES[sort.replace('-', '')];
  const sign = sort.startsWith('-') ? -1 : 1;
  return (a, b) => {
    const [x, y] = [value(a), value(b)];
    return (x < y ? -sign : x > y ? sign : 0) || (a[0] < b[0] ? -1 : 1);
  };
}

function fits([name, row], wanted) {
  const text = [name, place(row.address, row.port), row.transport, t(`state.${row.state}`), row.failure, row.delivery?.lastError];
  return text.join(' ').toLowerCase().includes(wanted.trim().toLowerCase());
}

export function Overview({ overview, items, now, notices, operator }) {
  const [wanted, setWanted] = useState('');
  const [sort, setSort] = useState('name');
  if (!overview) {
    return h('p', { class: 'quiet', 'aria-busy': 'true' }, t('loading'));
  }
  const all = Object.entries(overview.listeners);
  const shown = all.filter(one => fits(one, wanted)).sort(compare(sort));
  const head = (column, label, numeric) => h(SortHead, { column, label: t(label), sort, setSort, numeric });
  return [
    h(Attention, { items }),
    h('section', { 'aria-label': t('overview') },
      h('div', { class: 'bar' },
        h('h1', null, t('listeners.count', count(all.length))),
        !items.length && all.length > 0 && h('span', { class: 'badge good' }, t('attention.all-well')),
        h('input', {
          type: 'search', 'aria-label': t('filter'), placeholder: t('filter.listeners'), value: wanted,
          onInput: event => setWanted(event.target.value),
        })),
      all.length === 0 && h('div', { class: 'empty' }, h('strong', null, t('listeners.none')), h('p', null, t('listeners.none.hint'))),
      all.length > 0 && shown.length === 0 && h('p', { class: 'empty' }, t('filter.nothing', wanted)),
      shown.length > 0 && h('table', { class: 'listeners' },
        h('thead', null, h('tr', null,
          head('state', 'column.listener'), h(Head, { label: t('column.address') }),
          head('open', 'column.connections', true), head('rate', 'column.rate', true),
          head('dropped', 'column.drops', true), head('waiting', 'column.waiting', true),
          h(Head, { label: t('column.error') }), operator && h(Head, { label: t('column.actions') }))),
        h('tbody', null, shown.map(([name, row]) => h(Row, { key: name, name, row, now, notices, operator }))))),
  ];
}

function Attention({ items }) {
  return items.length > 0 && h('section', { class: 'attention', 'aria-label': t('attention') },
    h('h2', null, t('attention')),
    h('ul', null, items.slice(0, 12).map(item => h('li', { key: `${item.listener} ${item.text}`, class: item.bad ? 'bad' : 'warn' },
      h('a', { href: item.listener ? toListener(item.listener, item.tab) : '#/configuration' },
        item.listener ?? t('configuration')), ' ', item.text)),
    items.length > 12 && h('li', null, `+ ${items.length - 12}`)));
}

function Row({ name, row, now, notices, operator }) {
  const cell = (label, attributes, ...children) => h('td', { 'data-label': t(label), ...attributes }, children);
  const trouble = ofListener(name, row);
  const tone = trouble.some(item => item.bad) ? 'bad' : trouble.length ? 'warn' : '';
  return h('tr', { class: tone, 'data-listener': name },
    h('th', { scope: 'row' }, h('a', { href: toListener(name) }, name), h(State, { row })),
    cell('column.address', { class: 'address' }, h('small', null, row.transport), ' ', place(row.address, row.port)),
    cell('column.connections', { class: 'number' }, row.limit == null ? '–' : h(Share, { part: row.open, whole: row.limit })),
    cell('column.rate', { class: 'number rate' }, h('span', null, perSecond(rate(name))), h(Sparkline, { name, now })),
    cell('column.drops', { class: `number ${row.dropped + row.failed > 0 ? '' : 'zero'}` }, short(row.dropped)),
    cell('column.waiting', { class: `number ${row.delivery ? '' : 'nothing'}` }, row.delivery ? h(Waiting, { delivery: row.delivery }) : '–'),
    cell('column.error', { class: `error ${row.failure || row.delivery?.lastError ? '' : 'nothing'}` }, h(LastError, { row, now })),
    operator && cell('column.actions', { class: 'actions' }, h(Steering, { name, row, notices })));
}

/** A number out of a limit, with a bar once it is worth a look. */
export function Share({ part, whole }) {
  return [
    h('span', null, short(part)), h('small', null, ` / ${short(whole)}`),
    part / whole >= 0.01 && h('meter', { min: 0, max: whole, high: whole * 0.9, value: part, 'aria-label': `${part} / ${whole}` }),
  ];
}

function Waiting({ delivery }) {
  const full = delivery.capacity ? Math.floor(100 * delivery.bytes / delivery.capacity) : 0;
  return [
    h('span', { class: delivery.messages ? '' : 'zero' }, short(delivery.messages)),
    delivery.messages > 0 && h('small', null, ` ${delivery.sink}`),
    delivery.deadLetters > 0 && h('small', { class: 'warn' }, ` · ${t('waiting.letters', short(delivery.deadLetters))}`),
    full > 0 && h('small', { title: bytes(delivery.bytes) }, ` · ${t('waiting.full', full)}`),
  ];
}

function LastError({ row, now }) {
  if (row.failure) {
    return row.failure;
  }
  const { lastError, lastErrorAt, sink, failing } = row.delivery ?? {};
  return lastError
    ? h('span', { class: failing ? '' : 'past', title: lastError }, h('small', null, ago(lastErrorAt, now)), ` ${sink}: ${lastError}`)
    : h('span', { class: 'zero' }, '–');
}
