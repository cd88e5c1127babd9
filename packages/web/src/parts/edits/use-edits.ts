/**
 * What several people may write at once. The fields show what was read when one began to write (`base`);
 * what others save meanwhile takes their place only where nothing was typed. So nobody's words are lost,
 * neither by a page that asks the server again nor by two who save.
 */
import { useState } from 'react';
import type { Seen } from '../../api/client.ts';

/** By the name that people know it by. */
export type Fact = readonly [name: string, value: string | number | boolean | readonly string[] | undefined];
export type ChangedFact = { readonly name: string; readonly before: Fact[1]; readonly now: Fact[1] };

export type Edits<Value> = {
  readonly base: Seen<Value>;
  /** Fields that have this key begin anew when `base` does. */
  readonly key: number;
  /** What others have changed under one's hands; undefined: nothing. */
  readonly others: readonly ChangedFact[] | undefined;
  touch(): void;
  /** What was typed is saved. */
  release(): void;
  /** What was typed is given up: the fields show what is there. */
  takeOver(): void;
};

export function useEdits<Value>(now: Seen<Value>, describe: (value: Value) => readonly Fact[]): Edits<Value> {
  const [{ base, key }, setBegun] = useState({ base: now, key: 0 });
  const [isTouched, setIsTouched] = useState(false);
  const isOther = JSON.stringify(describe(base.value)) !== JSON.stringify(describe(now.value)) || (base.etag === null) !== (now.etag === null);
  if (isOther && !isTouched) setBegun({ base: now, key: key + 1 });
  return {
    base,
    key,
    others: isOther && isTouched ? changesOf(describe(base.value), describe(now.value)) : undefined,
    touch: () => setIsTouched(true),
    release: () => setIsTouched(false),
    takeOver() {
      setIsTouched(false);
      setBegun({ base: now, key: key + 1 });
    },
  };
}

function changesOf(before: readonly Fact[], now: readonly Fact[]): ChangedFact[] {
  const values = new Map(before);
  const later = new Map(now);
  return [...new Set([...values.keys(), ...later.keys()])]
    .map((name) => ({ name, before: values.get(name), now: later.get(name) }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.now));
}
