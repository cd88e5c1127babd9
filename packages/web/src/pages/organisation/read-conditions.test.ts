import { expect, test } from 'bun:test';
import { readConditions } from './read-conditions.ts';

test('empty fields are no condition', () => {
  expect(
    readConditions(
      fieldsOf([
        ['networks', ' '],
        ['tags', ''],
        ['notBefore', ''],
        ['fromTime', '09:00'],
        ['toTime', '18:00'],
      ]),
    ),
  ).toEqual({});
});

test('networks and tags stand between commas or spaces', () => {
  expect(
    readConditions(
      fieldsOf([
        ['networks', '10.0.0.0/8, 192.0.2.1'],
        ['tags', 'v*\nlatest'],
      ]),
    ),
  ).toEqual({
    networks: ['10.0.0.0/8', '192.0.2.1'],
    tags: ['v*', 'latest'],
  });
});

test('a last day is whole', () => {
  const { notBefore = 0, notAfter = 0 } = readConditions(
    fieldsOf([
      ['notBefore', '2026-02-01'],
      ['notAfter', '2026-02-01'],
    ]),
  );
  expect([notAfter - notBefore, new Date(notBefore).getHours()]).toEqual([86_399_999, 0]);
});

test('hours count only with days', () => {
  const { weekly } = readConditions(
    fieldsOf([
      ['days', '1'],
      ['days', '5'],
      ['fromTime', '09:30'],
      ['toTime', ''],
    ]),
  );
  expect(weekly).toEqual({ days: [1, 5], fromMinute: 570, toMinute: 1440, offsetMinutes: -new Date(0).getTimezoneOffset() });
});

function fieldsOf(pairs: readonly (readonly [string, string])[]): FormData {
  const fields = new FormData();
  for (const [name, value] of pairs) fields.append(name, value);
  return fields;
}
