/** The names and addresses that others reach this computer by, for a certificate that nobody was asked for. */
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';

/** A certificate with more serves nobody (I6): container hosts have hundreds of addresses. */
const namesMax = 64;

export type NameFacts = {
  /** Which address the server listens on: with one of its own, the others are not reached. */
  readonly host: string;
  readonly publicUrl: string | undefined;
  readonly names: readonly string[];
};

export function listServerNames({ host, publicUrl, names }: NameFacts): string[] {
  const listensEverywhere = host === '0.0.0.0' || host === '::';
  const own = listensEverywhere ? Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address)) : [host];
  const outside = publicUrl === undefined ? [] : [new URL(publicUrl).hostname.replace(/^\[(.*)\]$/, '$1')];
  const all = [...names, ...outside, 'localhost', '127.0.0.1', '::1', hostname(), ...own];
  return [...new Set(all.map((name) => name.toLowerCase()).filter(isFit))].slice(0, namesMax);
}

/** Link-local addresses mean something else on each network. */
export function isFit(name: string): boolean {
  if (isIP(name) !== 0) return !/^fe80:|%/.test(name);
  return name.length <= 253 && /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9])?$/i.test(name);
}
