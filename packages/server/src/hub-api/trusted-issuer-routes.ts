/** CI without secrets: whose tokens a namespace trusts, and for what they must say. Grants give them rights. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import { actorOf } from '../registry/actor-of.ts';
import { newId } from '../runtime/ids.ts';
import { getAccount } from './robot-routes.ts';
import { type ApiRoute, route } from './route.ts';
import { listOf, page, shortName, time, toList, toPage } from './schemas.ts';

const issuer = z.url({ protocol: /^https?$/ }).max(512);
const claims = z
  .record(z.string().regex(/^[\w.:/-]{1,128}$/), z.string().min(1).max(512))
  .refine(
    (value) => Object.keys(value).length >= 1 && Object.keys(value).length <= 16,
    'must name 1 to 16 claims: without any, everybody who uses that CI would be trusted',
  );
const trust = z.object({
  name: z.string(),
  issuer: z.string(),
  audience: z.string(),
  claims: z.record(z.string(), z.string()),
  createdAt: time,
  createdBy: z.string(),
});

export const trustedIssuerRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listTrustedIssuers',
    method: 'GET',
    path: '/namespaces/{namespace}/trusted-issuers',
    summary: 'List the trusted issuers of a namespace',
    access: 'manage',
    query: page,
    response: listOf(trust),
    async handle(call) {
      const account = await getAccount(call);
      const found = await call.parts.rows.identity.trustedIssuers.list(account.id, toPage(call.query));
      return {
        value: toList(
          found.map(({ id: _id, accountId: _account, ...shown }) => shown),
          call.query.limit,
          ({ name }) => name,
        ),
      };
    },
  }),
  route({
    operation: 'createTrustedIssuer',
    method: 'POST',
    path: '/namespaces/{namespace}/trusted-issuers',
    summary: 'Trust tokens of an OIDC issuer whose claims match',
    access: 'manage',
    body: z.object({
      name: shortName,
      issuer,
      audience: z.string().min(1).max(512),
      claims,
    }),
    response: trust,
    async handle(call) {
      const { body, caller, parts } = call;
      if (!parts.settings.federationIssuers.includes(body.issuer)) {
        throw new RegistryError('REQUEST_INVALID', {
          message: `the operator lets namespaces trust ${parts.settings.federationIssuers.join(', ') || 'no issuer'} (federation.issuers)`,
          detail: { field: 'issuer' },
        });
      }
      const account = await getAccount(call);
      const at = parts.clock.now();
      await parts.rows.identity.trustedIssuers.create({ id: newId(), accountId: account.id, ...body, at, ...actorOf(caller) });
      return { status: 201, value: { ...body, createdAt: at, createdBy: caller.name } };
    },
  }),
  route({
    operation: 'deleteTrustedIssuer',
    method: 'DELETE',
    path: '/namespaces/{namespace}/trusted-issuers/{issuer}',
    summary: 'Stop trusting an issuer, at once',
    access: 'manage',
    async handle(call) {
      const { caller, params, parts } = call;
      const account = await getAccount(call);
      const removed = await parts.rows.identity.trustedIssuers.remove({
        accountId: account.id,
        name: params['issuer'] ?? '',
        at: parts.clock.now(),
        ...actorOf(caller),
      });
      if (!removed) throw new RegistryError('NOT_FOUND');
      return {};
    },
  }),
];
