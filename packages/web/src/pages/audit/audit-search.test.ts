import { expect, test } from 'bun:test';
import { auditQuery, readAuditSearch } from './audit-search.ts';

test('what is not understood is left out, and numbers are words', () => {
  expect(readAuditSearch({ actor: 12, action: ' push ', digest: '', other: 'x', since: ['a'] })).toEqual({ actor: '12', action: 'push' });
});

test('the last day counts to its end', () => {
  const { since = 0, until = 0, ...rest } = auditQuery({ actor: 'kim', since: '2026-01-02', until: '2026-01-02' });
  expect([rest, until - since]).toEqual([{ actor: 'kim' }, 86_400_000 - 1]);
  expect(auditQuery({ since: 'yesterday' })).toEqual({});
});
