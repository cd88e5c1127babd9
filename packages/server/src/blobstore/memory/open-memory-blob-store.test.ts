import { RegistryError } from '@naru/oci/registry-error';
import { describeBlobStoreContract, describeBlobStoreFaults } from '../contract.ts';
import { openFaultyBlobStore } from '../faulty/open-faulty-blob-store.ts';
import { openMemoryBlobStore } from './open-memory-blob-store.ts';

const close = async (): Promise<void> => undefined;

describeBlobStoreContract('memory', async () => ({ store: openMemoryBlobStore(), close }));

describeBlobStoreContract('faulty, before it fails', async () => ({
  store: openFaultyBlobStore(openMemoryBlobStore(), { failAt: Infinity, error: () => new Error('never') }),
  close,
}));

describeBlobStoreFaults('faulty memory', async (failAt) => {
  const store = openFaultyBlobStore(openMemoryBlobStore(), { failAt, error: () => new RegistryError('STORAGE_FULL') });
  return { store, hasFailed: store.hasFailed, close };
});
