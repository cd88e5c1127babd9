import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'bun:test';
import { describeMetadataContract } from '../contract.ts';
import { openSqliteMetadata } from './open-sqlite-metadata.ts';

const folder = mkdtempSync(join(tmpdir(), 'naru-metadata-'));
afterAll(() => rmSync(folder, { recursive: true }));
let opened = 0;

describeMetadataContract('SQLite metadata', () => openSqliteMetadata({ path: join(folder, `${opened++}.db`) }));
