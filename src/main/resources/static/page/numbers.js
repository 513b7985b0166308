// Numbers, sizes and times as people read them, in the language of the page.
import { language, t } from './language.js';

const locale = () => (language() === 'zh' ? 'zh-CN' : 'en-GB');

export function count(number) {
  return number == null ? '–' : number.toLocaleString(locale());
}

/** 12,345 as 12.3k, where room is scarce. */
export function short(number) {
  return number < 10_000
    ? count(number)
    : new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(number).replace('K', 'k');
}

export function perSecond(number) {
  const rounded = number > 0 && number < 10 ? Math.round(number * 10) / 10 : Math.round(number);
  return t('per-second', short(rounded));
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

export function bytes(number) {
  let unit = 0;
  let value = number;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit && value < 100 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

/** How long ago, in the largest unit that is not too coarse. */
export function ago(iso, now) {
  return iso ? t('ago', duration(now - Date.parse(iso))) : '–';
}

export function duration(millis) {
  const seconds = Math.max(0, Math.round(millis / 1000));
  if (seconds < 90) {
    return t('seconds', seconds);
  }
  if (seconds < 90 * 60) {
    return t('minutes', Math.round(seconds / 60));
  }
  return seconds < 48 * 3600 ? t('hours', Math.round(seconds / 3600)) : t('days', Math.round(seconds / 86_400));
}

export function time(iso) {
  const date = new Date(iso);
  const today = date.toDateString() === new Date().toDateString();
  return today
    ? date.toLocaleTimeString(locale(), { hour12: false })
    : date.toLocaleString(locale(), { hour12: false, dateStyle: 'short', timeStyle: 'medium' });
}

/** An address with its port; IPv6 in brackets. */
export function place(address, port) {
  if (address == null) {
    return '–';
  }
  const host = address.includes(':') ? `[${address}]` : address;
  return port == null ? host : `${host}:${port}`;
}

/** Bytes in hex as sixteen a line, with a space between two. */
export function hexLines(hex) {
  return hex.replace(/\s/g, '').toUpperCase().replace(/(..)/g, '$1 ').replace(/((?:.. ){16})/g, '$1\n').trim();
}
