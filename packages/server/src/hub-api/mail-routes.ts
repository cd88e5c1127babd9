/** What goes by mail. Whoever asks for one gets the same answer for every address. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import type { HubParts, MailPart } from './parts.ts';
import { type ApiRoute, route } from './route.ts';
import { idOf } from './user-routes.ts';

const address = z.object({ email: z.string().max(254) });

export const mailRoutes: readonly ApiRoute[] = [
  route({
    operation: 'requestVerification',
    method: 'POST',
    path: '/mail-links/verification',
    summary: 'Ask for another mail that confirms the address of an account',
    access: 'open',
    body: address,
    async handle({ request, body, parts }) {
      await mailOf(parts).requestFor('verify', body.email, request.remoteAddress);
      return {};
    },
  }),
  route({
    operation: 'requestPasswordReset',
    method: 'POST',
    path: '/mail-links/password-reset',
    summary: 'Ask for a mail with a link that sets a new password',
    access: 'open',
    body: address,
    async handle({ request, body, parts }) {
      await mailOf(parts).requestFor('reset', body.email, request.remoteAddress);
      return {};
    },
  }),
  route({
    operation: 'useMailLink',
    method: 'POST',
    path: '/mail-links/use',
    summary: 'Use the secret of a link in a mail, once; that of a password reset takes the new `password` along',
    access: 'open',
    body: z.object({ secret: z.string().max(256), password: z.string().max(4096).optional() }),
    response: z.object({ purpose: z.enum(['verify', 'reset', 'change']) }),
    async handle({ request, body, parts }) {
      return { value: { purpose: await mailOf(parts).useLink(body, { address: request.remoteAddress }) } };
    },
  }),
  route({
    operation: 'changeEmail',
    method: 'PUT',
    path: '/user/email',
    summary: 'Change the own e-mail address, once the link that is sent to the new one was opened',
    access: 'user',
    body: address.extend({ password: z.string().max(4096) }),
    async handle({ caller, body, parts }) {
      const id = idOf(caller);
      await parts.identity.proveAgain(id, body.password, caller);
      await mailOf(parts).requestChange(id, body.email, caller.address);
      return {};
    },
  }),
];

/** Throws DENIED. */
function mailOf({ mail }: HubParts): MailPart {
  if (mail === undefined) throw new RegistryError('DENIED', { message: 'this server sends no mails: ask who runs it' });
  return mail;
}
