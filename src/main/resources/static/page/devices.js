import { h, useState } from './preact.js';
import { read, remove, write } from './server.js';
import { t } from './language.js';
import { ago, count, time } from './numbers.js';
import { usePolled } from './polled.js';
import { toDevice } from './route.js';
import { Dialog } from './dialog.js';
import { Equation } from './listener.js';
import { ContentInput } from './connections.js';
import { Head, Pager, Scroll, SortHead } from './table.js';

const LIMIT = 50;
const EVERY_MILLIS = 3_000;
const TERMS = ['', '1m', '10m', '1h', '24h'];
const WAIT = '30s';

/** Devices that take commands, what becomes of commands, or one of the devices. */
export function Devices(props) {
  const { data, missing, again } = usePolled('commands', {}, EVERY_MILLIS);
  if (missing) {
    return h('div', { class: 'empty' }, h('p', null, t('devices.none-take')), h('p', { class: 'hint' }, t('devices.none-take.hint')));
  }
  if (!data) {
    return h('p', { class: 'quiet', 'aria-busy': 'true' }, t('loading'));
  }
  return props.route.device
    ? h(One, { key: `${props.route.realm}/${props.route.device}`, ...props, realm: props.route.realm, identity: props.route.device })
    : h(All, { ...props, summary: data, again });
}

function All({ summary, again, notices, operator, now }) {
  const [identity, setIdentity] = useState('');
  const [sort, setSort] = useState('identity');
  const [offset, setOffset] = useState(0);
  const [closing, setClosing] = useState(null);
  const [sending, setSending] = useState(null);
  const page = usePolled('devices', { identity, sort, offset, limit: LIMIT }, EVERY_MILLIS);
  const devices = page.data?.devices ?? [];
  const { ledger } = summary;
  const head = (column, label, numeric) => h(SortHead, { column, label: t(label), sort, setSort, numeric });
  const close = async device => {
    setClosing(null);
    await closeDevice(device, notices);
    page.again();
  };
  return [
    h('h1', null, t('devices')),
    summary.failure && h('p', { class: 'banner bad', role: 'alert' }, t('devices.failure', summary.failure)),
    h('section', null, h('h2', null, t('commands')),
      h(Equation, {
        whole: { value: ledger.submitted, label: t('outcome.submitted') },
        parts: [
          { value: ledger.confirmed, label: t('outcome.confirmed'), tone: 'good' },
          { value: ledger.rejected, label: t('outcome.rejected'), tone: 'bad' },
          { value: ledger.unconfirmed, label: t('outcome.unconfirmed'), tone: 'bad' },
          { value: ledger.expired, label: t('outcome.expired'), tone: 'warn' },
          { value: ledger.cancelled, label: t('outcome.cancelled') },
          { value: ledger.refused, label: t('outcome.refused') },
          { value: ledger.pending, label: t('outcome.pending'), tone: 'warn' },
        ],
      })),
    h('section', null,
      h('h2', null, t('devices.connected', count(summary.devices))),
      h('form', { class: 'bar', onSubmit: event => event.preventDefault() },
        h('input', { type: 'search', 'aria-label': t('connections.identity'), placeholder: t('connections.identity'), value: identity,
          onInput: event => { setOffset(0); setIdentity(event.target.value.trim()); } }),
        operator && h('button', { type: 'button', class: 'small', 'data-action': 'command', onClick: () => setSending({ identity }) }, t('commands.send'))),
      page.problem && h('p', { class: 'banner bad' }, page.problem),
      page.data && devices.length === 0 && h('p', { class: 'empty' }, t(identity ? 'devices.none-fit' : 'devices.none')),
      devices.length > 0 && h(Scroll, { label: t('devices') }, h('table', null,
        h('thead', null, h('tr', null,
          head('identity', 'connections.identity'), head('listener', 'column.listener'), head('remote', 'connections.peer'),
          head('since', 'devices.since'), head('pending', 'outcome.pending', true), operator && h(Head, { label: t('column.actions') }))),
        h('tbody', null, devices.map(one => h('tr', { key: `${one.realm}/${one.identity}`, 'data-device': one.identity },
          h('th', { scope: 'row' }, h('a', { href: toDevice(one.realm, one.identity) }, one.identity)),
          h('td', null, one.listener), h('td', null, one.remote), h('td', null, ago(one.since, now)),
          h('td', { class: 'number' }, count(one.pending)),
          operator && h('td', { class: 'actions' }, h('div', { class: 'steering' },
            h('button', { type: 'button', class: 'small quiet', 'aria-label': `${t('connections.send')}: ${one.identity}`, onClick: () => setSending(one) }, t('connections.send')),
            h('button', { type: 'button', class: 'small quiet danger', 'data-action': 'close', 'aria-label': `${t('close')}: ${one.identity}`, onClick: () => setClosing(one) }, t('close'))))))))),
      h(Pager, { offset, limit: LIMIT, total: page.data?.total ?? devices.length, setOffset })),
    h('section', null, h('h2', null, t('commands.ended')),
      summary.ended.length === 0 && h('p', { class: 'hint' }, t('commands.ended.none')),
      summary.ended.length > 0 && h(Scroll, { label: t('commands.ended') }, h('table', null,
        h('thead', null, h('tr', null, h(Head, { label: t('commands.id') }), h(Head, { label: t('connections.identity') }),
          h(Head, { label: t('commands.outcome') }), h(Head, { label: t('commands.attempts'), numeric: true }), h(Head, { label: t('commands.over') }))),
        h('tbody', null, summary.ended.map(one => h('tr', { key: one.id },
          h('th', { scope: 'row' }, one.id), h('td', null, h('a', { href: toDevice(one.realm, one.identity) }, one.identity)),
          h('td', null, h(Outcome, one)), h('td', { class: 'number' }, count(one.attempts)),
          h('td', { title: time(one.endedAt) }, ago(one.endedAt, now)))))))),
    closing && h(CloseDialog, { device: closing, done: () => close(closing), cancel: () => setClosing(null) }),
    sending && h(CommandDialog, { ...sending, realms: summary.realms, notices, ended: () => { setSending(null); again(); page.again(); } }),
  ];
}

