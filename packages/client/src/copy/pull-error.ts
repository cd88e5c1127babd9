/** Why a pull failed, in the words that Docker has for it. */
import { canonicalString, type Reference } from '@naru/oci/reference';
import { primaryEndpoint } from '../remote/connection.ts';
import type { Remedy } from '../remote/remedy.ts';
import { isRemoteError, RemoteError } from '../remote/remote-error.ts';
import type { Transfer } from './transfer.ts';

/** Anything that needs no other words comes back as it is. */
export async function pullError(error: unknown, reference: Reference, { familiar, connection }: Pick<Transfer, 'familiar' | 'connection'>): Promise<unknown> {
  if (!isRemoteError(error)) return error;
  const { domain, path } = reference;
  const name = familiar({ domain, path });
  const again = (text: string, remedy = error.remedy): RemoteError =>
    new RemoteError(error.kind, text, {
      errors: error.errors,
      cause: error,
      ...(error.status !== undefined && { status: error.status }),
      ...(remedy !== undefined && { remedy }),
    });

  const code = error.errors[0]?.code;
  if (error.kind === 'not-found' && code === 'NAME_UNKNOWN') return again(`repository ${name} not found: ${error.message}`);
  if (error.kind === 'not-found' && error.status !== undefined) {
    return again(`manifest for ${familiar(reference)} not found: ${code === undefined ? 'manifest unknown: manifest unknown' : error.message}`);
  }
  if (error.kind === 'denied' || (error.kind === 'unauthorized' && code !== undefined)) {
    return again(`pull access denied for ${name}, repository does not exist or may require 'docker login': ${error.message}`, loginRemedy(reference));
  }
  if (error.kind === 'unauthorized') {
    // Docker names the request that it begins with; it is settled by now how the registry is spoken with.
    const origin = await primaryEndpoint(connection).settle();
    return again(`Head "${origin.href}v2/${path}/manifests/${reference.digest ?? reference.tag ?? 'latest'}": ${error.message}`);
  }
  return error;
}

/** The registry's own words, and what to do. */
export function pushError(error: unknown, reference: Reference): unknown {
  if (!isRemoteError(error, 'denied', 'unauthorized') || error.remedy !== undefined) return error;
  const { kind, message, errors, status } = error;
  return new RemoteError(kind, message, { errors, cause: error, remedy: loginRemedy(reference), ...(status !== undefined && { status }) });
}

function loginRemedy({ domain, path }: Reference): Remedy {
  return { kind: 'log-in-or-ask', host: domain, repository: canonicalString({ domain, path }) };
}
