import { h } from './preact.js';
import { t } from './language.js';
import { bytes, count, perSecond, place } from './numbers.js';
import { rate } from './series.js';
import { toListener } from './route.js';
import { ofListener } from './attention.js';
import { Sparkline } from './sparkline.js';
import { State, Steering } from './steering.js';
import { Share } from './overview.js';
import { Connections } from './connections.js';
import { Live } from './live.js';
import { Spool } from './spool.js';
import { Try } from './try.js';
import { Settings } from './settings.js';

const TABS = { summary: Summary, connections: Connections, live: Live, spool: Spool, try: Try, settings: Settings };

/** One listener: what it does, and a tab for each thing to look at or to do. */
export function ListenerView(props) {
  const { name, tab, overview, glance, notices, operator, now } = props;
  const row = overview?.listeners[name];
  if (overview && !row) {
    return h('div', { class: 'empty' }, h('p', null, t('listener.gone', name)), h('a', { href: '#/' }, t('overview')));
  }
  if (!row) {
    return h('p', { class: 'quiet', 'aria-busy': 'true' }, t('loading'));
  }
  const View = TABS[tab] ?? Summary;
  return [
    h('div', { class: 'bar listener' },
      h('h1', null, name),
      h(State, { row }),
      h('span', { class: 'address' }, h('small', null, row.transport), ' ', place(row.address, row.port)),
      h('span', { class: 'rate' }, perSecond(rate(name)), h(Sparkline, { name, now })),
      operator && h(Steering, { name, row, notices })),
    h('ul', { class: 'attention inline' }, ofListener(name, row).map(item =>
      h('li', { key: item.text, class: item.bad ? 'bad' : 'warn' }, item.text))),
    h('nav', { class: 'tabs', 'aria-label': name }, Object.keys(TABS).map(one => h('a', {
      key: one, href: toListener(name, one), 'aria-current': one === tab ? 'page' : undefined,
    }, t(`tab.${one}`), one === 'connections' && row.limit != null && h('small', null, ` ${count(row.open)}`),
    one === 'spool' && row.delivery?.deadLetters > 0 && h('span', { class: 'count' }, row.delivery.deadLetters)))),
    h(View, { ...props, row, listener: glance?.listener, spool: glance?.spool }),
  ];
}

function Term({ value, label, tone }) {
  return h('span', { class: `term ${tone ?? ''} ${value ? '' : 'zero'}` }, h('b', null, count(value)), h('small', null, label));
}

/** `whole = a + b + c`, each with its name below. */
export function Equation({ whole, parts }) {
  const sign = text => h('span', { class: 'sign', 'aria-hidden': 'true' }, text);
  return h('p', { class: 'equation' }, h(Term, whole), parts.map((part, i) => [sign(i ? '+' : '='), h(Term, part)]));
}

function sum(counts) {
  return Object.values(counts ?? {}).reduce((all, one) => all + one, 0);
}

function Summary({ listener, spool, row }) {
  if (!listener) {
    return h('p', { class: 'quiet', 'aria-busy': 'true' }, t('loading'));
  }
  const { messages } = listener;
  return [
    h('section', null,
      h('h2', null, t('ledger')),
      h(Equation, {
        whole: { value: messages.received, label: t('ledger.received') },
        parts: [
          { value: messages.accepted, label: t('ledger.accepted'), tone: 'good' },
          { value: messages.failed, label: t('ledger.failed'), tone: 'bad' },
          { value: sum(messages.dropped), label: t('ledger.dropped'), tone: 'warn' },
        ],
      }),
      messages.quiet > 0 && h('p', { class: 'hint' }, t('ledger.quiet', count(messages.quiet))),
      Object.entries(spool?.sinks ?? {}).map(([sink, ledger]) => h('div', { key: sink },
        h('h3', null, t('ledger.to', sink)),
        h(Equation, {
          whole: { value: ledger.routed, label: t('ledger.routed') },
          parts: [
            { value: ledger.delivered, label: t('ledger.delivered'), tone: 'good' },
            { value: ledger.messages, label: t('ledger.spooled'), tone: 'warn' },
            { value: ledger.deadLetters, label: t('ledger.dead'), tone: 'bad' },
            { value: ledger.purged, label: t('ledger.purged') },
          ],
        })))),
    h('section', null, h(Facts, { listener, row })),
  ];
}

function Facts({ listener, row }) {
  const { connections, messages } = listener;
  const reasons = [['column.drops', messages.dropped], ['facts.rejected', connections.rejected],
    ['facts.closed', connections.closed], ['facts.withheld', messages.withheld], ['facts.rules', messages.rules]];
  return h('dl', { class: 'facts' },
    row.limit != null && h(Fact, { label: t('column.connections') }, h(Share, { part: row.open, whole: row.limit })),
    row.limit != null && h(Fact, { label: t('facts.accepted') }, count(connections.accepted)),
    listener.devices && h(Fact, { label: t('facts.devices') }, t('facts.devices.up', listener.devices.up, listener.devices.away)),
    h(Fact, { label: t('facts.replied') }, count(messages.replied)),
    h(Fact, { label: t('facts.bytes-in') }, bytes(listener.bytes.received)),
    h(Fact, { label: t('facts.bytes-out') }, bytes(listener.bytes.sent)),
    reasons.filter(([, counts]) => sum(counts) > 0).map(([label, counts]) => h(Fact, { key: label, label: t(label) },
      h('ul', null, Object.entries(counts).map(([reason, number]) => h('li', { key: reason }, count(number), ' ', h('small', null, reason)))))));
}

function Fact({ label, children }) {
  return h('div', null, h('dt', null, label), h('dd', null, children));
}
