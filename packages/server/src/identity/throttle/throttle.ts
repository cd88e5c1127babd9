/**
 * Slows down whoever guesses passwords, without letting anybody lock others out.
 *
 * Failures are counted for two keys: *this account from this network*, and *this network for any
 * account*. Each failure past the free ones doubles the time until the next try is looked at. A third
 * count, *this account from anywhere*, only takes away the free tries of networks that never signed in
 * to it: a botnet is slowed down, and the owner, at home or at work, is not.
 *
 * Counts live in rows: a restart forgives nobody. IPv6 networks are counted by their /64, which one
 * subscriber has.
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { AttemptRows } from '../../metadata/identity/port.ts';
import { networkOf } from '../../network/subscriber.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Attempt, Throttle } from '../sign-in.ts';

export type Count = { readonly failures: number; readonly lastAt: number };

const freeTries = { account: 5, network: 50, anywhere: 100 };
const firstDelayMs = 1000;
const longestDelayMs = 15 * 60_000;
/** What is counted is forgotten after this without another failure. */
const forgottenAfterMs = 24 * 3600e3;
const familiarForMs = 90 * 86_400e3;

/** How long the next try must wait after the last failure. Doubles with each, up to the longest. */
export function delayAfter({ failures }: Count, free: number): number {
  return failures < free ? 0 : Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(30, failures - free));
}

export function createThrottle(rows: Pick<AttemptRows, 'read' | 'write'>, clock: Clock): Throttle {
  /** Tries that have begun and not ended, by account and network: until they have, they count as failures, or a hundred at once would all be the first. */
  const underWay = new Map<string, number>();

  return {
    async begin(attempt) {
      const key = keysOf(attempt).here;
      const { here: settled, network, anywhere, familiarAt } = await read(attempt);
      const now = clock.now();
      const others = underWay.get(key) ?? 0;
      const here = others === 0 ? settled : { failures: settled.failures + others, lastAt: now };
      const isUnderAttack = anywhere.failures >= freeTries.anywhere && familiarAt === undefined;
      const until = Math.max(here.lastAt + delayAfter(here, isUnderAttack ? 1 : freeTries.account), network.lastAt + delayAfter(network, freeTries.network));
      if (until > now) {
        const seconds = Math.ceil((until - now) / 1000);
        throw new RegistryError('TOO_MANY_REQUESTS', { message: `too many failed log-ins: try again in ${seconds} s`, detail: { retryAfterSeconds: seconds } });
      }
      underWay.set(key, others + 1);
      return {
        [Symbol.dispose]() {
          const left = (underWay.get(key) ?? 0) - 1;
          if (left > 0) underWay.set(key, left);
          else underWay.delete(key);
        },
      };
    },

    async end(attempt, outcome) {
      const keys = keysOf(attempt);
      const now = clock.now();
      const { here, network, anywhere, familiarAt } = await read(attempt);
      if (outcome === 'succeeded') {
        // Nothing to write for whoever signs in as every day.
        const isNews = here.failures > 0 || now - (familiarAt ?? 0) > familiarForMs / 3;
        if (isNews) {
          await rows.write([
            { key: keys.here, state: format({ failures: 0, lastAt: 0 }), expiresAt: now },
            { key: keys.familiar, state: String(now), expiresAt: now + familiarForMs },
          ]);
        }
        return;
      }
      const expiresAt = now + forgottenAfterMs;
      await rows.write([
        { key: keys.here, state: format({ failures: here.failures + 1, lastAt: now }), expiresAt },
        { key: keys.network, state: format({ failures: network.failures + 1, lastAt: now }), expiresAt },
        { key: keys.anywhere, state: format({ failures: anywhere.failures + 1, lastAt: now }), expiresAt },
      ]);
    },
  };

  async function read(attempt: Attempt): Promise<{ here: Count; network: Count; anywhere: Count; familiarAt: number | undefined }> {
    const keys = keysOf(attempt);
    const states = await rows.read(Object.values(keys));
    const count = (key: string) => parse(states.get(key), clock.now());
    const familiar = states.get(keys.familiar);
    return {
      here: count(keys.here),
      network: count(keys.network),
      anywhere: count(keys.anywhere),
      familiarAt: familiar === undefined ? undefined : Number(familiar),
    };
  }
}

function keysOf({ account, address }: Attempt) {
  const network = networkOf(address);
  const name = account.slice(0, 320);
  return { here: `here ${name} ${network}`, network: `network ${network}`, anywhere: `anywhere ${name}`, familiar: `familiar ${name} ${network}` };
}

function format({ failures, lastAt }: Count): string {
  return `${failures} ${lastAt}`;
}

function parse(state: string | undefined, now: number): Count {
  const [failures = 0, lastAt = 0] = (state ?? '').split(' ').map(Number);
  return now - lastAt > forgottenAfterMs ? { failures: 0, lastAt: 0 } : { failures, lastAt };
}
