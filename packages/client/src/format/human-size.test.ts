import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { humanSize } from './human-size.ts';

describe('humanSize', () => {
  test.each([
    [0, '0B', '0B'],
    [1, '1B', '1B'],
    [140, '140B', '140B'],
    [999, '999B', '999B'],
    [1000, '1kB', '1kB'],
    [1_982_256, '1.98MB', '1.982MB'],
    [26_200_000, '26.2MB', '26.2MB'],
    [187_000_000, '187MB', '187MB'],
    [999_600, '1e+03kB', '999.6kB'],
    [999_960, '1e+03kB', '1000kB'],
    [1_234_567_890_123, '1.23TB', '1.235TB'],
    [10 * 1000 ** 8, '10YB', '10YB'],
  ] as const)('%d', (bytes, three, four) => {
    expect([humanSize(bytes, 3), humanSize(bytes, 4)]).toEqual([three, four]);
  });

  test('names the size to within its digits', () => {
    const power = (unit: string) => ['B', 'kB', 'MB', 'GB', 'TB', 'PB'].indexOf(unit);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), fc.constantFrom(3 as const, 4 as const), (bytes, digits) => {
        const [, number = '', unit = ''] = /^([\d.]+(?:e\+\d+)?)([a-zA-Z]+)$/.exec(humanSize(bytes, digits)) ?? [];
        expect(Math.abs(Number(number) * 1000 ** power(unit) - bytes)).toBeLessThanOrEqual(bytes * 0.5 * 10 ** (1 - digits) + 1e-6);
        expect(number.replace(/e.*/, '').replace('.', '').length).toBeLessThanOrEqual(digits);
      }),
    );
  });
});
