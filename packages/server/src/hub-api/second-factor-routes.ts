import { z } from 'zod';
import { actorOf } from '../registry/actor-of.ts';
import { type ApiRoute, route } from './route.ts';
import { idOf } from './user-routes.ts';

export const secondFactorRoutes: readonly ApiRoute[] = [
  route({
    operation: 'proposeSecondFactor',
    method: 'GET',
    path: '/user/second-factor',
    summary: 'A secret for an authenticator app; nothing changes before a code of it was shown',
    access: 'user',
    response: z.object({ secret: z.string(), uri: z.string() }),
    async handle({ caller, parts }) {
      return { value: parts.identity.secondFactor.propose(caller.name) };
    },
  }),
  route({
    operation: 'enableSecondFactor',
    method: 'PUT',
    path: '/user/second-factor',
    summary: 'Ask for a code at each log-in from now on; gives recovery codes, which are shown only now',
    access: 'user',
    body: z.object({ secret: z.string().max(64), code: z.string().max(16), password: z.string() }),
    response: z.object({ recoveryCodes: z.array(z.string()) }),
    async handle({ caller, body, parts: { identity } }) {
      const id = idOf(caller);
      await identity.proveAgain(id, body.password, caller);
      return { value: { recoveryCodes: await identity.secondFactor.enable(id, body.secret, body.code, actorOf(caller)) } };
    },
  }),
  route({
    operation: 'disableSecondFactor',
    method: 'DELETE',
    path: '/user/second-factor',
    summary: 'Ask for no code any more',
    access: 'user',
    body: z.object({ password: z.string() }),
    async handle({ caller, body, parts: { identity } }) {
      const id = idOf(caller);
      await identity.proveAgain(id, body.password, caller);
      await identity.secondFactor.disable(id, actorOf(caller));
      return {};
    },
  }),
];
