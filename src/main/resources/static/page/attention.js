// What an operator has to see first: derived from what all listeners say, worst first.
import { t } from './language.js';
import { count } from './numbers.js';
import { droppedLately } from './series.js';

const NEARLY_FULL = 0.8;
const NEARLY_ALL_CONNECTIONS = 0.9;

/** Items as `{ listener, tab, bad, text }`; without `listener` it is the configuration. */
export function attention(listeners, reload) {
  const items = [];
  if (reload?.state === 'refused') {
    items.push({ bad: true, text: t('attention.configuration-refused') });
  } else if (reload?.state === 'changed') {
    items.push({ bad: false, text: t('attention.configuration-changed') });
  }
  for (const [listener, row] of Object.entries(listeners)) {
    ofListener(listener, row).forEach(item => items.push({ listener, tab: 'summary', ...item }));
  }
  return items.sort((a, b) => b.bad - a.bad);
}

/** Those of one listener. */
export function ofListener(name, row) {
  const items = [];
  const bad = (text, tab) => items.push({ bad: true, text, tab: tab ?? 'summary' });
  const warn = (text, tab) => items.push({ bad: false, text, tab: tab ?? 'summary' });
  if (row.state === 'FAILED') {
    bad(t('attention.failed', row.failure));
  } else if (row.state === 'STOPPED' && row.enabled) {
    warn(t('attention.stopped'));
  } else if (row.state === 'PAUSED') {
    warn(t('attention.paused'));
  }
  if (row.limit && row.open >= row.limit * NEARLY_ALL_CONNECTIONS) {
    warn(t('attention.connections', count(row.open), count(row.limit)), 'connections');
  }
  if (row.away > 0) {
    warn(t('attention.away', count(row.away)));
  }
  const dropped = droppedLately(name);
  if (dropped > 0) {
    warn(t('attention.dropping', count(dropped)));
  }
  if (row.delivery) {
    ofDelivery(row.delivery, bad, warn);
  }
  return items;
}

function ofDelivery(delivery, bad, warn) {
  if (delivery.failure) {
    bad(t('attention.spool-failure', delivery.failure), 'spool');
  } else if (delivery.held) {
    bad(t('attention.spool-held'), 'spool');
  } else if (delivery.capacity && delivery.bytes >= delivery.capacity * NEARLY_FULL) {
    warn(t('attention.spool-filling', Math.floor(100 * delivery.bytes / delivery.capacity)), 'spool');
  }
  if (delivery.failing) {
    bad(t('attention.sink-failing', delivery.sink, delivery.lastError), 'spool');
  }
  if (delivery.deadLetters > 0) {
    warn(t('attention.dead-letters', count(delivery.deadLetters)), 'spool');
  }
}
