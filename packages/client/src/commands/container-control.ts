/** The verbs that change or watch a container that is there. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerError } from '../container/container.ts';
import { removeContainer, settle, settleAndRestart, startContainer, stopContainer } from '../container/container-life.ts';
import { processOf } from '../container/container-process.ts';
import { containerPaths, rootfsPath } from '../container/container-paths.ts';
import { resolveUser } from '../container/image-user.ts';
import { openLog } from '../container/log-file.ts';
import { callRuntime } from '../container/oci-runtime.ts';
import { processSpec } from '../container/runtime-spec.ts';
import type { ClientCommand } from './command.ts';
import { forEachContainer, withContainers } from './container-command.ts';
import { daemonText } from './image-command.ts';

const defaultStopSeconds = 10;
const pollMs = 50;

export const containerStop: ClientCommand = (line, context) =>
  withContainers(line, context, (lives) =>
    forEachContainer(line, context, lives, async (container) => {
      const timeoutMs = Number(line.values['time'] ?? defaultStopSeconds) * 1000;
      await stopContainer(lives, container, { signal: container.spec.stopSignal, timeoutMs });
      return undefined;
    }),
  );

export const containerStart: ClientCommand = (line, context) =>
  withContainers(line, context, (lives) =>
    forEachContainer(line, context, lives, async ({ id }) => {
      await settle(lives, id);
      await startContainer(lives, id);
      return undefined;
    }),
  );

export const containerRestart: ClientCommand = (line, context) =>
  withContainers(line, context, (lives) =>
    forEachContainer(line, context, lives, async (container) => {
      await stopContainer(lives, container, { signal: container.spec.stopSignal, timeoutMs: Number(line.values['time'] ?? defaultStopSeconds) * 1000 });
      await startContainer(lives, container.id);
      return undefined;
    }),
  );

export const containerKill: ClientCommand = (line, context) =>
  withContainers(line, context, (lives) =>
    forEachContainer(line, context, lives, async (container) => {
      if (processOf(container) === undefined) throw new ContainerError(`Cannot kill container: ${container.name}: Container ${container.id} is not running`);
      const signal = line.values['signal'] ?? 'SIGKILL';
      if (/^(SIG)?KILL$|^9$/.test(signal)) lives.rows.change(container.id, { isStopWanted: true });
      await callRuntime(lives.root, container, 'kill', container.id, signal);
      return undefined;
    }),
  );

export const containerRm: ClientCommand = (line, context) =>
  withContainers(line, context, (lives) =>
    forEachContainer(line, context, lives, async (container) => {
      await settle(lives, container.id);
      await removeContainer(lives, container, { force: line.switches.has('force'), volumes: line.switches.has('volumes') });
      return undefined;
    }),
  );

export const containerWait: ClientCommand = (line, context) =>
  withContainers(line, context, (lives) =>
    forEachContainer(line, context, lives, async ({ id }) => {
      for (;;) {
        const container = await settle(lives, id);
        if (container === undefined || (container.state.status !== 'running' && container.state.status !== 'restarting'))
          return String(container?.state.exitCode ?? 0);
        await context.clock.sleep(pollMs);
      }
    }),
  );

/** What the supervisor calls. */
export const containerSettle: ClientCommand = ({ words = [], ...line }, context) =>
  withContainers(line, context, async (lives) => {
    await settleAndRestart(lives, words[0] ?? '');
    return 0;
  });

export const containerLogs: ClientCommand = (line, context) =>
  complaining(context, () =>
    withContainers(line, context, async (lives) => {
      const { switches, values } = line;
      const { id } = lives.rows.find(line.words?.[0] ?? '');
      const log = openLog(containerPaths(lives.root, id).log);
      const print = async (lines: ReturnType<typeof log.read>) => {
        for (const { time, isError, text } of lines) {
          const shown = `${switches.has('timestamps') ? `${time.replace(/\+00:00$/, 'Z')} ` : ''}${Buffer.from(text, 'latin1').toString()}`;
          await (isError ? context.terminal.err(shown) : context.terminal.out(shown));
        }
      };
      const tail = values['tail'];
      const first = log.read();
      await print(tail === undefined || tail === 'all' ? first : Number(tail) === 0 ? [] : first.slice(-Number(tail)));
      while (switches.has('follow')) {
        // Asked before the last look, so that nothing that came in between is missed.
        const container = lives.rows.get(id);
        await print(log.read());
        if (container === undefined || container.state.status === 'exited' || container.state.status === 'created') break;
        await context.clock.sleep(pollMs);
      }
      return 0;
    }),
  );

export const containerExec: ClientCommand = (line, context) =>
  complaining(context, () =>
    withContainers(line, context, async ({ root, rows }) => {
      const { values, switches, lists = {}, words = [] } = line;
      const container = rows.find(words[0] ?? '');
      const { id, spec } = container;
      if (processOf(container) === undefined) throw new ContainerError(`Container ${id} is not running`, { exitCode: 1 });
      const terminal = switches.has('tty');
      if (terminal && !context.streams.isInputTerminal()) throw new ContainerError('the input device is not a TTY', { exitCode: 1 });
      const environment = [...spec.environment, ...(lists['env'] ?? []).filter((entry) => entry.includes('='))];
      const user = resolveUser(rootfsPath(root, spec.imageId), values['user'] ?? spec.user);
      const asked = { args: words.slice(1), environment, workingFolder: values['workdir'] ?? spec.workingFolder, hostname: spec.hostname };
      const folder = mkdtempSync(join(tmpdir(), 'naru-exec-'));
      try {
        writeFileSync(join(folder, 'process.json'), JSON.stringify(processSpec(asked, user, { terminal })), { mode: 0o600 });
        const args = [
          '--root',
          containerPaths(root, id).runtimeRoot,
          'exec',
          '--process',
          join(folder, 'process.json'),
          ...(switches.has('detach') ? ['--detach'] : []),
          id,
        ];
        const hasInput = switches.has('interactive') || terminal;
        const child = spawn(spec.runtime, args, { stdio: [hasInput ? 'inherit' : 'ignore', 'inherit', 'pipe'] });
        let said = '';
        child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4096)) && process.stderr.write(chunk));
        const code = await new Promise<number>((resolve) => child.once('close', (exitCode) => resolve(exitCode ?? 137)));
        return code === 255 && /executable file .*not found|no such file/.test(said) ? 127 : code === 255 && /permission denied/.test(said) ? 126 : code;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }),
  );

export const containerPort: ClientCommand = (line, context) =>
  complaining(context, () =>
    withContainers(line, context, async ({ rows }) => {
      const { spec } = rows.find(line.words?.[0] ?? '');
      for (const { containerPort, protocol, hostAddress, hostPort } of spec.ports)
        await context.terminal.out(`${containerPort}/${protocol} -> ${hostAddress}:${hostPort}\n`);
      return 0;
    }),
  );

async function complaining({ terminal }: Parameters<ClientCommand>[1], work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ContainerError)) throw error;
    await terminal.err(`${daemonText(error.message)}\n`);
    return error.exitCode === 125 ? 1 : error.exitCode;
  }
}
