/**
 * "Commit these bytes and record them" (upload) and "these bytes belong to nobody, delete them"
 * (collection) must exclude each other: on files the two mean the same path
 * (docs/decisions/0002).
 */
import type { Digest } from '@naru/oci/digest';
import { createLocks, type Locks } from '../runtime/locks.ts';

export type DigestLocks = Locks<Digest>;

export const createDigestLocks = (): DigestLocks => createLocks();