function One({ realm, identity, notices, operator, now }) {
  const connected = usePolled('devices', { realm, identity, limit: LIMIT, offset: 0 }, EVERY_MILLIS);
  const pending = usePolled('commands', { realm, identity }, EVERY_MILLIS);
  const [sending, setSending] = useState(false);
  const [closing, setClosing] = useState(false);
  const device = connected.data?.devices.find(one => one.identity === identity && one.realm === realm);
  const commands = pending.data?.commands ?? [];
  const cancel = async command => {
    try {
      const { outcome } = await remove(`commands/${encodeURIComponent(command.id)}`);
      notices.say(t('commands.became', command.id, t(`outcome.${outcome ?? 'pending'}`)));
    } catch (refused) {
      notices.refused(refused);
    }
    pending.again();
  };
  return [
    h('div', { class: 'bar listener' }, h('h1', null, identity), h('small', null, realm),
      connected.data && h('span', { class: `badge ${device ? 'good' : ''}` }, t(device ? 'devices.here' : 'devices.away')),
      operator && h('div', { class: 'steering' },
        h('button', { type: 'button', class: 'small', 'data-action': 'command', onClick: () => setSending(true) }, t('commands.send')),
        device && h('button', { type: 'button', class: 'small quiet danger', 'data-action': 'close', onClick: () => setClosing(true) }, t('close')))),
    device && h('p', { class: 'hint' }, t('devices.where', device.listener, device.remote, ago(device.since, now))),
    h('section', null, h('h2', null, t('commands.waiting')),
      pending.problem && h('p', { class: 'banner bad' }, pending.problem),
      pending.data && commands.length === 0 && h('p', { class: 'empty' }, t('commands.none')),
      commands.length > 0 && h(Scroll, { label: t('commands.waiting') }, h('table', null,
        h('thead', null, h('tr', null, h(Head, { label: t('commands.id') }), h(Head, { label: t('commands.state') }),
          h(Head, { label: t('commands.attempts'), numeric: true }), h(Head, { label: t('commands.submitted') }),
          h(Head, { label: t('commands.expires') }), operator && h(Head, { label: t('column.actions') }))),
        h('tbody', null, commands.map(one => h('tr', { key: one.id, 'data-command': one.id },
          h('th', { scope: 'row' }, one.id), h('td', null, t(`commands.state.${one.state}`)),
          h('td', { class: 'number' }, count(one.attempts)), h('td', null, ago(one.submittedAt, now)), h('td', null, time(one.expiresAt)),
          operator && h('td', { class: 'actions' }, h('button', { type: 'button', class: 'small quiet danger', 'data-action': 'cancel',
            'aria-label': `${t('commands.cancel')}: ${one.id}`, onClick: () => cancel(one) }, t('commands.cancel'))))))))),
    sending && h(CommandDialog, { identity, realm, realms: [realm], notices, ended: () => { setSending(false); pending.again(); } }),
    closing && h(CloseDialog, { device, cancel: () => setClosing(false),
      done: async () => { setClosing(false); await closeDevice(device, notices); connected.again(); } }),
  ];
}

