// How many messages came when: ten minutes of each listener, and its rate just now.

const SAMPLES = 120;
const EVERY_MILLIS = 5_000;
const RATE_OVER_MILLIS = 3_000;

const series = new Map();

function of(name) {
  if (!series.has(name)) {
    series.set(name, { samples: [], recent: [] });
  }
  return series.get(name);
}

export function forget() {
  series.clear();
}

/** Begins with what the server has noted before somebody looked. */
export function seed(history) {
  for (const [name, columns] of Object.entries(history.listeners)) {
    const known = of(name).samples;
    const first = known[0]?.at ?? Infinity;
    const before = columns.at
      .map((at, i) => ({ at, received: columns.received[i], dropped: columns.dropped[i] }))
      .filter(sample => sample.at < first);
    of(name).samples = [...before, ...known].slice(-SAMPLES - 1);
  }
}

/** Adds an event of the topic `overview`. */
export function add({ at, listeners }) {
  for (const [name, { received, dropped }] of Object.entries(listeners)) {
    const one = of(name);
    one.recent.push({ at, received, dropped });
    while (one.recent.length > 2 && at - one.recent[1].at >= RATE_OVER_MILLIS) {
      one.recent.shift();
    }
    if (at - (one.samples.at(-1)?.at ?? 0) >= EVERY_MILLIS) {
      one.samples.push({ at, received, dropped });
      one.samples.splice(0, one.samples.length - SAMPLES - 1);
    }
  }
  for (const name of series.keys()) {
    if (!(name in listeners)) {
      series.delete(name);
    }
  }
}

function between(from, to, key) {
  const seconds = (to.at - from.at) / 1000;
  return seconds > 0 ? Math.max(0, to[key] - from[key]) / seconds : 0;
}

/** Messages a second just now, or another counter. */
export function rate(name, key = 'received') {
  const { recent } = of(name);
  return recent.length < 2 ? 0 : between(recent[0], recent.at(-1), key);
}

/** Messages a second over the last ten minutes, oldest first, as `{ at, rate }`. */
export function rates(name) {
  const { samples } = of(name);
  return samples.slice(1).map((sample, i) => ({ at: sample.at, rate: between(samples[i], sample, 'received') }));
}

/** How many were dropped within the last minute. */
export function droppedLately(name) {
  const { samples, recent } = of(name);
  const now = recent.at(-1);
  const then = now && samples.find(sample => now.at - sample.at <= 60_000);
  return then ? Math.max(0, now.dropped - then.dropped) : 0;
}
