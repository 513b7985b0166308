import { h } from './preact.js';
import { rates } from './series.js';
import { perSecond } from './numbers.js';
import { t } from './language.js';

const WIDTH = 120;
const HEIGHT = 24;
const SPAN_MILLIS = 600_000;

/** Ten minutes of a listener's rate as a small curve. */
export function Sparkline({ name, now, wide }) {
  const width = wide ? WIDTH * 4 : WIDTH;
  const height = wide ? HEIGHT * 2 : HEIGHT;
  const points = rates(name).filter(point => now - point.at <= SPAN_MILLIS);
  const top = Math.max(1, ...points.map(point => point.rate));
  const x = point => (width * (1 - (now - point.at) / SPAN_MILLIS)).toFixed(1);
  const y = point => (height - 1.5 - (height - 3) * point.rate / top).toFixed(1);
  const line = points.map((point, i) => `${i ? 'L' : 'M'}${x(point)} ${y(point)}`).join('');
  const area = points.length > 1 && `${line}L${x(points.at(-1))} ${height}L${x(points[0])} ${height}Z`;
  return h('svg', {
    class: 'sparkline', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img',
    'aria-label': t('rate.history', perSecond(points.length ? top : 0)),
  },
  h('path', { class: 'base', d: `M0 ${height - 0.5}H${width}` }),
  area && h('path', { class: 'area', d: area }),
  area && h('path', { class: 'line', d: line }));
}
