import type { Caller } from '../access/caller.ts';
import type { Actor } from '../metadata/port.ts';

/** The caller as changes, events and the audit name it. */
export function actorOf({ name, address, credential }: Caller): Actor {
  return {
    actor: name,
    origin: {
      address,
      ...(credential.kind !== 'none' && { credential: credential.id === undefined ? credential.kind : `${credential.kind}:${credential.id}` }),
    },
  };
}
