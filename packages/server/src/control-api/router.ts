/**
 * What `naru admin` says to a running server, over the socket in its data folder. Whoever can open
 * that socket owns the folder (0700), so there is nobody to ask for a password.
 *
 *     POST /gc  /fsck  /scrub      an AdminRequest as JSON; answered with its AdminReport when it is done
 *     POST /advisories             an AdvisoryRequest as JSON; answered with its AdvisoryReport when it is done
 *     /api/v1/…                    accounts and rights, as the operator
 */
import { type AdvisoryReport, type AdvisoryRequest, parseAdvisoryRequest } from '../advisories/advisory-request.ts';
import { isRegistryError, RegistryError } from '@naru/oci/registry-error';
import { errorReply } from '../http/errors.ts';
import { jsonReply, reply } from '../http/reply.ts';
import { readBody } from '../http/request.ts';
import type { Router } from '../http/server.ts';
import type { AdminReport, AdminRequest } from '../lifecycle/admin-request.ts';

const requestMaxBytes = 4096;

const advisoryRequestMaxBytes = 64 * 1024;

export type ControlParts = {
  readonly run: (request: AdminRequest) => Promise<AdminReport>;
  readonly runAdvisories: (request: AdvisoryRequest) => Promise<AdvisoryReport>;
  /** /api/v1 for the operator: accounts and rights are changed there, by whoever. */
  readonly api: Router;
};

export function createControlRouter({ run, runAdvisories, api }: ControlParts): Router {
  return async (request) => {
    if (request.path.startsWith('/api/')) return api(request);
    if (request.method === 'POST' && request.path === '/advisories') {
      const asked = parseAdvisories(await readBody(request, advisoryRequestMaxBytes));
      return typeof asked === 'string' ? reply(400, { 'content-type': 'text/plain' }, `${asked}\n`) : jsonReply(200, await runAdvisories(asked));
    }
    if (request.method !== 'POST') return errorReply(new RegistryError('UNSUPPORTED'), { allow: 'POST' });
    const switches = parseSwitches(await readBody(request, requestMaxBytes));
    // Going on without a switch that could not be read would delete for who asked what would be deleted.
    if (switches === undefined) return reply(400, { 'content-type': 'text/plain' }, 'the request is not an object of known switches, each true or false\n');
    try {
      return jsonReply(200, await run(adminRequest(request.path, switches)));
    } catch (error) {
      if (isRegistryError(error)) return errorReply(error);
      throw error;
    }
  };
}

/** Or what is wrong with it. */
function parseAdvisories(body: Uint8Array | undefined): AdvisoryRequest | string {
  try {
    return parseAdvisoryRequest(parseObject(body));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Throws NOT_FOUND for another address; a switch that is not named is off. */
function adminRequest(path: string, switches: ReadonlySet<string>): AdminRequest {
  switch (path) {
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

const switchNames = ['dryRun', 'untagged', 'repair'];

/** Those that are on. An AdminRequest names its verb too, which the address has said. Undefined for anything else. */
function parseSwitches(body: Uint8Array | undefined): ReadonlySet<string> | undefined {
  if (body?.length === 0) return new Set();
  const { verb: _, ...named } = parseObject(body) ?? { unreadable: true };
  const known = Object.entries(named).every(([name, on]) => switchNames.includes(name) && typeof on === 'boolean');
  return known ? new Set(Object.keys(named).filter((name) => named[name] === true)) : undefined;
}

function parseObject(body: Uint8Array | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
