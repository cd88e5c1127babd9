/** The text that a repository's page shows: Markdown, not rendered here, and a stranger's for whoever renders it. */
import type { RepositoryName } from '@naru/oci/repository-name';
import { z } from 'zod';
import { textLimits } from '../hub/text-limits.ts';
import { actorOf } from '../registry/actor-of.ts';
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
    edited: ['text', 'origin'],
    async handle({ repository, parts }) {
      return { value: await read(required(repository), parts) };
    },
  }),
  route({
    operation: 'editReadme',
    method: 'PUT',
    path: '/repositories/{repository}/-/readme',
    summary: 'Write the README. An empty text brings back what the image says',
    access: 'manage',
    edits: { record: 'getReadme', audit: ['repository.readme'] },
    body: z.object({ text: z.string().max(textLimits.readme) }),
    response: readme,
    async handle({ repository, caller, body, parts }) {
      const name = required(repository);
      const text = body.text.toWellFormed().normalize('NFC');
      await parts.rows.hub.pages.editReadme({ repository: name, text, at: parts.clock.now(), ...actorOf(caller) });
      return { value: await read(name, parts) };
    },
  }),
];

async function read(name: RepositoryName, { rows }: HubParts): Promise<z.input<typeof readme>> {
  return (await rows.hub.pages.findReadme(name)) ?? { text: '', origin: 'none' };
}
