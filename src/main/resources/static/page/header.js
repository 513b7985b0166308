import { h, useState } from './preact.js';
import { LANGUAGES, language, t } from './language.js';
import { duration } from './numbers.js';

const THEMES = ['auto', 'light', 'dark'];

function setTheme(theme) {
  localStorage.setItem('theme', theme);
  if (theme === 'auto') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
}

export function Choices({ changeLanguage }) {
  const [theme, choose] = useState(localStorage.getItem('theme') ?? 'auto');
  return [
    h('select', {
      'aria-label': t('theme'), value: theme, onChange: event => {
        setTheme(event.target.value);
        choose(event.target.value);
      },
    }, THEMES.map(one => h('option', { value: one }, `${t('theme')}: ${t(`theme.${one}`)}`))),
    h('select', { 'aria-label': t('language'), value: language(), onChange: event => changeLanguage(event.target.value) },
      Object.entries(LANGUAGES).map(([code, name]) => h('option', { value: code, lang: code }, name))),
  ];
}

function LiveBadge({ live }) {
  const kind = live.lost ? 'bad' : live.stale || live.waiting ? 'warn' : 'good';
  const text = live.waiting && !live.lost ? t('live.connecting')
    : live.lost ? t('live.lost')
    : live.stale ? t('live.age', duration(live.age)) : t('live');
  return h('span', { id: 'live', class: `badge ${kind}` }, text);
}

function ConfigurationBadge({ reload }) {
  const kind = { applied: 'good', changed: 'warn', refused: 'bad' }[reload.state] ?? '';
  return h('a', { class: `badge ${kind}`, href: '#/configuration' },
    t('configuration.is', t(`configuration.${reload.state}`)));
}

export function Header({ session, route, live, reload, attention, changeLanguage, signOut }) {
  const current = view => (route.view === view ? 'page' : undefined);
  return h('header', null,
    h('a', { class: 'brand', href: '#/' },
      h('img', { src: 'page/icon.svg', alt: '', width: 22, height: 22 }),
      h('strong', null, 'Sluice'), h('small', null, session.version.replace('-SNAPSHOT', ''))),
    h('nav', { 'aria-label': 'Sluice' },
      h('a', { href: '#/', 'aria-current': current('overview') }, t('overview'),
        attention > 0 && h('span', { class: 'count', 'aria-label': `${t('attention')}: ${attention}` }, attention)),
      h('a', { href: '#/devices', 'aria-current': current('devices') }, t('devices')),
      h('a', { href: '#/configuration', 'aria-current': current('configuration') }, t('configuration'))),
    h('div', { class: 'badges' }, h(LiveBadge, { live }), reload && h(ConfigurationBadge, { reload })),
    h('div', { class: 'choices' },
      h(Choices, { changeLanguage }),
      h('span', { class: 'user', title: session.role === 'viewer' ? t('viewer.hint') : undefined },
        session.user, h('small', null, t(`role.${session.role}`))),
      h('button', { class: 'small quiet', onClick: signOut }, t('sign-out'))));
}
