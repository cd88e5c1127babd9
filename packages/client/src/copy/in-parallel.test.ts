import { describe, expect, test } from 'bun:test';
import { inParallel } from './in-parallel.ts';

describe('in parallel', () => {
  test('never more than allowed', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await inParallel([1, 2, 3, 4, 5, 6, 7], { limit: 3 }, async (item) => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      done.push(item);
    });
    expect(most).toBe(3);
    expect(done.toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('a failure stops the others, and comes after them', async () => {
    const ended: string[] = [];
    const begun: number[] = [];
    const work = inParallel([1, 2, 3, 4], { limit: 2 }, async (item, signal) => {
      begun.push(item);
      if (item === 1) throw new Error('first');
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => resolve());
      if (!signal.aborted) await promise;
      ended.push(`${item} let go`);
    });
    expect(await work.catch((error: unknown) => (error as Error).message)).toBe('first');
    expect({ begun, ended }).toEqual({ begun: [1, 2], ended: ['2 let go'] });
  });

  test('the caller may stop it', async () => {
    const outer = new AbortController();
    const begun: number[] = [];
    const work = inParallel([1, 2, 3], { limit: 1, signal: outer.signal }, (item) => {
      begun.push(item);
      outer.abort(new Error('enough'));
      return Promise.resolve();
    });
    expect(await work.catch((error: unknown) => (error as Error).message)).toBe('enough');
    expect(begun).toEqual([1]);
  });
});
