import type { Change } from '../port.ts';
import type { AuditEntry } from './port.ts';

/** The entry for a change: who, when, from where and with which credential are the change's own. */
export function auditOf({ at, actor, origin }: Change, action: string, what: Omit<AuditEntry, 'at' | 'actor' | 'action'> = {}): AuditEntry {
  return { at, action, actor, ...origin, ...what };
}
