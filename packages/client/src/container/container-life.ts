/**
 * The life of a container: started, settled when it has ended, stopped, removed. Each step may be the
 * last of a process that is killed: what is there is looked at again by the next that comes, and
 * `settle` is called by the supervisor, by lists and by whoever waits, whoever is first.
 */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderMode } from '../layout/durable-file.ts';
import { openImageReader } from '../layout/open-image-reader.ts';
import { isRunning, ownerOf } from '../layout/process-owner.ts';
import type { RemoteClock } from '../remote/clock.ts';
import { type Container, ContainerError } from './container.ts';
import { containerPaths, rootfsPath, volumePath } from './container-paths.ts';
import { processOf } from './container-process.ts';
import { type ContainerRows } from './container-rows.ts';
import { endNetwork, endStrays, findSupervisor } from './container-strays.ts';
import { unpackImage } from './image-rootfs.ts';
import { checkAccountFiles, resolveUser } from './image-user.ts';
import { callRuntime, runtimeFailure } from './oci-runtime.ts';
import { findInit } from './programs.ts';
import { runtimeSpec } from './runtime-spec.ts';
import { readSeccompProfile } from './seccomp-profile.ts';
import { containerAddress, nameServer, startNetwork } from './slirp-network.ts';
import { createSupervised } from './supervisor.ts';
import { sweepRootfs } from './sweep-rootfs.ts';
import type { TerminalSize } from './terminal-size.ts';
import { isAnonymous, prepareVolume, removeVolume } from './volumes.ts';

export type Lives = {
  readonly root: string;
  readonly rows: ContainerRows;
  readonly clock: RemoteClock;
  /** This program, with the words that make it settle a container; the id follows. */
  readonly settleCommand: readonly string[];
};

const firstBackOffMs = 100;
const longestBackOffMs = 60_000;
/** Who ran this long was well: the next back-off begins anew. */
const healthyMs = 10_000;
const pollMs = 50;

export type StartOptions = {
  readonly restarted?: boolean;
  readonly terminalSize?: TerminalSize;
  /** When it is there and does not run yet: the moment to attach. */
  readonly onCreated?: () => void;
};

/** Throws ContainerError. */
export async function startContainer(lives: Lives, id: string, { restarted = false, ...options }: StartOptions = {}): Promise<void> {
  const { rows } = lives;
  await rows.claimed(id, async (container) => {
    if (processOf(container) !== undefined) return;
    rows.change(id, { isStopWanted: false });
    try {
      await start(lives, container, { restarted, ...options });
    } catch (error) {
      await takeDown(lives, container);
      rows.change(id, { status: restarted ? 'exited' : 'created', exitCode: error instanceof ContainerError ? error.exitCode : 125 });
      throw error;
    }
  });
}

async function start(lives: Lives, container: Container, { restarted = false, terminalSize, onCreated }: StartOptions): Promise<void> {
  const { root, rows, clock, settleCommand } = lives;
  const { id, spec } = container;
  endStrays(root, id);
  await takeDown(lives, container);
  await unpackImage(root, clock, spec.imageId);
  for (const { kind, source, target } of spec.mounts) {
    if (kind === 'bind') mkdirSync(source, { recursive: true });
    else await prepareVolume(root, source, { rootfs: rootfsPath(root, spec.imageId), target });
  }
  prepareFiles(root, container, terminalSize);
  const pid = await createSupervised(root, container, [...settleCommand, id]);
  const count = restarted ? container.state.restartCount + 1 : 0;
  rows.change(id, { status: 'running', process: ownerOf(pid), startedAt: clock.now(), restartCount: count });
  if (spec.network === 'default') {
    rows.change(id, { ports: await startNetwork(root, container, pid) });
  }
  onCreated?.();
  const started = await callRuntime(root, container, 'start', id);
  if (started.exitCode !== 0) throw runtimeFailure('create', started.stderr);
}

function prepareFiles(root: string, container: Container, terminalSize?: TerminalSize): void {
  const { id, spec } = container;
  const paths = containerPaths(root, id);
  for (const folder of [paths.bundle, paths.merged, paths.upper, paths.work, paths.exits]) mkdirSync(folder, { recursive: true, mode: folderMode });
  for (const folder of [paths.merged, paths.upper]) chmodSync(folder, 0o755);
  const isHost = spec.network === 'host';
  writeFileSync(paths.etc('hostname'), `${spec.hostname}\n`);
  writeFileSync(
    paths.etc('hosts'),
    `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n${spec.network === 'default' ? containerAddress : '127.0.0.1'}\t${spec.hostname}\n`,
  );
  if (isHost && existsSync('/etc/resolv.conf')) copyFileSync('/etc/resolv.conf', paths.etc('resolv.conf'));
  else writeFileSync(paths.etc('resolv.conf'), spec.network === 'default' ? `nameserver ${nameServer}\n` : '');
  for (const folder of [rootfsPath(root, spec.imageId), paths.upper]) checkAccountFiles(folder);
  const seccomp = spec.security.seccomp === 'unconfined' ? undefined : readSeccompProfile(spec.security.seccomp, spec.security);
  const config = runtimeSpec(container, {
    rootPath: paths.merged,
    user: resolveUser(rootfsPath(root, spec.imageId), spec.user),
    etc: { hosts: paths.etc('hosts'), 'resolv.conf': paths.etc('resolv.conf'), hostname: paths.etc('hostname') },
    mountSource: (mount) => mountSource(root, mount),
    ...(spec.hasInit && { init: findInit() }),
    ...(seccomp && { seccomp }),
    ...(terminalSize && { terminalSize }),
  });
  writeFileSync(paths.config, JSON.stringify(config), { mode: 0o600 });
}

