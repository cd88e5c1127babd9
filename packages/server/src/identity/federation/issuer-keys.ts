/** Asks an OpenID provider for its keys (OpenID Connect Discovery 1.0, section 4). */
import type { JSONWebKeySet } from 'jose';
import { isLoopback } from '../../network/loopback.ts';

export type FetchIssuerKeys = (issuer: string) => Promise<JSONWebKeySet>;

const timeoutMs = 5000;
const answerMaxBytes = 256 * 1024;

export const fetchIssuerKeys: FetchIssuerKeys = async (issuer) => {
  const discovery = await fetchJson(new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`));
  if (discovery['issuer'] !== issuer) throw new Error(`the provider calls itself ${String(discovery['issuer'])}`);
  const keys = await fetchJson(new URL(String(discovery['jwks_uri'])));
  if (!Array.isArray(keys['keys'])) throw new Error('the provider gave no keys');
  return keys as unknown as JSONWebKeySet; // jose checks each key that it uses
};

async function fetchJson(url: URL): Promise<Readonly<Record<string, unknown>>> {
  if (url.protocol !== 'https:' && !isLoopback(url.hostname)) throw new Error(`${url.origin} is not https`);
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs), headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${url.origin} answered ${response.status}`);
  const value: unknown = JSON.parse(await readText(response));
  if (typeof value !== 'object' || value === null) throw new Error(`${url.origin} answered no object`);
  return { ...value };
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > answerMaxBytes) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
