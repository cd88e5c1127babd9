/** The text that a repository's page shows: Markdown, not rendered here, and a stranger's for whoever renders it. */
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import { z } from 'zod';
import { textLimits } from '../hub/text-limits.ts';
import { actorOf } from '../registry/actor-of.ts';
import { etagOf } from './etag-of.ts';
import type { HubParts } from './parts.ts';
import { required } from './repository-routes.ts';
import { type ApiRoute, route } from './route.ts';
import { time } from './schemas.ts';

const readme = z.object({ text: z.string(), origin: z.enum(['none', 'image', 'edited']), changedAt: time.optional(), changedBy: z.string().optional() });

export const readmeRoutes: readonly ApiRoute[] = [
  route({
    operation: 'getReadme',
    method: 'GET',
    path: '/repositories/{repository}/-/readme',
    summary: 'Get the README, Markdown: as somebody wrote it, or as the newest image says by its label',
    access: 'pull',
    response: readme,
    async handle({ repository, parts }) {
      return { value: await read(required(repository), parts) };
    },
  }),
  route({
    operation: 'editReadme',
    method: 'PUT',
    path: '/repositories/{repository}/-/readme',
    summary: 'Write the README; If-Match with the ETag that was read: 412 when somebody has changed it since. An empty text brings back what the image says',
    access: 'manage',
    body: z.object({ text: z.string().max(textLimits.readme) }),
    response: readme,
    async handle({ repository, caller, request, body, parts }) {
      const name = required(repository);
      const seen = await read(name, parts);
      const wanted = request.header('if-match');
      if (wanted !== undefined && wanted !== '*' && !wanted.split(',').some((tag) => tag.trim() === etagOf(JSON.stringify(seen)))) {
        throw new RegistryError('PRECONDITION_FAILED', { message: 'somebody has changed it meanwhile: read it again' });
      }
      const text = body.text.toWellFormed().normalize('NFC');
      await parts.rows.hub.pages.editReadme({
        repository: name,
        text,
        ...(wanted !== undefined && { expected: seen.text }),
        at: parts.clock.now(),
        ...actorOf(caller),
      });
      const value = await read(name, parts);
      return { value, headers: { etag: etagOf(JSON.stringify(value)) } };
    },
  }),
];

async function read(name: RepositoryName, { rows }: HubParts): Promise<z.input<typeof readme>> {
  return (await rows.hub.pages.findReadme(name)) ?? { text: '', origin: 'none' };
}