function mountSource(root: string, { kind, source }: Container['spec']['mounts'][number]): string {
  return kind === 'bind' ? source : volumePath(root, source);
}

/** Everything of it that still runs, and what the runtime remembers of it. */
async function takeDown({ root }: Lives, container: Container): Promise<void> {
  const { id } = container;
  endNetwork(root, id);
  if (!existsSync(containerPaths(root, id).bundle)) return;
  await callRuntime(root, container, 'delete', '--force', id);
  for (const path of [containerPaths(root, id).exit, containerPaths(root, id).networkSocket]) rmSync(path, { force: true });
}

/** Records that it has ended, if it has. Undefined when it is gone. */
export async function settle(lives: Lives, id: string): Promise<Container | undefined> {
  const { rows, clock } = lives;
  const settled = await rows.claimed(id, async (container) => {
    if (container.state.status !== 'running' || processOf(container) !== undefined) return container;
    const exitCode = await readExitCode(lives, id);
    const finishedAt = clock.now();
    await takeDown(lives, container);
    const ranMs = finishedAt - (container.state.startedAt ?? finishedAt);
    const backOffMs = ranMs >= healthyMs || container.state.backOffMs === 0 ? firstBackOffMs : Math.min(container.state.backOffMs * 2, longestBackOffMs);
    const status = isRestartDue(container, exitCode) ? 'restarting' : 'exited';
    rows.change(id, { process: '', status, exitCode, finishedAt, backOffMs });
    return rows.get(id);
  });
  const isOver = settled?.state.status === 'exited' && !isWaitedFor(settled);
  if (settled?.spec.removeAtEnd === true && (isOver || isForsaken(settled))) await removeContainer(lives, settled, { force: false, volumes: true });
  return settled ?? undefined;
}

/** Whoever made it was killed before it was started, and nobody wants to keep it. */
export function isForsaken({ spec, state }: Container): boolean {
  return state.status === 'created' && spec.removeAtEnd && spec.foreground !== undefined && !isRunning(spec.foreground);
}

function isWaitedFor({ spec }: Container): boolean {
  return spec.foreground !== undefined && isRunning(spec.foreground);
}

/** The supervisor writes it when the process has gone; it may be behind. Without one: killed, and the supervisor too. */
async function readExitCode({ root, clock }: Lives, id: string): Promise<number> {
  for (;;) {
    // Asked first: it may write and end in between.
    const isWatched = findSupervisor(root, id) !== undefined;
    const path = containerPaths(root, id).exit;
    if (existsSync(path)) return Number(readFileSync(path, 'utf8')) || 0;
    if (!isWatched) return 137;
    await clock.sleep(pollMs);
  }
}

function isRestartDue({ spec, state }: Container, exitCode: number): boolean {
  if (state.isStopWanted || spec.removeAtEnd) return false;
  const { name, maxRetries } = spec.restart;
  if (name === 'on-failure') return exitCode !== 0 && (maxRetries === 0 || state.restartCount < maxRetries);
  return name !== 'no';
}

/** What the supervisor calls at the end: settles, and starts again after a while where the policy says so. */
export async function settleAndRestart(lives: Lives, id: string): Promise<void> {
  const { rows, clock } = lives;
  const settled = await settle(lives, id);
  if (settled?.state.status !== 'restarting') return;
  await clock.sleep(settled.state.backOffMs);
  const now = rows.get(id);
  if (now?.state.status === 'restarting' && !now.state.isStopWanted) await startContainer(lives, id, { restarted: true });
}

export async function stopContainer(
  lives: Lives,
  { id }: Container,
  { signal, timeoutMs }: { readonly signal: string; readonly timeoutMs: number },
): Promise<void> {
  const { root, rows, clock } = lives;
  const container = rows.change(id, { isStopWanted: true });
  if (container === undefined) return;
  if (container.state.status === 'restarting') rows.change(id, { status: 'exited' });
  if (processOf(container) === undefined) return;
  await callRuntime(root, container, 'kill', id, signal);
  const deadline = clock.now() + timeoutMs;
  while (processOf(container) !== undefined && clock.now() < deadline) await clock.sleep(pollMs);
  if (processOf(container) !== undefined) await callRuntime(root, container, 'kill', id, 'SIGKILL');
  while (processOf(container) !== undefined) await clock.sleep(pollMs);
  await settle(lives, id);
}

/** Throws ContainerError when it runs and nobody forces. */
export async function removeContainer(
  lives: Lives,
  { id, spec }: Container,
  { force, volumes }: { readonly force: boolean; readonly volumes: boolean },
): Promise<void> {
  const { root, rows, clock } = lives;
  await rows.claimed(id, async (container) => {
    if (processOf(container) !== undefined && !force) {
      throw new ContainerError(`You cannot remove a running container ${id}. Stop the container before attempting removal or force remove`, { exitCode: 1 });
    }
    endStrays(root, id);
    await takeDown(lives, container);
    rmSync(join(root, 'containers', id), { recursive: true, force: true });
    rows.remove(id);
    for (const { kind, source } of volumes ? container.spec.mounts : []) {
      if (kind === 'volume' && isAnonymous(source)) removeUnused(lives, source);
    }
  });
  const images = listImageIds(root, clock);
  if (!images.has(spec.imageId)) sweepRootfs(root, lives, images);
}

/** Somebody may have given it to another container by its name. */
function removeUnused({ root, rows }: Lives, volume: string): void {
  try {
    removeVolume(root, rows, volume);
  } catch (error) {
    if (!(error instanceof ContainerError)) throw error;
  }
}

function listImageIds(root: string, clock: RemoteClock): ReadonlySet<string> {
  using store = openImageReader(root, clock);
  return new Set(store.listImages().map(({ id }) => id));
}
