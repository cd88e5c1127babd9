/** What Naru has promised to stay within, each line beside what this run found. Ratios are of medians of the same run. */
import { type Results, spreadIn } from './results.ts';

export type BudgetLine = { readonly what: string; readonly promise: string; readonly found: string; readonly verdict: 'kept' | 'broken' | 'not measured' };

export function compareWithBudget(results: Results): BudgetLine[] {
  const median = (id: string, metric: string, peer = 'naru'): number | undefined => spreadIn(results, id, peer, metric)?.median;
  const pull = ratio(median('pull-100mib-x1', 'cpuSecondsPerGb'), median('pull-100mib-x1', 'cpuSecondsPerGb', 'nginx'));
  const pullEight = ratio(median('pull-100mib-x8', 'cpuSecondsPerGb'), median('pull-100mib-x8', 'cpuSecondsPerGb', 'nginx'));
  const push = ratio(median('push-100mib-x1', 'cpuSecondsPerGb'), pushFloor(results, 1));
  const pushEight = ratio(median('push-100mib-x8', 'cpuSecondsPerGb'), pushFloor(results, 8));
  return [
    line('pull, 1 client', '≤ 1.0 × nginx', pull, 1, (value) => `${value.toFixed(2)} ×`),
    line('pull, 8 clients', '≤ 1.0 × nginx', pullEight, 1, (value) => `${value.toFixed(2)} ×`),
    line('push, 1 client', '≤ 1.3 × floor', push, 1.3, (value) => `${value.toFixed(2)} ×`),
    line('push, 8 clients', '≤ 1.3 × floor', pushEight, 1.3, (value) => `${value.toFixed(2)} ×`),
    line('manifest by tag', '≤ 25 µs CPU', median('manifest-get-tag', 'cpuMicros'), 25, (value) => `${value.toFixed(1)} µs`),
    line('manifest with a token', '≤ 25 µs CPU', median('access-manifest-get', 'cpuMicros'), 25, (value) => `${value.toFixed(1)} µs`),
    line('token for an access token', '≤ 300 µs CPU', median('access-token', 'cpuMicros'), 300, (value) => `${value.toFixed(0)} µs`),
    line('decision among a million grants', '≤ 10 µs CPU', median('access-decision', 'cpuMicros'), 10, (value) => `${value.toFixed(1)} µs`),
    line('tag list page', '≤ 3 ms', median('tag-list', 'medianMs'), 3, (value) => `${value.toFixed(2)} ms`),
    line('catalog page', '≤ 3 ms', median('catalog', 'medianMs'), 3, (value) => `${value.toFixed(2)} ms`),
    line('a folder of an image of 1 GB', '≤ 50 ms', median('image-files', 'folderMs'), 50, (value) => `${value.toFixed(1)} ms`),
    line('comparing two images of 1 GB', '≤ 1 s', median('image-files', 'compareMs'), 1000, (value) => `${value.toFixed(0)} ms`),
    line('first page in a browser', '≤ 1 s', median('first-view', 'interactiveMs'), 1000, (value) => `${value.toFixed(0)} ms`),
    line('first page, script and styles', '≤ 100 kB', median('first-view', 'sentKb'), 100, (value) => `${value.toFixed(1)} kB`),
    line('security of 10 000 images, the slowest list', '≤ 100 ms', median('namespace-security', 'slowestMs'), 100, (value) => `${value.toFixed(0)} ms`),
    line('inventory of 500 MB', '≤ 10 CPU s', median('inventory', 'cpuSeconds'), 10, (value) => `${value.toFixed(2)} s`),
    line('inventory of 500 MB, memory', '≤ 200 MB', median('inventory', 'peakMb'), 200, (value) => `${value.toFixed(0)} MB`),
    line('memory, large layer and slow pullers', '≤ 150 MB', median('memory', 'peakMb'), 150, (value) => `${value.toFixed(0)} MB`),
    ...(['cpuSeconds', 'wallSeconds'] as const).map((metric) =>
      line(
        `client pull, ${metric === 'cpuSeconds' ? 'CPU' : 'by the clock'}`,
        '≤ 1.0 × skopeo, unpacked as here',
        ratio(median('client-pull-naru', metric), median('client-pull-skopeo-overlay', metric)),
        1,
        (value) => `${value.toFixed(2)} ×`,
      ),
    ),
    line(
      'client push, CPU',
      '≤ 1.0 × skopeo',
      ratio(median('client-push-naru', 'cpuSeconds'), median('client-push-skopeo-oci', 'cpuSeconds')),
      1,
      (value) => `${value.toFixed(2)} ×`,
    ),
    line(
      'client memory',
      '≤ 120 MB',
      most(median('client-pull-naru', 'peakMb'), median('client-push-naru', 'peakMb')),
      120,
      (value) => `${value.toFixed(0)} MB`,
    ),
    line('naru images with 1000 images', '≤ 80 ms', median('client-images', 'medianMs'), 80, (value) => `${value.toFixed(0)} ms`),
    line('ready with a million manifests', '≤ 300 ms', median('ready-million', 'readyMs'), 300, (value) => `${value.toFixed(0)} ms`),
  ];
}

/** CPU seconds per GB: the hash, and receive and write as nginx does it for as many clients. Without the sync. */
export function pushFloor(results: Results, clients: 1 | 8): number | undefined {
  const receiveAndWrite = spreadIn(results, `push-100mib-x${clients}`, 'nginx', 'cpuSecondsPerGb')?.median;
  return results.floor === undefined || receiveAndWrite === undefined ? undefined : results.floor.hash.median + receiveAndWrite;
}

function line(what: string, promise: string, found: number | undefined, limit: number, show: (value: number) => string): BudgetLine {
  if (found === undefined) return { what, promise, found: '–', verdict: 'not measured' };
  return { what, promise, found: show(found), verdict: found <= limit ? 'kept' : 'broken' };
}

function most(...values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function ratio(value: number | undefined, limit: number | undefined): number | undefined {
  return value === undefined || limit === undefined ? undefined : value / limit;
}
