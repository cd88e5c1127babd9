import { join } from 'node:path';
import { describeMetadataContract } from '../contract.ts';
import { makeScratchFolder } from '../contract/scratch-folder.ts';
import { openSqliteMetadata } from './open-sqlite-metadata.ts';

const folder = makeScratchFolder();
let opened = 0;

describeMetadataContract('SQLite metadata', () => openSqliteMetadata({ path: join(folder, `${opened++}.db`) }));
