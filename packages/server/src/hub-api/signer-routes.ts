/**
 * Whom a repository, a namespace or the server (`/namespaces/server/signers`) believes, and the
 * signatures of images held against that. The same routes under both addresses.
 */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import { judgeScopeJob } from '../gate/judge-jobs.ts';
import type { StoredSigner } from '../metadata/gate/signer-port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { invalidReasons } from '../signatures/signature.ts';
import { signerDocument } from '../signatures/trusted-signer.ts';
import { resolveImage } from './image-routes.ts';
import { gateScopeOf } from './policy-routes.ts';
import { required } from './repository-routes.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { digest, shortName, time } from './schemas.ts';

/** Whoever may see whom is trusted need not see the roots behind: they are long. */
const signer = z.object({
  name: z.string(),
  kind: z.enum(['key', 'identity', 'certificate']),
  publicKey: z.string().optional(),
  issuer: z.string().optional(),
  subject: z.string().optional(),
  certificates: z.string().optional(),
  timestampCertificates: z.string().optional(),
  createdAt: time,
  createdBy: z.string(),
});
const signature = z.object({
  kind: z.enum(['cosign', 'bundle', 'notation']),
  manifest: digest,
  layer: digest,
  valid: z.boolean(),
  /** Of a valid one: the name that its signer is trusted under. */
  signer: z.string().optional(),
  reason: z.enum(invalidReasons).optional(),
  detail: z.string().optional(),
  /** As the signer says, or the log. */
  signedAt: time.optional(),
  /** What a valid one says of itself. */
  claims: z.array(z.string()),
});

export const signerRoutes: readonly ApiRoute[] = [
  ...routesAt('/namespaces/{namespace}', 'Namespace', 'a namespace, or of the server (namespace `server`)'),
  ...routesAt('/repositories/{repository}/-', 'Repository', 'a repository'),
  route({
    operation: 'listSignatures',
    method: 'GET',
    path: '/repositories/{repository}/-/images/{reference}/signatures',
    summary: 'List the signatures of an image, whether each is valid by whom the repository trusts, and why not',
    access: 'pull',
    response: z.object({ digest, items: z.array(signature) }),
    async handle(call) {
      const { repository, params, caller, parts } = call;
      const name = required(repository);
      const found = await resolveImage(name, params['reference'] ?? '', call);
      const items = [];
      for (const one of await parts.signatures.list(name, found)) if (await parts.gate.isShown(caller, name, one.manifest)) items.push(one);
      return { value: { digest: found, items } };
    },
  }),
];

/** `where` ends the operations' names. */
function routesAt(path: string, where: 'Namespace' | 'Repository', of: string): ApiRoute[] {
  return [
    route({
      operation: `list${where}Signers`,
      method: 'GET',
      path: `${path}/signers`,
      summary: `List the trusted signers of ${of}`,
      access: where === 'Repository' ? 'pull' : 'manage',
      response: z.object({ items: z.array(signer) }),
      async handle(call) {
        return { value: { items: (await call.parts.rows.gate.signers.list(gateScopeOf(call))).map(toSigner) } };
      },
    }),
    route({
      operation: `set${where}Signer`,
      method: 'PUT',
      path: `${path}/signers/{signer}`,
      summary: `Trust a signer of images of ${of}: a key, an identity of a keyless signature, or the authority of certificates`,
      access: 'manage',
      body: signerDocument,
      response: signer,
      async handle(call) {
        const { caller, body, parts } = call;
        const [scope, name, at] = [gateScopeOf(call), nameIn(call), parts.clock.now()];
        const set = { name, scope, document: body };
        await parts.rows.gate.signers.set({ ...set, jobs: [judgeScopeJob(scope)], at, ...actorOf(caller) });
        return { value: toSigner({ ...set, createdAt: at, createdBy: caller.name }) };
      },
    }),
    route({
      operation: `delete${where}Signer`,
      method: 'DELETE',
      path: `${path}/signers/{signer}`,
      summary: `Trust a signer of ${of} no more: its signatures count for nothing from then on`,
      access: 'manage',
      async handle(call) {
        const { caller, parts } = call;
        const scope = gateScopeOf(call);
        const removed = await parts.rows.gate.signers.remove({
          scope,
          name: call.params['signer'] ?? '',
          jobs: [judgeScopeJob(scope)],
          at: parts.clock.now(),
          ...actorOf(caller),
        });
        if (!removed) throw new RegistryError('NOT_FOUND', { message: 'there is no such signer' });
        return {};
      },
    }),
  ];
}

/** Throws REQUEST_INVALID. */
function nameIn({ params }: Pick<ApiCall, 'params'>): string {
  const parsed = shortName.safeParse(params['signer'] ?? '');
  if (!parsed.success) throw new RegistryError('REQUEST_INVALID', { message: `signer: ${parsed.error.issues[0]?.message ?? 'invalid'}` });
  return parsed.data;
}

function toSigner({ name, document, createdAt, createdBy }: StoredSigner): z.input<typeof signer> {
  const { kind, ...shown } = document;
  return { name, kind, createdAt, createdBy, ...('trustedRoot' in shown ? { issuer: shown.issuer, subject: shown.subject } : shown) };
}
