import { h } from './preact.js';
import { t } from './language.js';

/** The head of a column that sorts; `sort` is a column's key, with `-` in front for the other way round. */
export function SortHead({ column, label, sort, setSort, numeric }) {
  const [key, descending] = sort.startsWith('-') ? [sort.slice(1), true] : [sort, false];
  const mine = key === column;
  return h('th', {
    scope: 'col', class: numeric ? 'number' : '',
    'aria-sort': mine ? (descending ? 'descending' : 'ascending') : undefined,
  }, h('button', {
    type: 'button', class: 'plain sort', title: t('sort.by', label),
    onClick: () => setSort(mine && !descending ? `-${column}` : mine ? column : numeric ? `-${column}` : column),
  }, label, h('span', { 'aria-hidden': 'true' }, mine ? (descending ? ' ↓' : ' ↑') : '')));
}

export function Head({ label, numeric }) {
  return h('th', { scope: 'col', class: numeric ? 'number' : '' }, label);
}

/** A table that scrolls sideways by itself where the screen is narrow. */
export function Scroll({ label, children }) {
  return h('div', { class: 'scroll', role: 'region', 'aria-label': label, tabIndex: 0 }, children);
}

export function Pager({ offset, limit, total, setOffset }) {
  return total > limit && h('p', { class: 'pager' },
    h('button', { type: 'button', class: 'small quiet', disabled: offset === 0, onClick: () => setOffset(Math.max(0, offset - limit)) },
      t('page.previous')),
    h('span', null, t('page.of', offset + 1, Math.min(total, offset + limit), total)),
    h('button', { type: 'button', class: 'small quiet', disabled: offset + limit >= total, onClick: () => setOffset(offset + limit) },
      t('page.next')));
}
