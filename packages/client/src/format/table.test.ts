import { expect, test } from 'bun:test';
import { alignColumns } from './table.ts';

test('columns are ten wide or three more than the longest cell; the last is as it is', () => {
  expect(alignColumns(['REPOSITORY\tTAG\tSIZE', 'app\t1\t1.98MB', '나루/앱\tv1.2.3-alpine\t0B'])).toBe(
    ['REPOSITORY   TAG             SIZE', 'app          1               1.98MB', '나루/앱         v1.2.3-alpine   0B', ''].join('\n'),
  );
});
