import { expect, test } from 'bun:test';
import { anybody, fillFilter } from './filter.ts';

test('what was typed stays a value', () => {
  const template = '(&(uid={login})(!(employeeType=left)))';
  expect(fillFilter(template, { login: 'kim' })).toBe('(&(uid=kim)(!(employeeType=left)))');
  expect(fillFilter(template, { login: '*)(uid=*' })).toBe('(&(uid=\\2a\\29\\28uid=\\2a)(!(employeeType=left)))');
  expect(fillFilter('(uid={login})', { login: '\\\0$&' })).toBe('(uid=\\5c\\00$&)');
  expect(fillFilter('(|(uid={login})(mail={login}))', { login: '{login}' })).toBe('(|(uid={login})(mail={login}))');
  expect(anybody(template)).toBe('(&(uid=*)(!(employeeType=left)))');
});
