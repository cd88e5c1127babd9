/** `naru run` and `naru create`: a container of an image from the local store, which is pulled when it is missing. */
import { ContainerError } from '../container/container.ts';
import { removeContainer, startContainer } from '../container/container-life.ts';
import type { ClientCommand, CommandContext } from './command.ts';
import { withContainers } from './container-command.ts';
import { startInForeground } from './container-foreground.ts';
import { createContainer } from './create-container.ts';
import { daemonText } from './image-command.ts';

export const containerRun: ClientCommand = (line, context) =>
  withDockersHint('run', context, async () => {
    const { switches, values } = line;
    const isDetached = switches.has('detach');
    if (!isDetached && switches.has('tty') && switches.has('interactive') && !context.streams.isInputTerminal()) {
      await context.terminal.err('the input device is not a TTY\n');
      return 1;
    }
    return withContainers(line, context, async (lives) => {
      const container = await createContainer(line, context, lives, { isForeground: !isDetached });
      try {
        if (!isDetached) return await startInForeground(lives, container, context, { detachKeys: values['detach-keys'] });
        await startContainer(lives, container.id);
      } catch (error) {
        if (container.spec.removeAtEnd) await removeContainer(lives, container, { force: true, volumes: true });
        throw error;
      }
      await context.terminal.out(`${container.id}\n`);
      return 0;
    });
  });

export const containerCreate: ClientCommand = (line, context) =>
  withDockersHint('create', context, () =>
    withContainers(line, context, async (lives) => {
      const { id } = await createContainer(line, context, lives, { isForeground: false });
      await context.terminal.out(`${id}\n`);
      return 0;
    }),
  );

async function withDockersHint(verb: string, { terminal }: CommandContext, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ContainerError)) throw error;
    await terminal.err(`naru: ${daemonText(error.message)}\n\nRun 'naru ${verb} --help' for more information\n`);
    return error.exitCode;
  }
}
