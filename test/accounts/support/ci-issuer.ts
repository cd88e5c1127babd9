/** An OpenID issuer as CI services run one: its keys are to be had by discovery, and it signs what a run claims. */
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

type SigningKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

export type CiIssuer = AsyncDisposable & {
  readonly issuer: string;
  readonly audience: string;
  /** A run's token: of repository acme/app, branch main, good for five minutes, unless the claims say otherwise. */
  sign(claims?: Record<string, unknown>, key?: SigningKey): Promise<string>;
};

export async function startCiIssuer(): Promise<CiIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const provider = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request): Promise<Response> {
      const { origin, pathname } = new URL(request.url);
      if (pathname === '/keys') return Response.json({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256' }] });
      return Response.json({ issuer: origin, jwks_uri: `${origin}/keys` });
    },
  });
  const issuer = `http://127.0.0.1:${provider.port}`;
  const audience = 'naru.example';
  return {
    issuer,
    audience,
    sign(claims = {}, key = privateKey) {
      const now = Math.floor(Date.now() / 1000);
      const usual = { iss: issuer, aud: audience, sub: 'repo:acme/app', iat: now, exp: now + 300, repository: 'acme/app', ref: 'refs/heads/main' };
      return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(key);
    },
    [Symbol.asyncDispose]: () => provider.stop(true),
  };
}
