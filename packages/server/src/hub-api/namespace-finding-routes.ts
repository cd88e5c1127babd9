/** What is worst in a namespace: in which repositories, and which vulnerabilities in how many images. */
import { z } from 'zod';
import { severities } from '../metadata/advisory-port.ts';
import { type ApiRoute, route } from './route.ts';

const count = z.number().int().nonnegative();
const severity = z.enum(severities);

export const namespaceFindingRoutes: readonly ApiRoute[] = [
  route({
    operation: 'summarizeFindings',
    method: 'GET',
    path: '/namespaces/{namespace}/findings',
    summary: 'Say what is vulnerable in a namespace: by repository and severity, and the vulnerabilities in the most images, the worst first',
    access: 'manage',
    query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
    response: z.object({
      repositories: z.array(z.object({ repository: z.string(), counts: z.record(severity, z.object({ fixable: count, unfixable: count })) })),
      worst: z.array(z.object({ id: z.string(), severity, score: z.number().optional(), images: count, fixable: z.boolean() })),
    }),
    async handle({ params, query: { limit }, parts }) {
      const name = params['namespace'] ?? '';
      const { repositories, worst } = await parts.rows.findings.summarizeNamespace(name, limit);
      const shown = worst.map(({ vulnerability, score, ...one }) => ({ id: vulnerability, ...one, ...(score !== undefined && { score: score / 10 }) }));
      return { value: { repositories, worst: shown } };
    },
  }),
];
