import { expect, test } from 'bun:test';
import { createCounter } from './passed-signals.ts';

test.each([
  ['of a terminal, in either order', 'dp pd dp', 3],
  ['of a terminal, with a launcher that is far behind', 'ddd ppp', 3],
  ['of somebody who knows the launcher only', 'pp', 2],
  ['without a launcher', 'ddd', 3],
  ['to the launcher, then of the terminal', 'p dp pd', 3],
] as const)('signals %s: %s', (_, ways, expected) => {
  const counter = createCounter();
  const heard = [...ways.matchAll(/[dp]/g)].filter(([way]) => counter.heard(way === 'd' ? 'direct' : 'passed'));
  expect(heard.length).toBe(expected);
});
