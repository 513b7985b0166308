import { useEffect, useState } from './preact.js';
import { read } from './server.js';

/**
 * What an endpoint says, asked anew every so often while the tab is seen. Returns `{ data, missing, again }`: `missing`
 * if the server does not have it.
 */
export function usePolled(path, parameters, everyMillis) {
  const [answer, setAnswer] = useState({ data: null, missing: false });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let ended = false;
    let timer;
    const ask = async () => {
      try {
        const data = document.hidden ? null : await read(path, parameters);
        if (!ended && data) {
          setAnswer({ data, missing: false });
        }
      } catch (refused) {
        if (!ended && (refused.status === 404 || refused.status === 403)) {
          setAnswer({ data: null, missing: true });
        } else if (!ended && refused.status === 400) {
          setAnswer({ data: null, missing: false, problem: refused.message });
        }
      }
      if (!ended && everyMillis) {
        timer = setTimeout(ask, everyMillis);
      }
    };
    ask();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [path, JSON.stringify(parameters), turn]);
  return { ...answer, again: () => setTurn(before => before + 1) };
}
