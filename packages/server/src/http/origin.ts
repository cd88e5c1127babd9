/**
 * Who asks, and under which address, when a reverse proxy stands between: X-Forwarded-For, -Proto
 * and -Host, or Forwarded (RFC 7239), whose word counts when both are there.
 *
 * Anybody can write these headers, so they are believed only from proxies that the operator named.
 * A proxy appends the address it was asked from: the list is read from its end, over the trusted
 * proxies in it, to the first address that is none of them. What stands left of it is that client's
 * own word. What does not parse ends the reading there, and what was sure so far stands.
 */
import { isIP } from 'node:net';
import { RegistryError } from '@naru/oci/registry-error';
import { isLoopback } from '../network/loopback.ts';
import { type Network, withoutMapping } from '../network/network.ts';
import { parseForwarded } from './forwarded-header.ts';
import { forwardedMaxLength } from './limits.ts';

export type Origin = { readonly remoteAddress: string; readonly scheme: 'http' | 'https'; readonly host: string };

export type OriginRules = {
  readonly trustedProxies: readonly Network[];
  /** Whether plain HTTP is refused from everybody but the proxies and this computer. */
  readonly plainOnlyFromProxies: boolean;
};

type Hop = { readonly for: string | undefined; readonly proto?: string | undefined; readonly host?: string | undefined };
type ReadHeader = (name: string) => string | undefined;

/** Undefined when there is nothing to correct: most servers have no proxy, and their requests pay nothing. */
export function createOriginReader({ trustedProxies, plainOnlyFromProxies }: OriginRules): ((seen: Origin, header: ReadHeader) => Origin) | undefined {
  if (trustedProxies.length === 0 && !plainOnlyFromProxies) return undefined;
  const isTrusted = (address: string): boolean => trustedProxies.some((network) => network.contains(address));

  return (seen, header) => {
    const peer = withoutMapping(seen.remoteAddress);
    if (isIP(peer) !== 0 && isTrusted(peer)) return readThrough({ ...seen, remoteAddress: peer }, hopsIn(header), isTrusted);
    if (plainOnlyFromProxies && seen.scheme === 'http' && !isLoopback(peer)) {
      throw new RegistryError('DENIED', { message: 'this registry speaks plain HTTP with its proxy only: use the address that the proxy serves' });
    }
    return seen;
  };
}

/** `hops` from the client's side to ours. */
function readThrough(seen: Origin, hops: readonly Hop[], isTrusted: (address: string) => boolean): Origin {
  let origin = seen;
  for (const hop of hops.toReversed()) {
    const address = addressIn(hop.for);
    if (address === undefined) break;
    origin = { remoteAddress: address, scheme: schemeIn(hop.proto) ?? origin.scheme, host: hostIn(hop.host) ?? origin.host };
    if (!isTrusted(address)) break;
  }
  return origin;
}

function hopsIn(header: ReadHeader): readonly Hop[] {
  const forwarded = header('forwarded');
  if (forwarded !== undefined) {
    const elements = forwarded.length > forwardedMaxLength ? undefined : parseForwarded(forwarded);
    return (elements ?? []).map((element) => ({ for: element.get('for'), proto: element.get('proto'), host: element.get('host') }));
  }
  const addresses = listIn(header('x-forwarded-for'));
  const protos = listIn(header('x-forwarded-proto'));
  const hosts = listIn(header('x-forwarded-host'));
  // Some proxies append to these two, others replace them: the nearest one's word is always the last.
  const beside = (list: readonly string[], index: number): string | undefined => list[Math.max(0, list.length - (addresses.length - index))];
  return addresses.map((address, index) => ({ for: address, proto: beside(protos, index), host: beside(hosts, index) }));
}

function listIn(value: string | undefined): string[] {
  return value === undefined || value.length > forwardedMaxLength ? [] : value.split(',').map((item) => item.trim());
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`; undefined for `unknown`, `_hidden` and all else. */
function addressIn(written: string | undefined): string | undefined {
  const bare = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/.exec(written ?? '');
  const address = withoutMapping(bare?.[1] ?? bare?.[2] ?? written ?? '');
  return isIP(address) === 0 || address.includes('%') ? undefined : address;
}

function schemeIn(written: string | undefined): Origin['scheme'] | undefined {
  const scheme = written?.toLowerCase();
  return scheme === 'http' || scheme === 'https' ? scheme : undefined;
}

/** It goes into addresses that we send: nothing but a name, an address and a port. */
function hostIn(written: string | undefined): string | undefined {
  return written !== undefined && written.length <= 255 && /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(written)
    ? written
    : undefined;
}
