import { reply } from '../http/reply.ts';
import type { Handler } from './call.ts';

/** end-1. The body is what Docker's own registry sends. */
export const ping: Handler = async () => reply(200, { 'content-type': 'application/json' }, '{}');
