/** What the parts of the file driver share. */
import type { Clock } from '../../runtime/clock.ts';
import type { OneWriter } from '../one-writer.ts';
import type { UploadHashes } from '../upload-hashes.ts';
import type { DurableDirectories } from './durable-directories.ts';
import type { FileHasher } from './file-hasher.ts';
import type { FileSystem } from './file-system.ts';
import type { FileLayout } from './layout.ts';

export type FileStoreParts = {
  readonly layout: FileLayout;
  readonly fileSystem: FileSystem;
  readonly directories: DurableDirectories;
  readonly hashes: UploadHashes;
  readonly hasher: FileHasher;
  readonly oneWriter: OneWriter;
  readonly clock: Clock;
};
