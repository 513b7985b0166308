// Views by the part of the address behind `#`, so that the browser's back button and bookmarks work.
import { useState, useEffect } from './preact.js';

function parse(hash) {
  const [view = '', listener, tab] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  if (view === 'devices') {
    return listener && tab ? { view, realm: listener, device: tab } : { view };
  }
  return view === 'listeners' && listener ? { view, listener, tab: tab ?? 'summary' } : { view: view || 'overview' };
}

export function useRoute() {
  const [route, setRoute] = useState(parse(location.hash));
  useEffect(() => {
    const changed = () => setRoute(parse(location.hash));
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
}

export function toDevice(realm, identity) {
  return `#/devices/${encodeURIComponent(realm)}/${encodeURIComponent(identity)}`;
}

export function toListener(name, tab = 'summary') {
  return `#/listeners/${encodeURIComponent(name)}${tab === 'summary' ? '' : `/${tab}`}`;
}
