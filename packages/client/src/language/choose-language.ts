/** Which of our languages the person at the terminal reads: POSIX's variables, in POSIX's order. */
export type Language = 'en' | 'ko';

/** `LC_ALL` beats `LC_MESSAGES` beats `LANG`; an empty one counts as none. Whatever is not Korean is English. */
export function chooseLanguage(environment: Readonly<Record<string, string | undefined>>): Language {
  const locale = ['LC_ALL', 'LC_MESSAGES', 'LANG'].map((name) => environment[name]).find((value) => value !== undefined && value !== '');
  return /^ko(?:[_.@-]|$)/i.test(locale ?? '') ? 'ko' : 'en';
}
