/**
 * Slows down whoever guesses passwords, without letting anybody lock others out.
 *
 * Failures are counted for two keys: *this account from this network*, and *this network for any
 * account*. Each failure past the free ones doubles the time until the next try is looked at. A third
 * count, *this account from anywhere*, only takes away the free tries of networks that never signed in
 * to it: a botnet is slowed down, and the owner, at home or at work, is not.
 *
 * A try that has begun and not ended counts as a failure for all three, or a hundred at once would all
 * be the first. The account is what was typed: one count for the name and the address of an account
 * would tell whoever has failed by the one, and is refused by the other, that they belong together.
 *
 * Counts live in rows: a restart forgives nobody. The rows have the hash of what was typed, since a
 * password that was typed into the wrong field is among it, and forget it after a day. IPv6 networks are counted by their /64, which one
 * subscriber has.
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { AttemptRows } from '../../metadata/identity/port.ts';
import { networkOf } from '../../network/subscriber.ts';
import type { Clock } from '../../runtime/clock.ts';
import { hashSecret } from '../secret-hash.ts';
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

export function createThrottle(rows: Pick<AttemptRows, 'read' | 'change'>, clock: Clock): Throttle {
  const underWay = createSlots();

  return {
    async begin(attempt) {
      const keys = keysOf(attempt);
      const states = await rows.read(Object.values(keys));
      // From here to where the slot is taken nobody else has a turn.
      const now = clock.now();
      const count = (key: string): Count => {
        const settled = parse(states.get(key), now);
        const others = underWay.count(key);
        return others === 0 ? settled : { failures: settled.failures + others, lastAt: now };
      };
      const [here, network] = [count(keys.here), count(keys.network)];
      const isFamiliar = now - Number(states.get(keys.familiar) ?? 0) <= familiarForMs;
      const isUnderAttack = count(keys.anywhere).failures >= freeTries.anywhere && !isFamiliar;
      const until = Math.max(here.lastAt + delayAfter(here, isUnderAttack ? 1 : freeTries.account), network.lastAt + delayAfter(network, freeTries.network));
      if (until > now) {
        const seconds = Math.ceil((until - now) / 1000);
        throw new RegistryError('TOO_MANY_REQUESTS', { message: `too many failed log-ins: try again in ${seconds} s`, detail: { retryAfterSeconds: seconds } });
      }
      return underWay.take([keys.here, keys.network, keys.anywhere]);
    },

    async end(attempt, outcome) {
      const keys = keysOf(attempt);
      const now = clock.now();
      if (outcome === 'succeeded') {
        const states = await rows.read([keys.here, keys.familiar]);
        const familiarAt = Number(states.get(keys.familiar) ?? 0);
        // Nothing to write for whoever signs in as every day.
        if (parse(states.get(keys.here), now).failures === 0 && now - familiarAt <= familiarForMs / 3) return;
        await rows.change([keys.here, keys.familiar], () => [
          { key: keys.here, state: format({ failures: 0, lastAt: 0 }), expiresAt: now },
          { key: keys.familiar, state: String(now), expiresAt: now + familiarForMs },
        ]);
        return;
      }
      // Or an hour without the directory would lock out everybody who shares an address, who mends it among them.
      const counted = outcome === 'unanswered' ? [keys.here, keys.anywhere] : [keys.here, keys.network, keys.anywhere];
      await rows.change(counted, (states) =>
        counted.map((key) => ({
          key,
          state: format({ failures: parse(states.get(key), now).failures + 1, lastAt: now }),
          expiresAt: now + forgottenAfterMs,
        })),
      );
    },
  };
}

/** How many tries of a key are under way. */
function createSlots() {
  const taken = new Map<string, number>();
  return {
    count: (key: string): number => taken.get(key) ?? 0,
    take(keys: readonly string[]): Disposable {
      for (const key of keys) taken.set(key, (taken.get(key) ?? 0) + 1);
      return {
        [Symbol.dispose]() {
          for (const key of keys) {
            const left = (taken.get(key) ?? 0) - 1;
            if (left > 0) taken.set(key, left);
            else taken.delete(key);
          }
        },
      };
    },
  };
}

function keysOf({ account, address }: Attempt) {
  const network = networkOf(address);
  const name = hashSecret(account);
  return { here: `here ${name} ${network}`, network: `network ${network}`, anywhere: `anywhere ${name}`, familiar: `familiar ${name} ${network}` };
}

function format({ failures, lastAt }: Count): string {
  return `${failures} ${lastAt}`;
}

function parse(state: string | undefined, now: number): Count {
  const [failures = 0, lastAt = 0] = (state ?? '').split(' ').map(Number);
  return now - lastAt > forgottenAfterMs ? { failures: 0, lastAt: 0 } : { failures, lastAt };
}
