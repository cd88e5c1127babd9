import { expect, test } from 'bun:test';
import { chooseLanguage, chooseTheme } from './reader.ts';

test.each([
  [undefined, undefined, 'en'],
  [undefined, 'ko-KR,ko;q=0.9,en;q=0.8', 'ko'],
  [undefined, 'fr, en;q=0.5, ko;q=0.4', 'en'],
  [undefined, 'en;q=0.1, KO;q=0.2', 'ko'],
  [undefined, 'ko;q=0', 'en'],
  [undefined, 'kok, koala', 'en'],
  [undefined, ';;,,q=,ko;q=x', 'ko'],
  ['naru_language=ko', 'en', 'ko'],
  ['a=b;  naru_language=en ; c=d', 'ko', 'en'],
  ['naru_language="><script>', 'ko', 'ko'],
  ['xnaru_language=en', 'ko', 'ko'],
  [undefined, `${'x,'.repeat(100_000)}ko`, 'en'],
])('cookies %j and Accept-Language %j: %s', (cookies, header, language) => {
  expect(chooseLanguage(cookies, header)).toBe(language as ReturnType<typeof chooseLanguage>);
});

test.each([
  [undefined, undefined],
  ['naru_theme=dark', 'dark'],
  ['naru_theme=light', 'light'],
  ['naru_theme=system', undefined],
  ['naru_theme=" onload="x', undefined],
])('cookies %j: theme %p', (cookies, theme) => {
  expect(chooseTheme(cookies)).toBe(theme as ReturnType<typeof chooseTheme>);
});
