// One stream of events for the whole tab, since a browser opens six connections to a server at most.
import { whoIsSignedIn } from './server.js';

const EVENTS = ['hello', 'overview', 'listener', 'tap'];
const SILENT_MILLIS = 10_000;
const FIRST_WAIT_MILLIS = 500;
const LONGEST_WAIT_MILLIS = 4_000;

/**
 * Follows topics until the function that it returns is called. A hidden tab follows nothing.
 *
 * @param on functions `event(name, data)`, `lost()` and `signedOut()`
 */
export function follow(topics, on) {
  let source = null;
  let timer = null;
  let silence = null;
  let wait = FIRST_WAIT_MILLIS;
  let ended = false;

  function close() {
    clearTimeout(timer);
    clearTimeout(silence);
    source?.close();
    source = null;
  }

  function again() {
    close();
    if (!ended && !document.hidden) {
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MILLIS);
    }
  }

  function heard() {
    clearTimeout(silence);
    silence = setTimeout(again, SILENT_MILLIS);
  }

  async function open() {
    close();
    try {
      // An event source does not tell a session that has ended from a server that is away.
      await whoIsSignedIn();
    } catch (refused) {
      if (ended) {
        return;
      }
      if (refused.status === 401) {
        ended = true;
        on.signedOut();
        return;
      }
      on.lost();
      again();
      return;
    }
    if (ended || document.hidden) {
      return;
    }
    source = new EventSource(`events?${new URLSearchParams({ topics: topics.join(',') })}`);
    EVENTS.forEach(name => source.addEventListener(name, event => {
      heard();
      wait = FIRST_WAIT_MILLIS;
      on.event(name, JSON.parse(event.data));
    }));
    source.onerror = again;
    heard();
  }

  function seen() {
    if (document.hidden) {
      close();
    } else if (!source) {
      wait = FIRST_WAIT_MILLIS;
      open();
    }
  }

  document.addEventListener('visibilitychange', seen);
  open();
  return () => {
    ended = true;
    document.removeEventListener('visibilitychange', seen);
    close();
  };
}
