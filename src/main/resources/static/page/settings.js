import { h, useState } from './preact.js';
import { t } from './language.js';
import { usePolled } from './polled.js';
import { Head, Scroll } from './table.js';

/** What holds for a listener, and who said it. */
export function Settings({ name }) {
  const [onlySaid, setOnlySaid] = useState(true);
  const [wanted, setWanted] = useState('');
  const { data, missing } = usePolled(`configuration/${encodeURIComponent(name)}`, {}, 0);
  if (missing) {
    return h('p', { class: 'hint' }, t('not-available'));
  }
  const keys = (data?.keys ?? [])
    .filter(one => !onlySaid || one.origin !== 'default')
    .filter(one => `${one.key} ${one.value} ${one.origin}`.toLowerCase().includes(wanted.trim().toLowerCase()));
  return h('section', null,
    h('div', { class: 'bar' },
      h('label', { class: 'inline' }, h('input', { type: 'checkbox', checked: onlySaid, onChange: event => setOnlySaid(event.target.checked) }), t('settings.only-said')),
      h('input', { type: 'search', 'aria-label': t('filter'), placeholder: t('filter'), value: wanted, onInput: event => setWanted(event.target.value) })),
    h(Scroll, { label: t('tab.settings') }, h('table', null,
      h('thead', null, h('tr', null, ['key', 'value', 'origin'].map(column => h(Head, { key: column, label: t(`settings.${column}`) })))),
      h('tbody', null, keys.map(one => h('tr', { key: one.key },
        h('th', { scope: 'row' }, h('code', null, one.key)), h('td', null, h('code', null, one.value)),
        h('td', null, one.origin === 'default' ? h('span', { class: 'zero' }, t('settings.default')) : one.origin)))))));
}
