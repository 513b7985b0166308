// Views by the part of the address behind `#`, so that the browser's back button and bookmarks work.
import { useState, useEffect } from './preact.js';

function parse(hash) {
  const [view = '', listener, tab = 'summary'] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  return view === 'listeners' && listener ? { view, listener, tab } : { view: view || 'overview' };
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

export function toListener(name, tab = 'summary') {
  return `#/listeners/${encodeURIComponent(name)}${tab === 'summary' ? '' : `/${tab}`}`;
}
