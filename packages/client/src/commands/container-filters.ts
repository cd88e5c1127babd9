/** Which containers a list shows, as Docker filters them: different filters must all hold, of several values of one, but for labels, one. */
import type { Container } from '../container/container.ts';
import { ContainerError } from '../container/container.ts';
import { FilterError, parseFilters } from '../filter/parse-filters.ts';
import { parseUntil } from '../filter/until.ts';

export const listFilters = ['ancestor', 'before', 'exited', 'id', 'label', 'name', 'network', 'publish', 'since', 'status', 'volume'] as const;

const statuses = ['created', 'restarting', 'running', 'removing', 'paused', 'exited', 'dead'];

/** Throws FilterError and ContainerError. */
export function chooseContainers(all: readonly Container[], texts: readonly string[], now: number, known: readonly string[] = listFilters): Container[] {
  const filters = parseFilters(texts, known);
  const values = (name: string): readonly string[] => filters.get(name) ?? [];
  for (const status of values('status')) {
    if (!statuses.includes(status)) throw new FilterError(`invalid filter 'status=${status}'`);
  }
  const createdAt = (text: string): number => {
    const found = all.find(({ id, name }) => name === text || id.startsWith(text));
    if (found === undefined) throw new ContainerError(`No such container: ${text}`, { exitCode: 1 });
    return found.createdAt;
  };
  const before = Math.min(...values('before').map(createdAt));
  const since = Math.max(...values('since').map(createdAt));
  const until = Math.min(...values('until').map((text) => parseUntil(text, now)));
  const oneOf = (name: string, holds: (value: string) => boolean): boolean => values(name).length === 0 || values(name).some(holds);
  return all.filter(
    (container) =>
      container.createdAt < before &&
      container.createdAt > since &&
      container.createdAt <= until &&
      oneOf('status', (status) => container.state.status === status) &&
      oneOf('id', (id) => container.id.startsWith(id)) &&
      oneOf('name', (name) => matches(`/${container.name}`, name) || matches(container.name, name)) &&
      oneOf('exited', (code) => container.state.status === 'exited' && String(container.state.exitCode) === code) &&
      oneOf('ancestor', (image) => isOf(container, image)) &&
      oneOf('network', (network) => network === container.spec.network || (network === 'bridge' && container.spec.network === 'default')) &&
      oneOf('volume', (volume) => container.spec.mounts.some(({ source, target }) => source === volume || target === volume)) &&
      oneOf('publish', (port) => container.spec.ports.some(({ hostPort, protocol }) => `${hostPort}/${protocol}` === port || String(hostPort) === port)) &&
      values('label').every((label) => hasLabel(container, label)) &&
      !values('label!').some((label) => hasLabel(container, label)),
  );
}

/** Docker takes a name for a regular expression; what is none is a part of it. */
function matches(name: string, wanted: string): boolean {
  return /^[\w./^$-]*$/.test(wanted) ? new RegExp(wanted).test(name) : name.includes(wanted);
}

function isOf({ spec }: Container, image: string): boolean {
  const short = spec.imageId.replace(/^sha256:/, '');
  return (
    spec.image === image ||
    spec.image === `${image}:latest` ||
    `${spec.image}:latest` === image ||
    (image.length >= 4 && short.startsWith(image.replace(/^sha256:/, '')))
  );
}

function hasLabel({ spec }: Container, wanted: string): boolean {
  const [key = '', ...value] = wanted.split('=');
  return Object.hasOwn(spec.labels, key) && (value.length === 0 || spec.labels[key] === value.join('='));
}
