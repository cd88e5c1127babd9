/** The verbs that change or watch a container that is there. */
import { type Container, ContainerError } from '../container/container.ts';
import { parseWhole } from '../container/container-options.ts';
import { removeContainer, settle, settleAndRestart, startContainer, stopContainer } from '../container/container-life.ts';
import { containerPaths } from '../container/container-paths.ts';
import { processOf } from '../container/container-process.ts';
import { folderBytes } from '../container/folder-bytes.ts';
import { callRuntime } from '../container/oci-runtime.ts';
import { humanSize } from '../format/human-size.ts';
import type { ClientCommand, ClientCommandLine } from './command.ts';
import { complaining, forEachContainer, listSettled, withContainers } from './container-command.ts';
import { chooseContainers } from './container-filters.ts';
import { startInForeground } from './container-foreground.ts';
import { exitCodes } from './image-command.ts';
import { jsonDocument } from './json-document.ts';

const pollMs = 50;

export const containerStop: ClientCommand = (line, context) =>
  withContainers(line, context, (lives) =>
    forEachContainer(line, context, lives, async (container) => {
      await stopContainer(lives, container, stopOptions(line, container));
      return undefined;
    }),
  );

export const containerStart: ClientCommand = (line, context) => {
  const { switches, values, words = [] } = line;
  if (switches.has('attach') || switches.has('interactive')) {
    return complaining(context, () =>
      withContainers(line, context, async (lives) => {
        if (words.length !== 1) throw new ContainerError('you cannot start and attach multiple containers at once');
        const container = lives.rows.find(words[0] ?? '');
        await settle(lives, container.id);
        return startInForeground(lives, container, context, { detachKeys: values['detach-keys'], noInput: !switches.has('interactive') });
      }),
    );
  }
  return withContainers(line, context, (lives) =>
    forEachContainer(line, context, lives, async ({ id }) => {
      await settle(lives, id);
      await startContainer(lives, id);
      return undefined;
    }),
  );
};

export const containerRestart: ClientCommand = (line, context) =>
  withContainers(line, context, (lives) =>
    forEachContainer(line, context, lives, async (container) => {
      await stopContainer(lives, container, stopOptions(line, container));
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

export const containerPort: ClientCommand = (line, context) =>
  complaining(context, () =>
    withContainers(line, context, async ({ rows }) => {
      const { words = [] } = line;
      const { name, spec, state } = rows.find(words[0] ?? '');
      const wanted = words[1]?.replace(/^(\d+)$/, '$1/tcp');
      const ports = (state.ports ?? spec.ports).filter((port) => wanted === undefined || wanted === `${port.containerPort}/${port.protocol}`);
      if (wanted !== undefined && ports.length === 0) throw new ContainerError(`No public port '${wanted}' published for ${name}`);
      if (line.switches.has('json')) {
        await context.terminal.out(jsonDocument(ports));
        return exitCodes.done;
      }
      for (const { containerPort, protocol, hostAddress, hostPort } of ports)
        await context.terminal.out(`${wanted === undefined ? `${containerPort}/${protocol} -> ` : ''}${hostAddress}:${hostPort}\n`);
      return 0;
    }),
  );

export const containerPrune: ClientCommand = async (line, context) => {
  const { terminal } = context;
  if (!line.switches.has('force')) {
    const answer = await terminal.ask('WARNING! This will remove all stopped containers.\nAre you sure you want to continue? [y/N] ').catch(() => '');
    if (!/^y(es)?$/i.test(answer.trim())) {
      await terminal.err('container prune has been cancelled\n');
      return exitCodes.failed;
    }
  }
  return withContainers(line, context, async (lives) => {
    const stopped = (await listSettled(lives)).filter(({ state }) => state.status === 'created' || state.status === 'exited');
    const chosen = chooseContainers(stopped, line.lists?.['filter'] ?? [], context.clock.now(), ['until', 'label', 'label!']);
    let freedBytes = 0;
    for (const container of chosen) {
      const { upper } = containerPaths(lives.root, container.id);
      const bytes = folderBytes(upper);
      await removeContainer(lives, container, { force: false, volumes: false });
      freedBytes += bytes;
    }
    const removed = chosen.map(({ id }) => `${id}\n`).join('');
    await terminal.out(`${removed === '' ? '' : `Deleted Containers:\n${removed}\n`}Total reclaimed space: ${humanSize(freedBytes, 4)}\n`);
    return exitCodes.done;
  });
};

function stopOptions({ values }: ClientCommandLine, { spec }: Container): Parameters<typeof stopContainer>[2] {
  const { time } = values;
  return { signal: values['signal'] ?? spec.stopSignal, timeoutMs: time === undefined ? spec.stopTimeoutMs : parseWhole('-t, --time', time) * 1000 };
}
