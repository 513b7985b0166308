import { h, useState } from './preact.js';
import { write } from './server.js';
import { t } from './language.js';
import { ago, bytes, count, duration, hexLines, place, time } from './numbers.js';
import { usePolled } from './polled.js';
import { Dialog } from './dialog.js';
import { Head, Pager, Scroll, SortHead } from './table.js';

const LIMIT = 50;
const EVERY_MILLIS = 5_000;

/** What waits for sinks, and what they would not take. */
export function Spool({ name, listener, spool, notices, operator, now }) {
  if (!listener) {
    return h('p', { class: 'quiet', 'aria-busy': 'true' }, t('loading'));
  }
  if (!spool) {
    return h('p', { class: 'empty' }, t('spool.none'));
  }
  return [
    h('section', null,
      h('p', null, t('spool.used', bytes(spool.bytes), bytes(spool.capacity)), ' ',
        h('meter', { min: 0, max: spool.capacity, high: spool.capacity * 0.8, value: spool.bytes,
          'aria-label': t('spool.used', bytes(spool.bytes), bytes(spool.capacity)) })),
      spool.failure && h('p', { class: 'banner bad' }, spool.failure),
      h(Scroll, { label: t('tab.spool') }, h('table', null,
        h('thead', null, h('tr', null, h(Head, { label: t('spool.sink') }), h(Head, { label: t('spool.waiting'), numeric: true }),
          h(Head, { label: t('spool.oldest') }), h(Head, { label: t('spool.attempts'), numeric: true }), h(Head, { label: t('spool.error') }))),
        h('tbody', null, Object.entries(spool.sinks).map(([sink, one]) => h('tr', { key: sink },
          h('th', { scope: 'row' }, sink, one.orphaned && h('small', { class: 'warn' }, ` ${t('spool.orphaned')}`)),
          h('td', { class: 'number' }, count(one.messages), h('small', null, ` ${bytes(one.bytes)}`),
            one.heldStreams > 0 && h('small', { class: 'warn' }, ` · ${t('spool.held', one.heldStreams)}`)),
          h('td', null, one.messages > 0 ? duration(one.age * 1000) : '–'),
          h('td', { class: 'number' }, count(one.attempts)),
          h('td', { class: 'error' }, one.lastError ? [h('small', null, ago(one.lastErrorAt, now)), ` ${one.lastError}`] : '–'))))))),
    h(Letters, { name, notices, operator, now, count: Object.values(spool.sinks).reduce((sum, one) => sum + one.deadLetters, 0) }),
  ];
}

function Letters({ name, notices, operator, now, count: known }) {
  const [offset, setOffset] = useState(0);
  const [sort, setSort] = useState('-diedAt');
  const [selected, setSelected] = useState(new Set());
  const [discarding, setDiscarding] = useState(null);
  const path = `spools/${encodeURIComponent(name)}`;
  const page = usePolled(path, { offset, limit: LIMIT, sort }, EVERY_MILLIS);
  const letters = page.data?.deadLetters ?? [];
  const total = page.data?.deadLettersTotal ?? known;
  // A server that cannot select has no 'letter'.
  const selectable = operator && letters.every(letter => letter.letter);
  const chosen = letters.map(letter => letter.letter).filter(letter => selected.has(letter));
  const toggle = letter => {
    const next = new Set(selected);
    if (!next.delete(letter)) {
      next.add(letter);
    }
    setSelected(next);
  };
  const act = async (body, said) => {
    setDiscarding(null);
    try {
      const { replaying, purged } = await write(path, body);
      notices.say(t(said, count(replaying ?? purged)));
      setSelected(new Set());
    } catch (refused) {
      notices.refused(refused);
    }
    page.again();
  };
  const head = (column, label, numeric) => h(SortHead, { column, label: t(label), sort, setSort, numeric });
  return h('section', null,
    h('div', { class: 'bar' },
      h('h2', null, t('letters'), total > 0 && h('small', null, ` ${count(total)}`)),
      operator && total > 0 && h('div', { class: 'steering' },
        selectable && h('button', { type: 'button', class: 'small', disabled: !chosen.length, 'data-action': 'replay',
          onClick: () => act({ action: 'replay', letters: chosen.join() }, 'letters.replaying') }, t('letters.replay', chosen.length)),
        selectable && h('button', { type: 'button', class: 'small quiet danger', disabled: !chosen.length, 'data-action': 'discard',
          onClick: () => setDiscarding(chosen) }, t('letters.discard', chosen.length)),
        h('button', { type: 'button', class: 'small quiet', onClick: () => act({ action: 'replay' }, 'letters.replaying') }, t('letters.replay-all')))),
    page.data && letters.length === 0 && h('p', { class: 'hint' }, t('letters.none')),
    letters.length > 0 && h(Scroll, { label: t('letters') }, h('table', { class: 'letters' },
      h('thead', null, h('tr', null,
        selectable && h('th', { scope: 'col' }, h('input', { type: 'checkbox', 'aria-label': t('letters.select-all'),
          checked: chosen.length === letters.length, onChange: event => setSelected(new Set(event.target.checked ? letters.map(one => one.letter) : [])) })),
        head('diedAt', 'letters.died'), h(Head, { label: t('letters.sink') }), h(Head, { label: t('letters.from') }),
        head('attempts', 'spool.attempts', true), h(Head, { label: t('letters.reason') }), h(Head, { label: t('letters.payload') }))),
      h('tbody', null, letters.map(one => h('tr', { key: one.letter ?? one.id },
        selectable && h('td', null, h('input', { type: 'checkbox', 'aria-label': t('letters.select', one.letter),
          checked: selected.has(one.letter), onChange: () => toggle(one.letter) })),
        h('td', { title: time(one.diedAt) }, ago(one.diedAt, now)), h('td', null, one.sink),
        h('td', null, place(one.remoteAddress, one.remotePort)), h('td', { class: 'number' }, count(one.attempts)),
        h('td', { class: 'error' }, one.reason),
        h('td', null, h('code', { class: 'preview' }, one.text ?? hexLines(one.hex ?? '')), h('small', null, ` ${bytes(one.bytes)}`))))))),
    h(Pager, { offset, limit: LIMIT, total, setOffset }),
    discarding && h(Dialog, {
      title: t('letters.discard.title', discarding.length), confirm: t('letters.discard', discarding.length), danger: true,
      done: () => act({ action: 'purge', letters: discarding.join() }, 'letters.discarded'), cancel: () => setDiscarding(null),
    }, h('p', null, t('letters.discard.text'))));
}
