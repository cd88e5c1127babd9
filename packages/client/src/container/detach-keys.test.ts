import { describe, expect, test } from 'bun:test';
import { parseDetachKeys, watchKeys } from './detach-keys.ts';

describe('detach keys', () => {
  test('are letters and letters with control', () => {
    expect([...parseDetachKeys('ctrl-p,ctrl-q')]).toEqual([16, 17]);
    expect([...parseDetachKeys('a,ctrl-@,ctrl-_')]).toEqual([97, 0, 31]);
    expect([...parseDetachKeys('')]).toEqual([]);
    expect(() => parseDetachKeys('ctrl-1')).toThrow("invalid detach keys (ctrl-1): Unknown character: 'ctrl-1'");
  });

  test('whatever is no whole sequence is handed on, in its order', () => {
    for (const chunks of [['a', '\x10', 'b\x10\x10', '\x10x'], ['a\x10b\x10\x10\x10x']]) {
      const watcher = watchKeys(parseDetachKeys('ctrl-p,ctrl-q'));
      const passed = chunks.map((chunk) => watcher.pass(Buffer.from(chunk)));
      expect(passed.some(({ isDetached }) => isDetached)).toBe(false);
      expect(Buffer.concat(passed.map(({ bytes }) => bytes)).toString()).toBe('a\x10b\x10\x10\x10x');
    }
  });

  test('the whole sequence detaches, also key by key', () => {
    const watcher = watchKeys(parseDetachKeys('ctrl-p,ctrl-q'));
    expect(watcher.pass(Buffer.from('ls\n\x10'))).toEqual({ bytes: Uint8Array.from(Buffer.from('ls\n')), isDetached: false });
    expect(watcher.pass(Buffer.from('\x11'))).toEqual({ bytes: new Uint8Array(), isDetached: true });
  });
});
