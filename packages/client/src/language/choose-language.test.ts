import { expect, test } from 'bun:test';
import { chooseLanguage } from './choose-language.ts';

test.each([
  [{}, 'en'],
  [{ LANG: 'ko_KR.UTF-8' }, 'ko'],
  [{ LANG: 'ko' }, 'ko'],
  [{ LANG: 'ko-KR' }, 'ko'],
  [{ LANG: 'kok_IN.UTF-8' }, 'en'],
  [{ LANG: 'C.UTF-8' }, 'en'],
  [{ LANG: 'de_DE.UTF-8' }, 'en'],
  [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'ko_KR.UTF-8' }, 'ko'],
  [{ LANG: 'ko_KR.UTF-8', LC_MESSAGES: 'en_US.UTF-8' }, 'en'],
  [{ LANG: 'ko_KR.UTF-8', LC_MESSAGES: 'ko_KR.UTF-8', LC_ALL: 'C' }, 'en'],
  [{ LANG: 'ko_KR.UTF-8', LC_MESSAGES: '', LC_ALL: '' }, 'ko'],
] as const)('%j means %s', (environment, language) => {
  expect(chooseLanguage(environment)).toBe(language);
});
