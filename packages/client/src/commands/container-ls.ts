/** `naru ps`: Docker's columns and templates. */
import type { Container } from '../container/container.ts';
import { containerPaths } from '../container/container-paths.ts';
import { parseWhole } from '../container/container-options.ts';
import { folderBytes } from '../container/folder-bytes.ts';
import { formatList } from '../format/list-format.ts';
import type { ClientCommand } from './command.ts';
import { complaining, listSettled, withContainers } from './container-command.ts';
import { chooseContainers } from './container-filters.ts';
import { containerJson } from './container-json.ts';
import { containerHeader, containerRow } from './container-row.ts';
import { jsonDocument } from './json-document.ts';

const table = 'table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}';

export const containerLs: ClientCommand = (line, context) =>
  complaining(context, () =>
    withContainers(line, context, async (lives) => {
      const { values, switches, lists = {} } = line;
      const now = context.clock.now();
      const latest = switches.has('latest') ? 1 : values['last'] === undefined ? undefined : parseWhole('-n, --last', values['last']);
      const all = await listSettled(lives);
      const isFiltered = [...(lists['filter'] ?? [])].some((text) => /^\s*(status|exited)\s*=/i.test(text));
      const shown = chooseContainers(all, lists['filter'] ?? [], now)
        .filter(({ state }) => isFiltered || latest !== undefined || switches.has('all') || state.status === 'running' || state.status === 'restarting')
        .slice(0, latest);
      const size = ({ id }: Container) => (switches.has('size') ? { sizeBytes: folderBytes(containerPaths(lives.root, id).upper) } : {});
      if (switches.has('json')) {
        await context.terminal.out(jsonDocument(shown.map((container) => ({ ...containerJson(container), ...size(container) }))));
        return 0;
      }
      const format = values['format'] ?? 'table';
      await context.terminal.out(
        formatList(
          format === 'table' ? (switches.has('quiet') ? '{{.ID}}' : switches.has('size') ? `${table}\t{{.Size}}` : table) : format,
          containerHeader,
          shown.map((container) =>
            containerRow(container, {
              now,
              isWhole: switches.has('no-trunc'),
              ...size(container),
            }),
          ),
        ),
      );
      return 0;
    }),
  );
