// The page: who is signed in, which view, and what the stream of events says.
import { h, render, useState, useEffect, useRef } from './preact.js';
import { onSignedOut, readIfThere, signOut, whoIsSignedIn } from './server.js';
import { follow } from './stream.js';
import * as series from './series.js';
import { speak, t } from './language.js';
import { duration } from './numbers.js';
import { useRoute } from './route.js';
import { attention } from './attention.js';
import { Header } from './header.js';
import { SignIn } from './sign-in.js';
import { Overview } from './overview.js';
import { ListenerView } from './listener.js';
import { Devices } from './devices.js';
import { Configuration } from './configuration.js';
import { Notices, useNotices } from './notices.js';

const STALE_MILLIS = 5_000;
const RELOAD_EVERY_MILLIS = 10_000;

/** Which run of the server was looked at last: a session does not outlive it, the page does. */
let lastInstance = null;

function App() {
  const [session, setSession] = useState(undefined);
  const [ended, setEnded] = useState(false);
  const [, spoken] = useState(0);

  const out = hasEnded => {
    series.forget();
    setEnded(hasEnded);
    setSession(null);
  };
  useEffect(() => {
    onSignedOut(() => out(true));
    const ask = () => whoIsSignedIn().then(setSession, refused => {
      if (refused.status === 401) {
        setSession(null);
      } else {
        setTimeout(ask, 2_000);
      }
    });
    ask();
  }, []);

  const changeLanguage = wanted => {
    speak(wanted);
    spoken(n => n + 1);
  };
  if (session === undefined) {
    return h('main', { class: 'quiet', 'aria-busy': 'true' }, t('loading'));
  }
  if (session === null) {
    return h(SignIn, { ended, changeLanguage, signedIn: () => whoIsSignedIn().then(setSession) });
  }
  return h(Desk, { session, changeLanguage, signedOut: out });
}

/** What somebody sees who is signed in. */
function Desk({ session, changeLanguage, signedOut }) {
  const route = useRoute();
  const [overview, setOverview] = useState(null);
  const [glance, setGlance] = useState(null);
  const [heardAt, setHeardAt] = useState(0);
  const [lost, setLost] = useState(false);
  const [restarted, setRestarted] = useState(lastInstance && lastInstance !== session.instance ? session.startedAt : null);
  const [reload, setReload] = useState(null);
  const [tapped, setTapped] = useState(null);
  const [now, setNow] = useState(Date.now());
  const notices = useNotices();
  const frames = useRef(() => {});
  const clock = useRef(0);
  lastInstance ??= session.instance;

  const topics = ['overview'];
  if (route.listener) {
    topics.push(`listener:${route.listener}`);
  }
  if (tapped && tapped === route.listener) {
    topics.push(`tap:${tapped}`);
  }
  useEffect(() => {
    setGlance(null);
    return follow(topics, {
      event(name, data) {
        setLost(false);
        setHeardAt(Date.now());
        if (name === 'hello') {
          if (data.instance !== lastInstance) {
            series.forget();
            setRestarted(data.startedAt);
          }
          lastInstance = data.instance;
        } else if (name === 'overview') {
          clock.current = data.at - Date.now();
          series.add(data);
          setOverview(data);
        } else if (name === 'listener') {
          setGlance(data);
        } else if (name === 'tap') {
          frames.current(data);
        }
      },
      lost: () => setLost(true),
      signedOut: () => signedOut(true),
    });
  }, [topics.join()]);

  useEffect(() => {
    readIfThere('history').then(history => history && series.seed(history), () => {});
    const ticks = setInterval(() => setNow(Date.now()), 1_000);
    const askReload = () => document.hidden || readIfThere('reload').then(setReload, () => {});
    askReload();
    const asks = setInterval(askReload, RELOAD_EVERY_MILLIS);
    return () => {
      clearInterval(ticks);
      clearInterval(asks);
    };
  }, [session.instance]);

  const age = heardAt ? now - heardAt : null;
  const stale = lost || (age !== null && age > STALE_MILLIS);
  const live = { lost, stale, age, waiting: heardAt === 0 };
  // Times in events are the server's, whose clock need not be ours.
  const serverNow = now + clock.current;
  const items = overview ? attention(overview.listeners, reload) : [];
  useEffect(() => {
    const where = route.listener ?? route.device
      ?? t(['devices', 'configuration'].includes(route.view) ? route.view : 'overview');
    document.title = `${items.length ? `(${items.length}) ` : ''}${where} – Sluice`;
  });

  const shared = { session, overview, now: serverNow, notices, operator: session.role === 'operator' };
  let view;
  if (route.listener) {
    view = h(ListenerView, {
      key: route.listener, ...shared, name: route.listener, tab: route.tab, glance,
      tap: { on: tapped === route.listener, set: on => setTapped(on ? route.listener : null), frames },
    });
  } else if (route.view === 'devices') {
    view = h(Devices, { ...shared, route });
  } else if (route.view === 'configuration') {
    view = h(Configuration, { ...shared, reload, reloaded: setReload });
  } else {
    view = h(Overview, { ...shared, items });
  }
  return [
    h('a', { class: 'skip', href: '#content', onClick: toContent }, t('skip')),
    h(Header, {
      session, route, live, reload, changeLanguage, attention: items.length,
      signOut: () => signOut().then(() => signedOut(false), notices.refused),
    }),
    h('main', { id: 'content', tabIndex: -1, class: stale ? 'stale' : '' },
      lost && h('p', { class: 'banner bad', role: 'alert' }, t('lost', age === null ? '–' : duration(age))),
      restarted && h('p', { class: 'banner', role: 'status' },
        t('restarted', t('ago', duration(serverNow - Date.parse(restarted)))), ' ',
        h('button', { class: 'small', onClick: () => setRestarted(null) }, t('dismiss'))),
      view),
    h(Notices, { notices }),
  ];
}

function toContent(event) {
  event.preventDefault();
  document.getElementById('content').focus();
}

render(h(App), document.body);
