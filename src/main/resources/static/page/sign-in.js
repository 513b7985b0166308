import { h, useState } from './preact.js';
import { signIn } from './server.js';
import { t } from './language.js';
import { Choices } from './header.js';

export function SignIn({ ended, changeLanguage, signedIn }) {
  const [problem, setProblem] = useState(ended ? t('sign-in.ended') : null);
  const [busy, setBusy] = useState(false);
  const submit = async event => {
    event.preventDefault();
    const form = new FormData(event.target);
    setBusy(true);
    try {
      await signIn(form.get('username'), form.get('password'));
      await signedIn();
    } catch (refused) {
      setBusy(false);
      setProblem(refused.status === 401 ? t('sign-in.wrong')
        : refused.status === 429 ? t('sign-in.slow', refused.retryAfter || 1)
        : t('failed', refused.status === 0 ? t('unreachable') : refused.message));
    }
  };
  return h('main', { class: 'sign-in' },
    h('form', { onSubmit: submit },
      h('h1', null, h('img', { src: 'page/icon.svg', alt: '', width: 32, height: 32 }), 'Sluice'),
      problem && h('p', { class: 'banner bad', role: 'alert' }, problem),
      h('label', null, t('sign-in.user'),
        h('input', { name: 'username', autocomplete: 'username', autocapitalize: 'none', spellcheck: false, required: true, autofocus: true })),
      h('label', null, t('sign-in.password'),
        h('input', { name: 'password', type: 'password', autocomplete: 'current-password', required: true })),
      h('button', { type: 'submit', 'aria-busy': busy ? 'true' : undefined, disabled: busy }, t('sign-in')),
      h('small', null, t('sign-in.hint'))),
    h('div', { class: 'choices' }, h(Choices, { changeLanguage })));
}
