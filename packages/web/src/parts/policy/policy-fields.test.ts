import { expect, test } from 'bun:test';
import { type Policy, readBlock, writePolicy } from './policy-fields.ts';

const nothing = { quarantine: false, forbidSecrets: false, forbidConfiguration: [], checkedWithinDays: 0 };

test('what a form shows of a policy is what it writes back, and the rest stays', () => {
  const block = [{ severity: 'high' as const, fixable: true }, { exploited: true }, { severity: 'low' as const, epss: 0.5 }];
  expect(readBlock(block)).toEqual({ worst: 'high', isFixable: true, isExploited: true, others: [{ severity: 'low', epss: 0.5 }] });
  expect(writePolicy({ block }, readBlock(block), { ...nothing, forbidConfiguration: ['root-user'] })).toEqual({ block, forbidConfiguration: ['root-user'] });
  const unfixable = [{ severity: 'high' as const, fixable: false }];
  expect(readBlock(unfixable)).toEqual({ isFixable: false, isExploited: false, others: unfixable });
});

test('what is emptied is demanded no more, and what was said to be nothing still is', () => {
  const before: Policy = { quarantine: true, forbidSecrets: false, block: [], checkedWithinDays: 0 };
  expect(writePolicy(before, readBlock([]), nothing)).toEqual({ forbidSecrets: false, block: [], checkedWithinDays: 0 });
});
