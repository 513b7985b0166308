// What came of an action, told below and to screen readers, gone after a while.
import { h, useMemo, useState } from './preact.js';
import { t } from './language.js';

const SHOWN_MILLIS = 8_000;

export function useNotices() {
  const [all, setAll] = useState([]);
  const actions = useMemo(() => {
    const dismiss = id => setAll(before => before.filter(notice => notice.id !== id));
    const add = (text, bad) => {
      const id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
      setAll(before => [...before.slice(-3), { id, text, bad }]);
      setTimeout(() => dismiss(id), SHOWN_MILLIS);
    };
    return {
      dismiss,
      say: text => add(text, false),
      complain: text => add(text, true),
      refused: refused => refused.status !== 401
        && add(t('failed', refused.status === 0 ? t('unreachable') : refused.message), true),
    };
  }, []);
  return { all, ...actions };
}

export function Notices({ notices }) {
  return h('div', { class: 'notices', role: 'status', 'aria-live': 'polite' },
    notices.all.map(({ id, text, bad }) => h('p', { key: id, class: bad ? 'bad' : '' }, text,
      h('button', { class: 'plain', 'aria-label': t('dismiss'), onClick: () => notices.dismiss(id) }, '×'))));
}
