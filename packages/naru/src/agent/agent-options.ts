/** The words and flags of `naru agent`, read into what the agent takes. Throws an Error that says which and why. */
import type { PublishedPort } from '@naru/agent/engine/engine-target';
import type { HealthCheck, HealthRules } from '@naru/agent/health';
import { isRepositoryName } from '@naru/oci/repository-name';
import { requireSafeServer } from '../server-address.ts';

export type Flags = Readonly<Record<string, string>>;

export function readServer(flags: Flags): URL {
  const text = required(flags, 'server');
  const address = URL.parse(text);
  if (address === null || !/^https?:$/.test(address.protocol)) throw new Error(`--server ${text}: it is no http or https address`);
  return requireSafeServer(address);
}

export function readRepository(flags: Flags): string {
  const name = required(flags, 'repository');
  if (!isRepositoryName(name)) throw new Error(`--repository ${name}: it is not the name of a repository`);
  return name;
}

export function readName(flags: Flags, flag: 'env' | 'target', otherwise?: string): string {
  const name = flags[flag] ?? otherwise ?? required(flags, flag);
  if (!/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/.test(name) || name.length > 64)
    throw new Error(`--${flag} ${name}: it is made of a to z and 0 to 9, parted by ., _ or -`);
  return name;
}

export function readHealth(flags: Flags, switches: ReadonlySet<string>): HealthRules {
  const checks: HealthCheck[] = [];
  if (flags['health-http'] !== undefined) checks.push({ kind: 'http', path: pathOf(flags['health-http']) });
  if (switches.has('health-tcp')) checks.push({ kind: 'tcp' });
  if (flags['health-command'] !== undefined) checks.push({ kind: 'command', command: ['/bin/sh', '-c', flags['health-command']] });
  if (checks.length > 1) throw new Error('give one of --health-http, --health-tcp and --health-command');
  return {
    check: checks[0] ?? { kind: 'none' },
    timeoutMs: seconds(flags, 'health-timeout', 60),
    everyMs: 1000,
    successes: wholeNumber(flags, 'health-successes', 3, 1, 100),
  };
}

export function readPorts(texts: readonly string[]): PublishedPort[] {
  return texts.map((text) => {
    const found = /^(?:(?:(?<host>\[[0-9a-f:]+\]|[0-9.]+):)?(?<outside>\d{1,5}):)?(?<inside>\d{1,5})$/i.exec(text)?.groups;
    const [outside, inside] = [Number(found?.['outside'] ?? 0), Number(found?.['inside'])];
    if (found === undefined || outside > 65535 || !(inside >= 1 && inside <= 65535))
      throw new Error(`--publish ${text}: write PORT, PORT:PORT or ADDRESS:PORT:PORT`);
    return { host: found['host']?.replaceAll(/[[\]]/g, '') ?? '0.0.0.0', outside, inside };
  });
}

export function readKubernetes(text: string): { namespace: string; deployment: string; container: string } {
  const [namespace, deployment, container, ...more] = text.split('/');
  if (!namespace || !deployment || !container || more.length > 0) throw new Error(`--kubernetes ${text}: write NAMESPACE/DEPLOYMENT/CONTAINER`);
  return { namespace, deployment, container };
}

export function seconds(flags: Flags, flag: string, otherwise: number): number {
  return wholeNumber(flags, flag, otherwise, 0, 86_400) * 1000;
}

function wholeNumber(flags: Flags, flag: string, otherwise: number, least: number, most: number): number {
  const text = flags[flag] ?? String(otherwise);
  const value = Number(text);
  if (!/^\d{1,6}$/.test(text) || value < least || value > most) throw new Error(`--${flag} ${text}: it is a number from ${least} to ${most}`);
  return value;
}

function pathOf(text: string): string {
  if (!/^\/[\x21-\x7e]*$/.test(text)) throw new Error(`--health-http ${text}: it is a path, like /healthz`);
  return text;
}

function required(flags: Flags, flag: string): string {
  const value = flags[flag];
  if (value === undefined || value === '') throw new Error(`say --${flag}`);
  return value;
}
