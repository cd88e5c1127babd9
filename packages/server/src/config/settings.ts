/**
 * The schema as a flat list: for each setting its written key, its environment variable, its flag
 * and where it stands in `Config`. Everything that reads or documents settings walks this list.
 */
import { z } from 'zod';
import { configSchema } from './config.ts';

export type Setting = {
  /** As written in the file, with its group: `collection.grace`. */
  readonly key: string;
  readonly env: string;
  /** Without the two dashes. */
  readonly flag: string;
  /** Where it stands in `Config`: `['collection', 'graceMs']`. */
  readonly path: readonly string[];
  readonly type: string;
  readonly default: string;
  readonly description: string;
  readonly isSecret: boolean;
  readonly schema: z.ZodPrefault;
};

export const settings: readonly Setting[] = listSettings(configSchema, []);

function listSettings(group: z.ZodObject, path: readonly string[]): Setting[] {
  return Object.entries(group.shape).flatMap(([name, schema]) => {
    if (schema instanceof z.ZodObject) return listSettings(schema, [...path, name]);
    if (schema instanceof z.ZodPrefault) return [describeSetting(schema, [...path, name])];
    throw new Error(`config schema: ${[...path, name].join('.')} is neither a group nor a setting with a default`);
  });
}

function describeSetting(schema: z.ZodPrefault, path: readonly string[]): Setting {
  const words = path.map(withoutUnit);
  // `--tls self-signed` says it all: a group's mode goes by the group's name.
  const spoken = words.at(-1) === 'mode' ? words.slice(0, -1) : words;
  const meta = (schema.unwrap() as z.ZodType).meta(); // every kind of value is a full schema, not one of zod's core
  return {
    key: words.join('.'),
    env: `NARU_${spoken.map((word) => splitWords(word, '_').toUpperCase()).join('_')}`,
    flag: spoken.map((word) => splitWords(word, '-')).join('-'),
    path,
    type: meta?.title ?? 'text',
    default: String(schema.def.defaultValue),
    description: schema.description ?? '',
    isSecret: meta?.['isSecret'] === true,
    schema,
  };
}

/** A written value has its unit with it (`24h`), so its key has none. */
function withoutUnit(name: string): string {
  return name.replace(/(?:Ms|Bytes)$/, '');
}

function splitWords(name: string, separator: string): string {
  return name.replace(/[A-Z]/g, (letter) => separator + letter.toLowerCase());
}
