import { h, useState } from './preact.js';
import { readIfThere, write } from './server.js';
import { t } from './language.js';
import { ago, count, time } from './numbers.js';
import { Head, Scroll } from './table.js';

const CONFLICT = 409;
const CHANGED_MEANWHILE = 412;
const INVALID = 422;

/** What the files on disk would change, "apply exactly this", and what was applied before. */
export function Configuration({ reload, reloaded, now, notices, operator }) {
  const [plan, setPlan] = useState(null);
  const [refusal, setRefusal] = useState(null);
  const [moved, setMoved] = useState(false);
  const [busy, setBusy] = useState(false);
  if (!reload) {
    return h('section', null, h('h1', null, t('configuration')), h('p', { class: 'hint' }, t('not-available')));
  }
  const make = async () => {
    setRefusal(null);
    try {
      setPlan(await write('reload', { 'dry-run': true }));
    } catch (refused) {
      setPlan(null);
      refuse(refused);
    }
  };
  const refuse = refused => ([CONFLICT, INVALID].includes(refused.status) ? setRefusal(refused) : notices.refused(refused));
  const apply = async () => {
    try {
      await write('reload', { expect: plan.fingerprint });
      setPlan(null);
      setMoved(false);
      notices.say(t('plan.applied'));
    } catch (refused) {
      if (refused.status === CHANGED_MEANWHILE) {
        setMoved(true);
        await make();
      } else {
        refuse(refused);
      }
    }
    readIfThere('reload').then(reloaded, () => {});
  };
  const busily = action => async () => {
    setBusy(true);
    await action();
    setBusy(false);
  };
  return [
    h('section', null,
      h('div', { class: 'bar' },
        h('h1', null, t('configuration')),
        h('span', { class: `badge ${{ applied: 'good', changed: 'warn', refused: 'bad' }[reload.state]}` }, t(`configuration.${reload.state}`))),
      h('p', { class: 'hint' }, t('runs.since', ago(reload.since, now), reload.by), ' ', t('plan.fingerprint', reload.fingerprint))),
    operator && h('section', null,
      h('div', { class: 'bar' },
        h('h2', null, t('plan')),
        h('button', { type: 'button', class: 'small quiet', disabled: busy, 'data-action': 'plan', onClick: busily(() => {
          setMoved(false);
          return make();
        }) }, t('plan.make'))),
      !plan && !refusal && h('p', { class: 'hint' }, t('plan.hint')),
      moved && h('p', { class: 'banner', role: 'alert' }, t('plan.moved')),
      refusal && h('div', { class: 'banner bad', role: 'alert' },
        h('strong', null, t(refusal.status === CONFLICT ? 'plan.needs-start' : 'plan.problems')),
        h('ul', null, (refusal.body?.problems ?? refusal.body?.keys ?? [refusal.message]).map(one => h('li', { key: one }, h('code', null, one))))),
      plan && h(Plan, { plan }),
      plan && plan.outcome !== 'unchanged' && h('button', { type: 'button', disabled: busy, 'data-action': 'apply', onClick: busily(apply) }, t('plan.apply'))),
    h(History, { reload }),
  ];
}

function Plan({ plan }) {
  if (plan.outcome === 'unchanged') {
    return h('p', null, t('plan.unchanged'));
  }
  const groups = [...Object.entries(plan.listeners ?? {}), ...Object.entries(plan.sinks ?? {})];
  return [
    groups.map(([name, group]) => h('article', { key: name, class: `plan ${group.change}` },
      h('h3', null, name, ' ', h('span', { class: `badge ${{ added: 'good', removed: 'bad' }[group.change] ?? 'warn'}` }, t(`plan.${group.change}`))),
      group.keys?.length > 0 && h(Scroll, { label: name }, h('table', null,
        h('thead', null, h('tr', null, ['key', 'old', 'now', 'effect'].map(column => h(Head, { key: column, label: t(`plan.${column}`) })))),
        h('tbody', null, group.keys.map(one => h('tr', { key: one.key },
          h('th', { scope: 'row' }, h('code', null, one.key)), h('td', null, h('code', null, one.old ?? '–')),
          h('td', null, h('code', null, one.now ?? '–')),
          h('td', null, one.effect, one.connections > 0 && h('small', { class: 'warn' }, ` · ${t('plan.connections', count(one.connections))}`))))))))),
    h(Remarks, { title: t('plan.gap'), all: plan.gap }),
    h(Remarks, { title: t('plan.overridden'), all: plan.overridden }),
    h('p', { class: 'hint' }, t('plan.fingerprint', plan.fingerprint)),
  ];
}

function Remarks({ title, all }) {
  return all?.length > 0 && h('div', { class: 'banner' }, h('strong', null, title), h('ul', null, all.map(one => h('li', { key: one }, one))));
}

function History({ reload }) {
  const all = reload.history ?? [];
  const tone = outcome => ({ applied: 'good', refused: 'bad', failed: 'bad' }[outcome] ?? '');
  return h('section', null,
    h('h2', null, t('history')),
    all.length === 0 && h('p', { class: 'hint' }, t('history.none')),
    all.length > 0 && h(Scroll, { label: t('history') }, h('table', null,
      h('thead', null, h('tr', null, ['at', 'by', 'outcome', 'summary'].map(column => h(Head, { key: column, label: t(`history.${column}`) })))),
      h('tbody', null, all.map(one => h('tr', { key: one.at },
        h('td', null, time(one.at)), h('td', null, one.by),
        h('td', null, h('span', { class: `badge ${tone(one.outcome)}` }, one.outcome)),
        h('td', null, one.summary, one.problems?.length > 0 && h('ul', null, one.problems.map(problem => h('li', { key: problem }, problem))))))))));
}
