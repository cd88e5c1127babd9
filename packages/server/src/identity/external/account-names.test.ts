import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseAccountName } from '../account-name.ts';
import { proposeAccountNames } from './account-names.ts';

const first = (wanted: string) => [...proposeAccountNames(wanted)][0];

test('a name of elsewhere becomes one of ours', () => {
  expect(['Kim', 'Kim.Lee@example.com', 'José  Núñez', 'a..b', '_x_y_', 'EXAMPLE\\kim', 'admin', '김'].map(first)).toEqual([
    'kim',
    'kim.lee',
    'jose-nunez',
    'a-b',
    'x_y',
    'example-kim',
    'admin-2',
    'member',
  ]);
  expect([...proposeAccountNames('kim')].slice(0, 3)).toEqual(['kim', 'kim-2', 'kim-3']);
  expect([...proposeAccountNames('kim')].at(-1)).toMatch(/^kim-[0-9a-f]{8}$/);
});

test('every proposal is a name, whatever it was made of', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 90 }), (wanted) => {
      for (const name of proposeAccountNames(wanted)) expect(parseAccountName(name)).toBe(name);
    }),
  );
});
