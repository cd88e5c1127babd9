import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { isWithinSlips } from './edit-distance.ts';

test('one slip: a letter too much, one missing, a wrong one, two swapped', () => {
  for (const word of ['nginxx', 'xnginx', 'ngnx', 'ginx', 'ngimx', 'mginx', 'ngnix', 'gninx', 'nginx']) {
    expect({ word, near: isWithinSlips('nginx', word, 1) }).toEqual({ word, near: true });
  }
  for (const word of ['ngx', 'xnginxx', 'xginz', 'nigxn']) expect({ word, near: isWithinSlips('nginx', word, 1) }).toEqual({ word, near: false });
  expect(isWithinSlips('postgres', 'potsgers', 2)).toBe(true);
});

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });

test('it is the same from both sides, and one more slip never makes it less', () => {
  fc.assert(
    fc.property(word, word, fc.nat(4), (one, other, most) => {
      expect(isWithinSlips(other, one, most)).toBe(isWithinSlips(one, other, most));
      if (isWithinSlips(one, other, most)) expect(isWithinSlips(one, other, most + 1)).toBe(true);
      expect(isWithinSlips(one, other, 0)).toBe(one === other);
    }),
  );
});
