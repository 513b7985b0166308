// The words of the page. English is the measure: a text that another language lacks is shown in English.
import english from './english.js';
import chinese from './chinese.js';

export const LANGUAGES = { en: 'English', zh: '中文' };

/** English with longer words in it, to see whether there is room for other languages; `localStorage.language = 'long'`. */
const long = Object.fromEntries(Object.entries(english).map(([key, text]) => {
  const more = 'ëxträ wörds '.repeat(Math.ceil(text.length * 0.4 / 12)).slice(0, Math.ceil(text.length * 0.4));
  return [key, `${text} ${more}`.trim()];
}));

const texts = { en: english, zh: chinese, long };

let current = localStorage.getItem('language')
  ?? (navigator.languages.some(wanted => wanted.toLowerCase().startsWith('zh')) ? 'zh' : 'en');

/** `en`, `zh` or `long`. */
export function language() {
  return current in texts ? current : 'en';
}

export function speak(wanted) {
  current = wanted;
  localStorage.setItem('language', wanted);
  document.documentElement.lang = wanted === 'zh' ? 'zh-CN' : 'en';
}

/** A text with `{0}`, `{1}` … filled in. */
export function t(key, ...values) {
  const text = texts[language()][key] ?? english[key] ?? key;
  return text.replace(/\{(\d)\}/g, (_, i) => values[i]);
}

speak(language());
