import { parseTag } from '@naru/oci/repository-name';
import { expect, test } from 'bun:test';
import { readTagMoment } from './tag-moment.ts';

test.each([
  ['latest.at-2026-11-01', 'latest', '2026-11-01T23:59:59.999Z'],
  ['1.2.at-2026-11-01T0930Z', '1.2', '2026-11-01T09:30:00.000Z'],
  ['v1.at-2024-02-29T235959Z', 'v1', '2024-02-29T23:59:59.000Z'],
  ['a.at-2020-01-01.at-2021-01-01', 'a.at-2020-01-01', '2021-01-01T23:59:59.999Z'],
])('%s', (text, tag, time) => {
  expect(readTagMoment(parseTag(text))).toEqual({ tag: parseTag(tag), at: Date.parse(time) });
});

test.each([
  'latest',
  'latest.at-',
  'latest.at-2026-11-1',
  'latest.at-2026-13-01',
  'latest.at-2026-02-30',
  'latest.at-2026-02-28T2460Z',
  'latest.at-2026-02-28T09Z',
  'latest-2026-02-28',
  'latest.at-2026-02-28T0930',
])('%s is a tag like any other', (text) => expect(readTagMoment(parseTag(text))).toBeUndefined());
