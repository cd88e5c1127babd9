import { detailsMax } from '../admin-request.ts';
import type { IntegrityCheck } from './finding.ts';

/** What the rows prove alone: the engine's file, I4 (tags, references, links), I7 (history and tags agree), I8 (nothing is stored and condemned). */
export const checkRows: IntegrityCheck = async function* ({ stores: { rows } }) {
  yield* await rows.integrity.listViolations(detailsMax);
};
