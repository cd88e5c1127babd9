/** Keys that leave a container alone instead of reaching it: `ctrl-p,ctrl-q`. */
import { ContainerError } from './container.ts';

export const defaultDetachKeys = 'ctrl-p,ctrl-q';

/** Throws ContainerError. An empty text is no keys. */
export function parseDetachKeys(text: string): Uint8Array {
  return Uint8Array.from(
    (text === '' ? [] : text.split(',')).map((key) => {
      const control = /^ctrl-([a-z@[\\\]^_])$/.exec(key)?.[1];
      if (control !== undefined) return control.toUpperCase().charCodeAt(0) - 64;
      if (key.length === 1 && key.charCodeAt(0) < 128) return key.charCodeAt(0);
      throw new ContainerError(`invalid detach keys (${text}): Unknown character: '${key}'`);
    }),
  );
}

export interface KeyWatcher {
  /** What may be handed on, and whether the keys were all typed. Keys that may be the beginning wait for the next. */
  pass(typed: Uint8Array): { readonly bytes: Uint8Array; readonly isDetached: boolean };
}

export function watchKeys(keys: Uint8Array): KeyWatcher {
  let matched = 0;
  return {
    pass(typed) {
      const bytes: number[] = [];
      for (const byte of typed) {
        if (keys.length > 0 && byte === keys[matched]) {
          matched += 1;
          if (matched === keys.length) return { bytes: Uint8Array.from(bytes), isDetached: true };
          continue;
        }
        bytes.push(...keys.subarray(0, matched));
        matched = keys.length > 0 && byte === keys[0] ? 1 : 0;
        if (matched === 0) bytes.push(byte);
      }
      return { bytes: Uint8Array.from(bytes), isDetached: false };
    },
  };
}
