import { h, useState } from './preact.js';
import { remove, write } from './server.js';
import { t } from './language.js';
import { ago, bytes, place, short, time } from './numbers.js';
import { usePolled } from './polled.js';
import { Dialog } from './dialog.js';
import { Head, Pager, Scroll, SortHead } from './table.js';

const LIMIT = 50;
const EVERY_MILLIS = 3_000;
const IDLE = ['', '10s', '1m', '10m', '1h'];

/** Who is connected, fifty at a time as the server sorts and filters them, and who was. */
export function Connections({ name, row, notices, operator, now }) {
  const [filter, setFilter] = useState({ address: '', identity: '', idle: '' });
  const [sort, setSort] = useState('-lastReadAt');
  const [offset, setOffset] = useState(0);
  const [closing, setClosing] = useState(null);
  const [sending, setSending] = useState(null);
  const page = usePolled('connections', { listener: name, ...filter, sort, offset, limit: LIMIT }, EVERY_MILLIS);
  if (row.transport === 'udp') {
    return h('p', { class: 'empty' }, t('connections.udp'));
  }
  const change = (key, value) => {
    setOffset(0);
    setFilter({ ...filter, [key]: value });
  };
  const close = async connection => {
    setClosing(null);
    try {
      await remove(`connections/${encodeURIComponent(connection.id)}`);
      notices.say(t('connections.closed', peer(connection)));
    } catch (refused) {
      notices.refused(refused);
    }
    page.again();
  };
  // A server that does not know pages answers all, unsorted.
  const all = page.data?.connections ?? [];
  const total = page.data?.total ?? all.length;
  const shown = page.data?.total == null ? all.slice(offset, offset + LIMIT) : all;
  const filtered = Object.values(filter).some(Boolean);
  const head = (column, label, numeric) => h(SortHead, { column, label: t(label), sort, setSort, numeric });
  return [
    h('section', null,
      h('form', { class: 'bar', onSubmit: event => event.preventDefault() },
        h('input', { type: 'search', 'aria-label': t('connections.filter.address'), placeholder: t('connections.filter.address'),
          value: filter.address, onChange: event => change('address', event.target.value.trim()) }),
        h('input', { type: 'search', 'aria-label': t('connections.filter.identity'), placeholder: t('connections.filter.identity'),
          value: filter.identity, onChange: event => change('identity', event.target.value.trim()) }),
        h('label', { class: 'inline' }, t('connections.filter.idle'),
          h('select', { value: filter.idle, onChange: event => change('idle', event.target.value) },
            IDLE.map(idle => h('option', { value: idle }, idle || t('connections.filter.idle.any')))))),
      page.problem && h('p', { class: 'banner bad' }, page.problem),
      page.data && shown.length === 0 && h('p', { class: 'empty' }, t(filtered ? 'connections.none-fit' : 'connections.none')),
      shown.length > 0 && h(Scroll, { label: t('tab.connections') }, h('table', null,
        h('thead', null, h('tr', null,
          head('remoteAddress', 'connections.peer'), head('identity', 'connections.identity'),
          head('openedAt', 'connections.opened'), head('lastReadAt', 'connections.read'),
          head('messages.in', 'connections.messages', true), head('bytes.in', 'connections.bytes', true),
          operator && h(Head, { label: t('column.actions') }))),
        h('tbody', null, shown.map(one => h('tr', { key: one.id, 'data-connection': one.id },
          h('th', { scope: 'row' }, peer(one), one.tlsSubject && h('small', null, ` ${one.tlsSubject}`)),
          h('td', null, one.identity ?? '–'),
          h('td', null, ago(one.openedAt, now)),
          h('td', null, ago(one.lastReadAt, now)),
          h('td', { class: 'number' }, `${short(one.messages.in)} / ${short(one.messages.out)}`),
          h('td', { class: 'number' }, `${bytes(one.bytes.in)} / ${bytes(one.bytes.out)}`),
          operator && h('td', { class: 'actions' }, h('div', { class: 'steering' },
            h('button', { type: 'button', class: 'small quiet', 'aria-label': `${t('connections.send')}: ${peer(one)}`, onClick: () => setSending(one) }, t('connections.send')),
            h('button', { type: 'button', class: 'small quiet danger', 'data-action': 'close', 'aria-label': `${t('close')}: ${peer(one)}`, onClick: () => setClosing(one) }, t('close'))))))))),
      h(Pager, { offset, limit: LIMIT, total, setOffset })),
    h(Closed, { name, now }),
    closing && h(Dialog, {
      title: t('connections.close.title', peer(closing)), confirm: t('close'), danger: true,
      done: () => close(closing), cancel: () => setClosing(null),
    }, h('p', null, t('connections.close.text'))),
    sending && h(SendDialog, { connection: sending, notices, ended: () => setSending(null) }),
  ];
}

function peer(connection) {
  return place(connection.remoteAddress, connection.remotePort);
}

function SendDialog({ connection, notices, ended }) {
  const [kind, setKind] = useState('text');
  const [content, setContent] = useState('');
  const send = async () => {
    ended();
    try {
      await write(`connections/${encodeURIComponent(connection.id)}`, { [kind]: content });
      notices.say(t('connections.sent', peer(connection)));
    } catch (refused) {
      notices.refused(refused);
    }
  };
  return h(Dialog, { title: t('connections.send.title', peer(connection)), confirm: t('connections.send'), done: send, cancel: ended },
    h(ContentInput, { kind, setKind, content, setContent }));
}

/** A text area whose content is text or hex. */
export function ContentInput({ kind, setKind, content, setContent }) {
  return [
    h('fieldset', { class: 'choice' },
      ['text', 'hex'].map(one => h('label', { key: one },
        h('input', { type: 'radio', name: 'kind', value: one, checked: kind === one, onChange: () => setKind(one) }), t(`try.${one}`)))),
    h('label', null, t('try.content'),
      h('textarea', { rows: 3, class: 'code', required: true, value: content, spellcheck: false,
        placeholder: kind === 'hex' ? '78 78 0D 0A' : '', onInput: event => setContent(event.target.value) })),
  ];
}

function Closed({ name, now }) {
  const { data, missing } = usePolled(`listeners/${encodeURIComponent(name)}/closed`, {}, EVERY_MILLIS);
  return h('section', null,
    h('h2', null, t('closed')),
    missing && h('p', { class: 'hint' }, t('not-available')),
    data?.closed.length === 0 && h('p', { class: 'hint' }, t('closed.none')),
    data?.closed.length > 0 && h(Scroll, { label: t('closed') }, h('table', null,
      h('thead', null, h('tr', null, h(Head, { label: t('connections.peer') }), h(Head, { label: t('connections.identity') }),
        h(Head, { label: t('closed.at') }), h(Head, { label: t('closed.reason') }),
        h(Head, { label: t('connections.messages'), numeric: true }), h(Head, { label: t('connections.bytes'), numeric: true }))),
      h('tbody', null, data.closed.slice(0, 20).map(one => h('tr', { key: one.id },
        h('th', { scope: 'row' }, peer(one)), h('td', null, one.identity ?? '–'),
        h('td', { title: time(one.closedAt) }, ago(one.closedAt, now)), h('td', null, one.reason),
        h('td', { class: 'number' }, `${short(one.messages.in)} / ${short(one.messages.out)}`),
        h('td', { class: 'number' }, `${bytes(one.bytes.in)} / ${bytes(one.bytes.out)}`)))))));
}
