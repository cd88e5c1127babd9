/** Releases: what was wanted where, by whom, and what became of it; deployed, promoted, approved and rolled back. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import { findFault, getEnvironment, requestRelease, requireApprover, requireDeployer, type WantedRelease } from '../deploy/releases.ts';
import type { Environment, Release } from '../metadata/deploy/port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { findCalled, release } from './environment-routes.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { digest, line, tag } from './schemas.ts';

const instanceName = z.string().max(128);
const releaseId = z.coerce.number().int().positive();

export const releaseRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listReleases',
    method: 'GET',
    path: '/repositories/{repository}/-/environments/{environment}/releases',
    summary: 'List the releases of an environment, newest first',
    access: 'pull',
    query: z.object({ before: releaseId.optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }),
    response: z.object({ items: z.array(release), next: z.number().int().optional() }),
    async handle(call) {
      const { before, limit } = call.query;
      const environment = await findCalled(call);
      const found = await call.parts.rows.deployments.releases.list(environment, { limit, ...(before !== undefined && { before }) });
      const items = [];
      for (const one of found) if (await call.parts.gate.isShown(call.caller, environment.repository, one.digest)) items.push(one);
      const last = found.length < limit ? undefined : found.at(-1);
      return { value: { items, ...(last && { next: last.id }) } };
    },
  }),
  route({
    operation: 'createRelease',
    method: 'POST',
    path: '/repositories/{repository}/-/environments/{environment}/releases',
    summary: 'Deploy a digest or what a tag points to, or promote what runs in another environment: the same digest',
    access: 'pull', // and the environment's own rule
    body: z
      .object({ digest: digest.optional(), tag: tag.optional(), from: z.string().max(64).optional(), instance: instanceName.optional() })
      .refine((body) => [body.digest, body.tag, body.from].filter((one) => one !== undefined).length === 1, 'give one of digest, tag and from'),
    response: release,
    async handle(call) {
      const environment = await findCalled(call);
      await requireDeployer(call.caller, environment);
      const { body } = call;
      if (body.instance !== undefined && body.instance !== '' && !environment.perTag) {
        throw new RegistryError('REQUEST_INVALID', { message: 'this environment has one instance only' });
      }
      const wanted = body.from === undefined ? await named(call, environment, body) : await runningIn(call, environment, body.from);
      return made(call, environment, { ...wanted, ...(body.instance !== undefined && { instance: body.instance }) });
    },
  }),
  route({
    operation: 'rollBack',
    method: 'POST',
    path: '/repositories/{repository}/-/environments/{environment}/rollback',
    summary: 'Go back to what ran before, or to a release that ran: it needs no approval again',
    access: 'pull', // and the environment's own rule
    body: z.object({ to: releaseId.optional(), instance: instanceName.default('') }),
    response: release,
    async handle(call) {
      const environment = await findCalled(call);
      await requireDeployer(call.caller, environment);
      const to = await before(call, environment, call.body);
      return made(call, environment, { digest: to.digest, tag: to.tag, instance: to.instance, cause: 'rollback' });
    },
  }),
  route({
    operation: 'decideRelease',
    method: 'POST',
    path: '/repositories/{repository}/-/environments/{environment}/releases/{release}/decision',
    summary: 'Approve or reject a release that somebody else asked for',
    access: 'pull', // and the environment's own rule
    body: z.object({ approved: z.boolean(), message: line.optional() }),
    async handle(call) {
      const environment = await findCalled(call);
      const { releases } = call.parts.rows.deployments;
      const id = releaseId.safeParse(call.params['release']).data ?? 0;
      const found = await releases.find(environment, id);
      if (found === undefined) throw new RegistryError('NOT_FOUND', { message: `there is no release ${id} here` });
      await requireApprover(call.caller, environment, found);
      const { approved, message } = call.body;
      // Days may lie between, in which it was found to be vulnerable.
      const fault = approved ? await findFault(call.parts, environment, found.digest) : undefined;
      if (fault !== undefined) throw new RegistryError('CONFLICT', { message: `it cannot be approved: ${fault.text}` });
      const { repository, name } = environment;
      await releases.decide({ repository, name, id, approved, ...(message !== undefined && { message }), at: call.parts.clock.now(), ...actorOf(call.caller) });
      return {};
    },
  }),
];

type Call = Pick<ApiCall, 'parts' | 'caller'>;

async function named(
  { parts: { gate, shown }, caller }: Call,
  { repository }: Environment,
  body: { digest?: WantedRelease['digest'] | undefined; tag?: WantedRelease['tag'] },
): Promise<WantedRelease> {
  if (body.digest !== undefined) return { digest: await gate.findShown(caller, repository, body.digest), cause: 'deploy' };
  if (body.tag === undefined) throw new RegistryError('REQUEST_INVALID');
  return { digest: (await shown.getTag(caller, repository, body.tag)).digest, tag: body.tag, cause: 'deploy' };
}

/** What runs there, not what is wanted there. Throws CONFLICT when nothing does. */
async function runningIn({ parts }: Call, { repository }: Environment, name: string): Promise<WantedRelease> {
  const source = await getEnvironment(parts, repository, name);
  const [instance] = await parts.rows.deployments.environments.listInstances(source);
  if (source.perTag) throw new RegistryError('CONFLICT', { message: `${name} has an instance for each tag: name the digest to promote` });
  if (instance?.running === undefined) throw new RegistryError('CONFLICT', { message: `nothing runs in ${name} yet` });
  const { digest: runs, tag: as } = instance.running;
  return { digest: runs, ...(as !== undefined && { tag: as }), cause: 'promotion', source: name };
}

async function before({ parts }: Call, environment: Environment, { to, instance }: { to?: number | undefined; instance: string }): Promise<Release> {
  const { environments, releases } = parts.rows.deployments;
  if (to !== undefined) {
    const release = await releases.find(environment, to);
    if (release === undefined || !['running', 'replaced'].includes(release.state))
      throw new RegistryError('CONFLICT', { message: `release ${to} never ran here` });
    return release;
  }
  const now = (await environments.listInstances(environment)).find(({ name }) => name === instance);
  const found = now?.running && (await releases.findBefore({ ...environment, instance }, now.running.id));
  if (found === undefined) throw new RegistryError('CONFLICT', { message: 'nothing ran here before' });
  return found;
}

async function made({ parts, caller }: Call, environment: Environment, wanted: WantedRelease) {
  const value = await requestRelease(parts, environment, wanted, { at: parts.clock.now(), ...actorOf(caller) });
  return { status: 201 as const, value };
}
