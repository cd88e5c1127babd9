/** Scanners of others: which there are, whether they answer, and a scan before its time. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import { scanJob } from '../scanners/scan-images.ts';
import { ScannerError } from '../scanners/scanner.ts';
import { resolveImage } from './image-routes.ts';
import { required } from './repository-routes.ts';
import { type ApiRoute, route } from './route.ts';
import { time } from './schemas.ts';

const count = z.number().int();

export const scannerRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listScanners',
    method: 'GET',
    path: '/scanners',
    summary: 'List the scanners of others, how many images each has reported on, of how many there is no newer report, and why',
    access: 'administrator',
    response: z.object({
      items: z.array(
        z.object({
          name: z.string(),
          url: z.string(),
          timeoutMs: count,
          scanned: count,
          failing: count,
          lastReportAt: time.optional(),
          lastProblem: z.string().optional(),
        }),
      ),
    }),
    async handle({ parts: { rows, scanners } }) {
      const items = [];
      for (const { name, url, timeoutMs } of scanners) items.push({ name, url, timeoutMs, ...(await rows.scans.describe(name)) });
      return { value: { items } };
    },
  }),
  route({
    operation: 'testScanner',
    method: 'POST',
    path: '/scanners/{scanner}/test',
    summary: 'Ask a scanner what it is and what it scans. `problem` says what is wrong with its answer, or that there is none',
    access: 'administrator',
    response: z.object({
      name: z.string(),
      scanner: z.string().optional(),
      consumes: z.array(z.string()).optional(),
      report: z.string().optional(),
      problem: z.string().optional(),
    }),
    async handle({ params, parts: { scanners } }) {
      const asked = scanners.find(({ name }) => name === params['scanner']);
      if (asked === undefined) throw new RegistryError('NOT_FOUND', { message: 'there is no scanner of this name' });
      const { name } = asked;
      try {
        const { scanner, consumes, report } = await asked.describe(AbortSignal.timeout(testMs));
        return { value: { name, scanner, consumes: [...consumes], report } };
      } catch (error) {
        if (!(error instanceof ScannerError)) throw error;
        return { value: { name, problem: error.message } };
      }
    },
  }),
  route({
    operation: 'scanImage',
    method: 'POST',
    path: '/repositories/{repository}/-/images/{reference}/scan',
    summary: 'Let every scanner of others look at the image of one platform again, now. What they find stands among its findings',
    access: 'push',
    response: z.object({ scanners: z.array(z.string()) }),
    async handle(call) {
      const {
        repository,
        params,
        parts: { registry, rows, scanners, clock },
      } = call;
      const name = required(repository);
      const { kind, digest } = await registry.images.get(name, await resolveImage(name, params['reference'] ?? '', call));
      if (kind === 'index') throw new RegistryError('REQUEST_INVALID', { message: 'this is an index: name the image of one platform', detail: { digest } });
      const now = clock.now();
      await rows.jobs.enqueue(
        scanners.map((one) => scanJob(one, digest, now)),
        now,
      );
      return { value: { scanners: scanners.map((one) => one.name) } };
    },
  }),
];

/** Longer than one request of it may take. */
const testMs = 40_000;
