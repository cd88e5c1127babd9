/** What the reader of a page chose (cookies of the pages' own), or their browser says. */

export type PageLanguage = 'en' | 'ko';
export type PageTheme = 'light' | 'dark';

/** Of more a header holds an attack. */
const rangesMax = 32;

export function chooseLanguage(cookies: string | undefined, acceptLanguage: string | undefined): PageLanguage {
  const chosen = readCookie(cookies, 'naru_language');
  if (chosen === 'en' || chosen === 'ko') return chosen;
  return preferred(acceptLanguage ?? '');
}

/** Undefined: as the system has it. */
export function chooseTheme(cookies: string | undefined): PageTheme | undefined {
  const chosen = readCookie(cookies, 'naru_theme');
  return chosen === 'light' || chosen === 'dark' ? chosen : undefined;
}

/** RFC 9110 12.5.4: by weight, and of equals the first. */
function preferred(header: string): PageLanguage {
  let best: { language: PageLanguage; weight: number } = { language: 'en', weight: 0 };
  for (const range of header.split(',', rangesMax)) {
    const [name = '', ...parameters] = range.trim().toLowerCase().split(';');
    const language = /^(en|ko)(?:-|$)/.exec(name.trim())?.[1];
    const weight = Number(parameters.map((parameter) => /^\s*q=([\d.]{1,5})\s*$/.exec(parameter)?.[1]).find((found) => found !== undefined) ?? 1);
    if ((language === 'en' || language === 'ko') && weight > best.weight) best = { language, weight };
  }
  return best.language;
}

function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return undefined;
}
