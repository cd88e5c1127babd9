/** A container as `--json` of lists shows it. */
import type { Container } from '../container/container.ts';

export function containerJson({ id, name, createdAt, spec, state }: Container): object {
  return {
    id,
    name,
    image: spec.image,
    imageId: spec.imageId,
    command: spec.args,
    status: state.status,
    exitCode: state.exitCode,
    restartCount: state.restartCount,
    created: timeOf(createdAt),
    started: timeOf(state.startedAt),
    finished: timeOf(state.finishedAt),
    restart: spec.restart.name,
    network: spec.network,
    ports: state.status === 'running' ? (state.ports ?? spec.ports) : [],
    mounts: spec.mounts,
    labels: spec.labels,
  };
}

function timeOf(epochMs: number | undefined): string | null {
  return epochMs === undefined ? null : new Date(epochMs).toISOString();
}
