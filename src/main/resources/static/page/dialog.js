import { h, useEffect, useRef } from './preact.js';
import { t } from './language.js';

/** A dialog that keeps the focus and closes with Escape; `confirm` names the button that does it. */
export function Dialog({ title, confirm, danger, done, cancel, children }) {
  const dialog = useRef();
  useEffect(() => dialog.current.showModal(), []);
  const submit = event => {
    event.preventDefault();
    done();
  };
  return h('dialog', { ref: dialog, onCancel: cancel, 'aria-label': title },
    h('form', { class: 'dialog', onSubmit: submit },
      h('h2', null, title),
      children,
      h('footer', null,
        h('button', { type: 'button', class: 'quiet', onClick: cancel }, t('cancel')),
        h('button', { type: 'submit', class: danger ? 'danger' : '' }, confirm))));
}
