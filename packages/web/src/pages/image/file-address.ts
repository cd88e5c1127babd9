import { addressOf } from '../../api/client.ts';

/** The server says that it is to be saved, whatever it is called. */
export function fileAddress(repository: string, reference: string, path: string, layer?: string): string {
  return addressOf('/repositories/{repository}/-/images/{reference}/file', { repository, reference }, { path, layer });
}

export function inside(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
