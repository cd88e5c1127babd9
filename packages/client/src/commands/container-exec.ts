/** `naru exec` and `naru attach`. */
import { ContainerError } from '../container/container.ts';
import { processOf } from '../container/container-process.ts';
import { mergeVariables, variablesOf } from '../container/environment-variables.ts';
import { execInContainer } from '../container/exec-in-container.ts';
import type { ClientCommand } from './command.ts';
import { complaining, withContainers } from './container-command.ts';
import { joinRunning } from './container-foreground.ts';

export const containerExec: ClientCommand = (line, context) =>
  complaining(context, () =>
    withContainers(line, context, async ({ root, rows }) => {
      const { values, switches, lists = {}, words = [] } = line;
      const container = rows.find(words[0] ?? '');
      const { id, spec } = container;
      if (processOf(container) === undefined) throw new ContainerError(`Container ${id} is not running`, { exitCode: 1 });
      const hasTerminal = switches.has('tty');
      if (hasTerminal && !context.streams.isInputTerminal()) {
        await context.terminal.err('the input device is not a TTY\n');
        return 1;
      }
      return execInContainer(root, container, {
        args: words.slice(1),
        environment: mergeVariables(spec.environment, variablesOf(lists['env'] ?? [], context.environment)),
        workingFolder: values['workdir'] ?? spec.workingFolder,
        user: values['user'] ?? spec.user,
        hasTerminal,
        hasInput: switches.has('interactive'),
        isDetached: switches.has('detach'),
      });
    }),
  );

export const containerAttach: ClientCommand = (line, context) =>
  complaining(context, () =>
    withContainers(line, context, async (lives) => {
      const container = lives.rows.find(line.words?.[0] ?? '');
      if (processOf(container) === undefined) {
        await context.terminal.err('You cannot attach to a stopped container, start it first\n');
        return 1;
      }
      return joinRunning(lives, container, context, { detachKeys: line.values['detach-keys'], noInput: line.switches.has('no-stdin') });
    }),
  );
