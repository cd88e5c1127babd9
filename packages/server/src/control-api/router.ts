/**
 * What `naru admin` says to a running server, over the socket in its data folder. Whoever can open
 * that socket owns the folder (0700), so there is nobody to ask for a password.
 *
 *     POST /gc  /fsck  /scrub      an AdminRequest as JSON; answered with its AdminReport when it is done
 */
import { isRegistryError, RegistryError } from '@naru/oci/registry-error';
import { errorReply } from '../http/errors.ts';
import { jsonReply } from '../http/reply.ts';
import { type HttpRequest, readBody } from '../http/request.ts';
import type { Router } from '../http/server.ts';
import type { AdminReport, AdminRequest } from '../lifecycle/admin-request.ts';

const requestMaxBytes = 4096;

export function createControlRouter(run: (request: AdminRequest) => Promise<AdminReport>): Router {
  return async (request) => {
    if (request.method !== 'POST') return errorReply(new RegistryError('UNSUPPORTED'), { allow: 'POST' });
    try {
      return jsonReply(200, await run(await parseAdminRequest(request)));
    } catch (error) {
      if (isRegistryError(error)) return errorReply(error);
      throw error;
    }
  };
}

/** Throws NOT_FOUND for another address; a switch that is not named is off. */
async function parseAdminRequest(request: HttpRequest): Promise<AdminRequest> {
  const switches = parseSwitches(await readBody(request, requestMaxBytes));
  switch (request.path) {
    case '/gc':
      return { verb: 'gc', dryRun: switches.has('dryRun'), untagged: switches.has('untagged') };
    case '/fsck':
      return { verb: 'fsck', repair: switches.has('repair') };
    case '/scrub':
      return { verb: 'scrub' };
    default:
      throw new RegistryError('NOT_FOUND');
  }
}

/** The names that are true in a JSON object; of anything else, none. */
function parseSwitches(body: Uint8Array | undefined): Set<string> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return new Set(typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([name, on]) => (on === true ? [name] : [])) : []);
  } catch {
    return new Set();
  }
}
