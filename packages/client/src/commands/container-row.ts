/** The rows that lists of containers show, with the fields that Docker's templates know. */
import type { Container } from '../container/container.ts';
import { isAnonymous } from '../container/volumes.ts';
import { humanDuration } from '../format/human-duration.ts';
import { humanSize } from '../format/human-size.ts';
import { templateRecord, type TemplateRecord } from '../format/template/value.ts';
import { goTimeText } from '../format/time-text.ts';
import { shortId } from './image-command.ts';

const typeName = '*formatter.ContainerContext';

export const containerHeader: TemplateRecord = templateRecord(typeName, {
  ID: 'CONTAINER ID',
  Image: 'IMAGE',
  Command: 'COMMAND',
  CreatedAt: 'CREATED AT',
  RunningFor: 'CREATED',
  Status: 'STATUS',
  State: 'STATE',
  Ports: 'PORTS',
  Names: 'NAMES',
  Networks: 'NETWORKS',
  Labels: 'LABELS',
  Mounts: 'MOUNTS',
  LocalVolumes: 'LOCAL VOLUMES',
  Size: 'SIZE',
});

export function containerRow(
  { id, name, createdAt, spec, state }: Container,
  { now, isWhole, sizeBytes }: { readonly now: number; readonly isWhole: boolean; readonly sizeBytes?: number },
): TemplateRecord {
  const command = spec.args.join(' ');
  const volumes = spec.mounts.filter(({ kind }) => kind === 'volume');
  const mountNames = spec.mounts.map(({ source }) => (isWhole || source.length <= 15 || !isAnonymous(source) ? source : `${source.slice(0, 14)}…`));
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
    Labels: Object.entries(spec.labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    Mounts: mountNames.join(','),
    LocalVolumes: String(volumes.length),
    Size: sizeBytes === undefined ? 'N/A' : humanSize(sizeBytes, 3),
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
  return (state.ports ?? spec.ports)
    .map(({ hostAddress, hostPort, containerPort, protocol }) => `${hostAddress}:${hostPort}->${containerPort}/${protocol}`)
    .join(', ');
}
