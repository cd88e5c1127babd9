/**
 * `naru container boot`: after the machine has started, what must run is started; what runs is left
 * alone, and nothing is stopped. With `--print-unit` it prints the systemd unit that calls it.
 */
import { resolve } from 'node:path';
import { type Container, ContainerError } from '../container/container.ts';
import { settle, startContainer } from '../container/container-life.ts';
import { processOf } from '../container/container-process.ts';
import { sweepContainers } from '../container/sweep-containers.ts';
import type { ClientCommand } from './command.ts';
import { programWords, withContainers } from './container-command.ts';
import { daemonText, exitCodes, storeRoot } from './image-command.ts';

export const containerBoot: ClientCommand = async (line, context) => {
  const { terminal } = context;
  if (line.switches.has('print-unit')) {
    await terminal.out(systemdUnit([...programWords(), 'container', 'boot', '--data-root', resolve(storeRoot(line, context))]));
    return exitCodes.done;
  }
  return withContainers(line, context, async (lives) => {
    sweepContainers(lives.root, lives.rows);
    let hasFailed = false;
    // The oldest first: what was made later may need what was there before.
    for (const { id } of lives.rows.list().toReversed()) {
      const container = await settle(lives, id);
      if (container === undefined || processOf(container) !== undefined || !mustRun(container)) continue;
      try {
        await startContainer(lives, id);
        await terminal.out(`${container.name}\n`);
      } catch (error) {
        if (!(error instanceof ContainerError)) throw error;
        hasFailed = true;
        await terminal.err(`${daemonText(`${container.name}: ${error.message}`)}\n`);
      }
    }
    return hasFailed ? exitCodes.failed : exitCodes.done;
  });
};

/** Who was never started is not begun here, and who ends by itself may. */
function mustRun({ spec: { restart }, state }: Container): boolean {
  if (state.startedAt === undefined) return false;
  switch (restart.name) {
    case 'no':
      return false;
    case 'always':
      return true;
    case 'unless-stopped':
      return !state.isStopWanted;
    case 'on-failure':
      return !state.isStopWanted && state.exitCode !== 0 && (restart.maxRetries === 0 || state.restartCount < restart.maxRetries);
  }
}

/** Supervisors begin in the unit and outlive its process: stopping the unit must leave them alone. */
function systemdUnit(command: readonly string[]): string {
  return `[Unit]
Description=Start the containers of naru that must run
Documentation=man:systemd.unit(5)
Wants=network-online.target
After=network-online.target local-fs.target

[Service]
Type=oneshot
RemainAfterExit=yes
KillMode=process
ExecStart=${command.map(quoted).join(' ')}

[Install]
WantedBy=multi-user.target
`;
}

/** One word of a command line of systemd's. */
function quoted(word: string): string {
  return /^[\w@+=:,./-]+$/.test(word) ? word : `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;
}
