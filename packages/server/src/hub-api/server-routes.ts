/** What the pages must know of this server before anybody has logged in. */
import { z } from 'zod';
import { version } from '../runtime/version.ts';
import { type ApiRoute, route } from './route.ts';

export const serverRoutes: readonly ApiRoute[] = [
  route({
    operation: 'getServer',
    method: 'GET',
    path: '/server',
    summary: 'What kind of server this is: `accounts` when people log in, `signUp` when they may make an account themselves, `mail` when it sends mails',
    access: 'open',
    response: z.object({ version: z.string(), accounts: z.boolean(), signUp: z.boolean(), mail: z.boolean() }),
    async handle({ parts: { profile, settings, mail } }) {
      return { value: { version, accounts: profile !== 'local', signUp: settings.signUp, mail: mail !== undefined } };
    },
  }),
];
