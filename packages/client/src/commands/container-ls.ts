/** `naru ps`: Docker's columns and templates. */
import { formatList } from '../format/list-format.ts';
import type { ClientCommand } from './command.ts';
import { listSettled, withContainers } from './container-command.ts';
import { containerHeader, containerRow } from './container-row.ts';

const table = 'table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}';

export const containerLs: ClientCommand = (line, context) =>
  withContainers(line, context, async (lives) => {
    const { values, switches } = line;
    const now = context.clock.now();
    const all = await listSettled(lives);
    const shown = all.filter(({ state }) => switches.has('all') || state.status === 'running' || state.status === 'restarting');
    const format = values['format'] ?? 'table';
    await context.terminal.out(
      formatList(
        format === 'table' ? (switches.has('quiet') ? '{{.ID}}' : table) : format,
        containerHeader,
        shown.map((container) => containerRow(container, { now, isWhole: switches.has('no-trunc') })),
      ),
    );
    return 0;
  });
