import { h, useEffect, useState } from './preact.js';
import { t } from './language.js';
import { count, hexLines, place, time } from './numbers.js';
import { usePolled } from './polled.js';
import { Head, Scroll } from './table.js';

const MOST_FRAMES = 200;
const DRAW_EVERY_MILLIS = 250;
const EVERY_MILLIS = 5_000;

/** What arrives just now, for operators, and the last frames that were refused. */
export function Live({ name, listener, operator, tap }) {
  return [h(Watch, { listener, operator, tap }), h(Rejected, { name })];
}

function Watch({ listener, operator, tap }) {
  const [frames, setFrames] = useState([]);
  const [asHex, setAsHex] = useState(false);
  useEffect(() => {
    let next = 0;
    let gathered = [];
    tap.frames.current = frame => {
      gathered.unshift({ ...frame, key: next++ });
      gathered.splice(MOST_FRAMES);
    };
    // Not one by one: a slow screen must not fall behind what arrives.
    const draws = setInterval(() => {
      if (gathered.length) {
        const fresh = gathered;
        gathered = [];
        setFrames(before => [...fresh, ...before].slice(0, MOST_FRAMES));
        if (fresh.some(frame => frame.ended)) {
          tap.set(false);
        }
      }
    }, DRAW_EVERY_MILLIS);
    return () => {
      clearInterval(draws);
      tap.frames.current = () => {};
      tap.set(false);
    };
  }, []);
  const off = listener?.tap === 'off';
  return h('section', null,
    h('div', { class: 'bar' },
      h('h2', null, t('tap')),
      operator && !off && h('button', { type: 'button', class: `small ${tap.on ? 'quiet' : ''}`, 'data-action': 'watch', onClick: () => tap.set(!tap.on) },
        t(tap.on ? 'tap.stop' : 'tap.start')),
      frames.length > 0 && h('label', { class: 'inline' },
        h('input', { type: 'checkbox', checked: asHex, onChange: event => setAsHex(event.target.checked) }), t('tap.as-hex')),
      frames.length > 0 && h('button', { type: 'button', class: 'small quiet', onClick: () => setFrames([]) }, t('tap.clear'))),
    h('p', { class: 'hint' }, t(!operator ? 'tap.viewer' : off ? 'tap.off' : 'tap.hint')),
    tap.on && frames.length === 0 && h('p', { class: 'hint', 'aria-busy': 'true' }, t('tap.waiting')),
    frames.length > 0 && h('ol', { class: 'frames', role: 'log', 'aria-label': t('tap'), tabIndex: 0 },
      frames.map(frame => h(Frame, { key: frame.key, frame, asHex }))));
}

function Frame({ frame, asHex }) {
  if (frame.ended) {
    return h('li', { class: 'hint' }, t(`tap.ended.${frame.ended}`));
  }
  if (frame.direction === 'none') {
    return h('li', { class: 'hint' }, t('tap.skipped', count(frame.skipped)));
  }
  return h('li', { class: frame.direction },
    h('span', { class: 'meta' }, h('b', null, t(`tap.${frame.direction}`)), ` ${time(frame.at)} ${place(frame.remoteAddress, frame.remotePort)} `,
      frame.identity && h('em', null, frame.identity), ` ${t('try.bytes', count(frame.length))}`,
      frame.skipped > 0 && ` · ${t('tap.skipped', count(frame.skipped))}`),
    h('code', null, shown(frame, asHex), frame.cut && h('small', null, ` ${t('tap.cut', count(frame.length))}`)));
}

function shown({ text, hex }, asHex) {
  if (text != null && !asHex) {
    return text;
  }
  return hex != null ? hexLines(hex) : text != null ? hexLines(utf8Hex(text)) : '';
}

function utf8Hex(text) {
  return Array.from(new TextEncoder().encode(text), byte => byte.toString(16).padStart(2, '0')).join('');
}

function Rejected({ name }) {
  const { data, missing } = usePolled(`listeners/${encodeURIComponent(name)}/rejected`, {}, EVERY_MILLIS);
  return h('section', null,
    h('h2', null, t('rejected')),
    missing && h('p', { class: 'hint' }, t('not-available')),
    data?.rejected.length === 0 && h('p', { class: 'hint' }, t('rejected.none')),
    data?.rejected.length > 0 && h(Scroll, { label: t('rejected') }, h('table', null,
      h('thead', null, h('tr', null, ['at', 'reason', 'peer', 'frame'].map(column => h(Head, { key: column, label: t(`rejected.${column}`) })))),
      h('tbody', null, data.rejected.map((one, i) => h('tr', { key: `${one.at} ${i}` },
        h('td', null, time(one.at)),
        h('td', null, h('b', null, one.reason), one.problem && h('small', null, ` ${one.problem}`)),
        h('td', null, place(one.remoteAddress, one.remotePort), one.identity && ` ${one.identity}`),
        h('td', null, one.hex && h('code', { class: 'block' }, hexLines(one.hex)),
          one.length != null && h('small', null, t('try.bytes', count(one.length))))))))));
}
