import { h, useState } from './preact.js';
import { write } from './server.js';
import { t } from './language.js';
import { count, hexLines } from './numbers.js';
import { ContentInput } from './connections.js';

/** Sends something through the listener's own port, and shows what comes back. */
export function Try({ name, notices, operator }) {
  const [kind, setKind] = useState('text');
  const [content, setContent] = useState('');
  const [framed, setFramed] = useState(true);
  const [busy, setBusy] = useState(false);
  const [exchange, setExchange] = useState(null);
  const send = async event => {
    event.preventDefault();
    setBusy(true);
    try {
      setExchange(await write(`try/${encodeURIComponent(name)}`, { [kind]: content, framed }));
    } catch (refused) {
      notices.refused(refused);
    }
    setBusy(false);
  };
  return h('section', { class: 'try' },
    h('p', { class: 'hint' }, t(operator ? 'try.hint' : 'try.viewer')),
    operator && h('form', { onSubmit: send },
      h(ContentInput, { kind, setKind, content, setContent }),
      h('label', { class: 'inline' }, h('input', { type: 'checkbox', checked: framed, onChange: event => setFramed(event.target.checked) }), t('try.framed')),
      h('button', { type: 'submit', disabled: busy, 'aria-busy': busy ? 'true' : undefined }, t('try.send'))),
    exchange && h('div', { class: 'exchange', role: 'status' },
      h(Content, { title: t('try.sent'), content: exchange.sent }),
      h(Content, { title: t('try.received'), content: exchange.received }),
      h('p', { class: 'hint' }, t(`try.ended.${exchange.ended}`, exchange.millis))));
}

function Content({ title, content }) {
  return h('div', null,
    h('h3', null, title, ' ', h('small', null, t('try.bytes', count(content.bytes)))),
    content.bytes === 0 ? h('p', { class: 'hint' }, t('try.nothing')) : [
      content.text != null && h('code', { class: 'block' }, content.text),
      h('code', { class: 'block faint' }, hexLines(content.hex)),
    ]);
}
