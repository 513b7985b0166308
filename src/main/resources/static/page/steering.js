// Start, stop, pause and resume, as far as the state allows.
import { h, useState } from './preact.js';
import { write } from './server.js';
import { t } from './language.js';
import { count } from './numbers.js';
import { Dialog } from './dialog.js';

const POSSIBLE = {
  RUNNING: ['pause', 'stop'],
  PAUSED: ['resume', 'stop'],
  STOPPED: ['start'],
  FAILED: ['start'],
};

export function State({ row }) {
  const off = row.state === 'STOPPED' && row.enabled === false;
  return h('span', { class: `state ${off ? 'off' : row.state.toLowerCase()}` },
    t(off ? 'state.declared-off' : `state.${row.state}`));
}

export function Steering({ name, row, notices }) {
  const [busy, setBusy] = useState(null);
  const [asking, setAsking] = useState(false);
  const steer = async action => {
    setBusy(action);
    setAsking(false);
    try {
      const { state } = await write(`listeners/${encodeURIComponent(name)}`, { action });
      notices.say(t('action.done', name, t(`state.${state}`)));
    } catch (refused) {
      if (refused.status === 409) {
        notices.complain(t('action.conflict', name, t(`state.${refused.body?.state}`), refused.message));
      } else {
        notices.refused(refused);
      }
    } finally {
      setBusy(null);
    }
  };
  const click = action => (action === 'stop' && row.open > 0 ? setAsking(true) : steer(action));
  return h('div', { class: 'steering' },
    (POSSIBLE[row.state] ?? []).map(action => h('button', {
      key: action, type: 'button', class: `small ${action === 'stop' ? 'quiet danger' : 'quiet'}`, disabled: busy !== null,
      'aria-busy': busy === action ? 'true' : undefined, 'data-action': action,
      'aria-label': `${t(`action.${action}`)}: ${name}`, onClick: () => click(action),
    }, t(`action.${action}`))),
    asking && h(Dialog, {
      title: t('stop.title', name), confirm: t('action.stop'), danger: true,
      done: () => steer('stop'), cancel: () => setAsking(false),
    }, h('p', null, t('stop.text', count(row.open)))));
}
