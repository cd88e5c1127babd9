/**
 * What an agent is to make true, as it changes: an agent connects out and asks, and the answer waits
 * until there is something new. Asking renews the lease of its target.
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { EnvironmentKey, Instance } from '../metadata/deploy/port.ts';
import type { MetadataStore } from '../metadata/port.ts';
import { type Alarm, createAlarm } from '../runtime/alarm.ts';
import type { Clock } from '../runtime/clock.ts';
import { hashBytes } from '../runtime/hash-bytes.ts';
import type { Sleep } from '../runtime/sleep.ts';

export type Wish = { readonly instance: string; readonly release: number; readonly digest: string; readonly tag?: string };

/** `version` names the wishes: an agent that says it knows it waits for others. */
export type Wishes = { readonly version: string; readonly leaseUntil: number; readonly wishes: readonly Wish[] };

export type Asking = EnvironmentKey & {
  readonly target: string;
  readonly agent: string;
  readonly agentVersion: string;
  readonly known?: string | undefined;
  readonly waitMs: number;
};

/** Longer than an agent is away when it reports, shorter than people wait for another to take over. */
export const agentLeaseMs = 60_000;
export const waitMaxMs = 30_000;
const waitingMax = 1000;
/** What another process committed is found after this at the latest. */
const pollMs = 3000;

export type WishesParts = { readonly rows: Pick<MetadataStore, 'deployments' | 'commits'>; readonly clock: Clock; readonly sleep: Sleep };

export type WishDesk = {
  /** Throws CONFLICT while another agent serves the target, TOO_MANY_REQUESTS. */
  ask(asking: Asking): Promise<Wishes>;
  /** Reports count from the agent that serves the target only. Throws CONFLICT. */
  requireLease(of: EnvironmentKey & Pick<Asking, 'target' | 'agent'>): Promise<void>;
  /** Answers all who wait, as before a shutdown. */
  close(): void;
};

export function createWishDesk({ rows, clock, sleep }: WishesParts): WishDesk {
  const waiting = new Set<Alarm>();
  const life = { isClosed: false };
  return {
    async ask({ target, agent, agentVersion, known, waitMs, ...key }) {
      if (waiting.size >= waitingMax) throw new RegistryError('TOO_MANY_REQUESTS', { message: 'too many agents wait here' });
      const alarm = createAlarm(sleep);
      waiting.add(alarm);
      using _listening = rows.commits.listen('deployments', alarm.ring);
      try {
        const at = clock.now();
        const leaseUntil = at + waitMs + agentLeaseMs;
        const isMine = await rows.deployments.targets.claim({ ...key, target, agent, version: agentVersion, leaseUntil, seenAt: at });
        if (!isMine) throw new RegistryError('CONFLICT', { message: `another agent serves the target ${target}`, detail: { target } });
        for (;;) {
          const wishes = toWishes(await rows.deployments.environments.listInstances(key));
          const version = hashBytes('sha256', Buffer.from(JSON.stringify(wishes))).slice(-16);
          const leftMs = at + waitMs - clock.now();
          if (version !== known || leftMs <= 0 || life.isClosed) return { version, leaseUntil, wishes };
          await alarm.wait(Math.min(leftMs, pollMs));
        }
      } finally {
        waiting.delete(alarm);
      }
    },

    async requireLease({ target, agent, ...key }) {
      const served = (await rows.deployments.targets.list(key)).find(({ name }) => name === target);
      if (served?.agent !== agent) throw new RegistryError('CONFLICT', { message: `another agent serves the target ${target}`, detail: { target } });
    },

    close() {
      life.isClosed = true;
      for (const alarm of waiting) alarm.ring();
    },
  };
}

function toWishes(instances: readonly Instance[]): Wish[] {
  return instances.flatMap(({ name, wanted }) =>
    wanted === undefined ? [] : [{ instance: name, release: wanted.id, digest: wanted.digest, ...(wanted.tag !== undefined && { tag: wanted.tag }) }],
  );
}
