import { RegistryError } from '@naru/oci/registry-error';
import type { Reply } from '../http/reply.ts';
import { parseBasic } from '../identity/basic.ts';
import { anonymousIdentity, type Identity } from '../identity/callers.ts';
import { clientName, readScopes, type TokenCall, tokenReply } from './token-call.ts';

/** Without credentials: a token for what anonymous may do. `offline_token`: what docker keeps instead of the password. */
export async function getToken({ request, signIn, grants, identityTokens }: TokenCall): Promise<Reply> {
  const { query, remoteAddress } = request;
  const scopes = readScopes(query.getAll('scope'));
  const authorization = request.header('authorization');
  const identity = authorization === undefined ? anonymousIdentity : await prove(authorization);
  const issued = await grants.grant(identity, scopes, remoteAddress);
  const asksToStay = query.get('offline_token') === 'true' && identity.credential.kind === 'password';
  if (!asksToStay) return tokenReply(issued);
  const { refreshToken } = await identityTokens.create(identity, {
    name: clientName(query.get('client_id')),
    address: remoteAddress,
    userAgent: request.header('user-agent') ?? '',
  });
  return tokenReply(issued, refreshToken);

  async function prove(header: string): Promise<Identity> {
    const basic = parseBasic(header);
    if (basic === undefined) throw new RegistryError('UNAUTHORIZED', { message: 'the Authorization header is not Basic' });
    return signIn.byPassword(basic, request);
  }
}
