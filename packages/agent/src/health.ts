/** Whether a started one is ready to serve: it answers several times in a row, within a time. */
import { connect } from 'node:net';
import { request } from 'node:http';
import type { Surroundings } from './surroundings.ts';
import { type Started, TargetError } from './target.ts';

export type HealthCheck =
  | { readonly kind: 'none' }
  | { readonly kind: 'tcp' }
  /** Any status below 400 at this path. */
  | { readonly kind: 'http'; readonly path: string }
  /** Exit code 0. */
  | { readonly kind: 'command'; readonly command: readonly string[] };

export type HealthRules = {
  readonly check: HealthCheck;
  /** So long it may take to come up. */
  readonly timeoutMs: number;
  readonly everyMs: number;
  /** So many in a row: one that flaps does not pass. */
  readonly successes: number;
};

const tryMs = 5000;

/** Throws TargetError that says what the last try found. */
export async function waitUntilHealthy(
  started: Started,
  { check, timeoutMs, everyMs, successes }: HealthRules,
  { now, sleep }: Surroundings,
  signal: AbortSignal,
): Promise<void> {
  const endsAt = now() + timeoutMs;
  let inARow = 0;
  for (;;) {
    const why = await whyUnhealthy(started, check, signal);
    if (why instanceof Dead) throw new TargetError(why.message);
    inARow = why === undefined ? inARow + 1 : 0;
    if (inARow >= successes) return;
    if (now() >= endsAt) throw new TargetError(`${why?.message ?? 'it did not stay healthy'} (for ${Math.round(timeoutMs / 1000)} s)`);
    await sleep(everyMs, signal);
  }
}

/** Watches one that serves already for a while: it must not fail so soon. Throws TargetError. */
export async function stayHealthy(started: Started, rules: HealthRules, settleMs: number, { now, sleep }: Surroundings, signal: AbortSignal): Promise<void> {
  const endsAt = now() + settleMs;
  let inARow = 0;
  while (now() < endsAt) {
    const why = await whyUnhealthy(started, rules.check, signal);
    inARow = why === undefined ? 0 : inARow + 1;
    if (why instanceof Dead || inARow >= rules.successes) throw new TargetError(`after the switch: ${why?.message ?? ''}`);
    await sleep(Math.min(rules.everyMs, Math.max(1, endsAt - now())), signal);
  }
}

class Dead extends Error {}

async function whyUnhealthy(started: Started, check: HealthCheck, signal: AbortSignal): Promise<Error | undefined> {
  const why = await started.whyDead();
  if (why !== undefined) return new Dead(why);
  const attempt = AbortSignal.any([signal, AbortSignal.timeout(tryMs)]);
  try {
    switch (check.kind) {
      case 'none':
        return undefined;
      case 'tcp':
        await tryTcp(addressOf(started), attempt);
        return undefined;
      case 'http':
        await tryHttp(addressOf(started), check.path, attempt);
        return undefined;
      case 'command': {
        if (started.run === undefined) throw new TargetError('no command can be run in this target');
        const exitCode = await started.run(check.command, attempt);
        if (exitCode !== 0) throw new TargetError(`${check.command.join(' ')} ended with ${exitCode}`);
        return undefined;
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof Error ? error : new Error(String(error));
  }
}

function addressOf({ address }: Started): { host: string; port: number } {
  if (address === undefined) throw new TargetError('it has no address to check: publish a port');
  return address;
}

function tryTcp({ host, port }: { host: string; port: number }, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', (error) => reject(new TargetError(`it does not answer on its port: ${error.message}`)));
  });
}

function tryHttp({ host, port }: { host: string; port: number }, path: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const asking = request({ host, port, path, signal, agent: false, headers: { connection: 'close', 'user-agent': 'naru-agent' } }, (answer) => {
      answer.resume();
      const status = answer.statusCode ?? 0;
      if (status > 0 && status < 400) resolve();
      else reject(new TargetError(`GET ${path} answered ${status}`));
    });
    asking.once('error', (error) => reject(new TargetError(`GET ${path} was not answered: ${error.message}`)));
    asking.end();
  });
}
