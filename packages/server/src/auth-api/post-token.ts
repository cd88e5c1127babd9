import { RegistryError } from '@naru/oci/registry-error';
import type { Reply } from '../http/reply.ts';
import { readBody } from '../http/request.ts';
import { clientName, readScopes, type TokenCall, tokenReply } from './token-call.ts';

const formMaxBytes = 64 * 1024;
const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** The OAuth 2 form of the same (RFC 6749 4.3 and 6, RFC 8693). */
export async function postToken(call: TokenCall): Promise<Reply> {
  const { request, signIn, grants, identityTokens } = call;
  const { remoteAddress } = request;
  const form = await readForm(call);
  const scopes = readScopes(form.getAll('scope'));
  switch (form.get('grant_type')) {
    case 'refresh_token': {
      const refreshToken = required(form, 'refresh_token');
      const identity = await identityTokens.use(refreshToken, remoteAddress);
      return tokenReply(await grants.grant(identity, scopes, remoteAddress), refreshToken);
    }
    case 'password': {
      const identity = await signIn.byPassword({ name: required(form, 'username'), secret: required(form, 'password') }, request);
      const issued = await grants.grant(identity, scopes, remoteAddress);
      if (form.get('access_type') !== 'offline' || identity.credential.kind !== 'password') return tokenReply(issued);
      const origin = { name: clientName(form.get('client_id')), address: remoteAddress, userAgent: request.header('user-agent') ?? '' };
      return tokenReply(issued, (await identityTokens.create(identity, origin)).refreshToken);
    }
    case tokenExchange: {
      const identity = await signIn.byFederation(required(form, 'subject_token'), request);
      return tokenReply(await grants.grant(identity, scopes, remoteAddress));
    }
    default:
      throw new RegistryError('REQUEST_INVALID', { message: `grant_type must be password, refresh_token or ${tokenExchange}` });
  }
}

async function readForm({ request }: TokenCall): Promise<URLSearchParams> {
  const body = await readBody(request, formMaxBytes);
  if (body === undefined) throw new RegistryError('REQUEST_INVALID', { message: `the form is longer than ${formMaxBytes} bytes` });
  return new URLSearchParams(new TextDecoder().decode(body));
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value === null || value === '') throw new RegistryError('REQUEST_INVALID', { message: `the parameter ${name} is missing` });
  return value;
}
