/**
 * A network of the test's own, in which names mean what the test says: a network namespace without a
 * way out, with its own /etc/hosts, in which 127.0.0.1:443 can be docker.io. Programs that are run in it
 * are the real ones, with the commands that people type. Nothing of the machine is changed: the
 * namespaces live in one process that holds them, and are gone with it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Everything that clients look for when they mean Docker Hub. */
export const dockerHubNames = ['registry-1.docker.io', 'index.docker.io', 'docker.io', 'auth.docker.io', 'hub.docker.com'];

export type HermeticNetwork = AsyncDisposable & {
  /** Put before a command: it then runs in there. */
  readonly enter: readonly string[];
};

export type HermeticNetworkOptions = {
  readonly folder: string;
  /** Addresses that the loopback device gets beside its own. */
  readonly addresses?: readonly string[];
  /** A bridge for containers that have a network, with this address. */
  readonly bridge?: { readonly name: string; readonly address: string };
  readonly hosts: Readonly<Record<string, readonly string[]>>;
};

/** Undefined where the kernel, or who we are, allows no namespaces. */
export async function openHermeticNetwork({ folder, addresses = [], bridge, hosts }: HermeticNetworkOptions): Promise<HermeticNetwork | undefined> {
  const hostsFile = join(folder, 'hosts');
  const resolver = join(folder, 'resolv.conf');
  await writeFile(
    hostsFile,
    Object.entries(hosts)
      .map(([address, names]) => `${address} ${names.join(' ')}\n`)
      .join(''),
  );
  await writeFile(resolver, 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n'); // nobody answers there
  const script = [
    'set -e',
    'ip link set lo up',
    // One family is enough, and all who look on see the same.
    'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6 || :',
    ...addresses.map((address) => `ip address add ${address}/32 dev lo`),
    ...(bridge === undefined
      ? []
      : [`ip link add ${bridge.name} type bridge`, `ip address add ${bridge.address} dev ${bridge.name}`, `ip link set ${bridge.name} up`]),
    `mount --bind ${hostsFile} /etc/hosts`,
    `mount --bind ${resolver} /etc/resolv.conf`,
    'echo ready',
    'exec sleep infinity',
  ];
  const holder = spawn('unshare', ['--net', '--mount', '--propagation', 'private', 'sh', '-c', script.join('\n')], { stdio: ['ignore', 'pipe', 'ignore'] });
  const isReady = await Promise.race([
    once(holder.stdout, 'data').then(() => true),
    once(holder, 'close').then(() => false),
    once(holder, 'error').then(() => false),
  ]);
  if (!isReady || holder.pid === undefined) return undefined;
  return { enter: ['nsenter', '--target', String(holder.pid), '--net', '--mount', '--'], [Symbol.asyncDispose]: () => end(holder) };
}

async function end(holder: ChildProcess): Promise<void> {
  if (holder.exitCode !== null || holder.signalCode !== null) return;
  const gone = once(holder, 'exit');
  holder.kill('SIGKILL');
  await gone;
}
