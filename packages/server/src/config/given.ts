import type { Setting } from './settings.ts';

/** A value as it was written and where, not yet looked at. */
export type Given = { readonly setting: Setting; readonly value: unknown; readonly source: string; readonly kind: 'file' | 'environment' | 'flag' };
