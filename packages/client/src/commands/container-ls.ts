/** `naru ps`: Docker's columns and templates. */
import type { Container } from '../container/container.ts';
import { humanDuration } from '../format/human-duration.ts';
import { formatList } from '../format/list-format.ts';
import { templateRecord, type TemplateRecord } from '../format/template/value.ts';
import { goTimeText } from '../format/time-text.ts';
import type { ClientCommand } from './command.ts';
import { listSettled, withContainers } from './container-command.ts';
import { shortId } from './image-command.ts';

const typeName = '*formatter.ContainerContext';
const table = 'table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}';
const header = templateRecord(typeName, {
  ID: 'CONTAINER ID', Image: 'IMAGE', Command: 'COMMAND', CreatedAt: 'CREATED AT', RunningFor: 'CREATED', Status: 'STATUS', State: 'STATE', Ports: 'PORTS', Names: 'NAMES', Networks: 'NETWORKS',
}); // prettier-ignore

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
        header,
        shown.map((container) => row(container, now, switches.has('no-trunc'))),
      ),
    );
    return 0;
  });

function row({ id, name, createdAt, spec, state }: Container, now: number, isWhole: boolean): TemplateRecord {
  const command = spec.args.join(' ');
  return templateRecord(typeName, {
    ID: isWhole ? id : shortId(id),
    Image: spec.image,
    Command: JSON.stringify(isWhole || command.length <= 20 ? command : `${command.slice(0, 19)}…`),
    CreatedAt: goTimeText(createdAt),
    RunningFor: `${humanDuration(now - createdAt)} ago`,
    Status: statusText(state, now),
    State: state.status,
    Ports: portsText({ spec, state }),
    Names: name,
    Networks: spec.network === 'default' ? 'bridge' : spec.network,
  });
}

function statusText({ status, startedAt = 0, finishedAt = 0, exitCode }: Container['state'], now: number): string {
  switch (status) {
    case 'created':
      return 'Created';
    case 'running':
      return `Up ${humanDuration(now - startedAt)}`;
    case 'restarting':
      return `Restarting (${exitCode}) ${humanDuration(now - finishedAt)} ago`;
    case 'exited':
      return `Exited (${exitCode}) ${humanDuration(now - finishedAt)} ago`;
  }
}

function portsText({ spec, state }: Pick<Container, 'spec' | 'state'>): string {
  if (state.status !== 'running') return '';
  return spec.ports.map(({ hostAddress, hostPort, containerPort, protocol }) => `${hostAddress}:${hostPort}->${containerPort}/${protocol}`).join(', ');
}