async function closeDevice(device, notices) {
  try {
    await remove(`devices/${encodeURIComponent(device.identity)}?realm=${encodeURIComponent(device.realm)}`);
    notices.say(t('connections.closed', device.identity));
  } catch (refused) {
    notices.refused(refused);
  }
}

function Outcome({ outcome }) {
  const tone = { confirmed: 'good', rejected: 'bad', unconfirmed: 'bad', expired: 'warn' }[outcome] ?? '';
  return h('span', { class: `badge ${tone}` }, t(`outcome.${outcome}`));
}

function CloseDialog({ device, done, cancel }) {
  return h(Dialog, { title: t('connections.close.title', device.identity), confirm: t('close'), danger: true, done, cancel },
    h('p', null, t('connections.close.text')));
}

/** Submits a command; what becomes of it is said once it is known. */
function CommandDialog({ identity: known, realm: its, realms, notices, ended }) {
  const [identity, setIdentity] = useState(known ?? '');
  const [realm, setRealm] = useState(its ?? realms[0]);
  const [kind, setKind] = useState('text');
  const [content, setContent] = useState('');
  const [ttl, setTtl] = useState('');
  const send = async () => {
    ended();
    try {
      const command = await write('commands', { identity, realm, [kind]: content, ...(ttl && { ttl }) });
      notices.say(t('commands.taken', command.id));
      const { outcome } = await read(`commands/${encodeURIComponent(command.id)}`, { wait: WAIT });
      notices.say(t('commands.became', command.id, t(`outcome.${outcome ?? 'pending'}`)));
    } catch (refused) {
      notices.refused(refused);
    }
  };
  return h(Dialog, { title: t('commands.send'), confirm: t('connections.send'), done: send, cancel: ended },
    h('label', null, t('connections.identity'), h('input', { required: true, maxLength: 128, value: identity, readOnly: Boolean(its),
      onInput: event => setIdentity(event.target.value) })),
    realms.length > 1 && h('label', null, t('devices.realm'),
      h('select', { value: realm, onChange: event => setRealm(event.target.value) }, realms.map(one => h('option', { value: one }, one)))),
    h(ContentInput, { kind, setKind, content, setContent }),
    h('label', null, t('commands.ttl'),
      h('select', { value: ttl, onChange: event => setTtl(event.target.value) }, TERMS.map(one => h('option', { value: one }, one || t('commands.ttl.usual'))))));
}
