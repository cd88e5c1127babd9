import { RegistryError } from './registry-error.ts';

/** Docker prints `manifest invalid: <reason>`, so the reason stands alone. */
export function manifestInvalid(reason: string, detail?: Readonly<Record<string, unknown>>): RegistryError {
  return new RegistryError('MANIFEST_INVALID', { message: reason, detail });
}

/** What a stranger wrote, short enough to be shown to people. */
export function excerpt(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, 256);
  return typeof value === 'object' && value !== null ? (Array.isArray(value) ? 'an array' : 'an object') : value;
}
