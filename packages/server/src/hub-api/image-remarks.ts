/** How an image was built, for the files that its findings go out as. */
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Digest } from '@naru/oci/digest';
import type { Remark } from '../advisories/remark.ts';
import { lintImages } from '../lint/lint.ts';
import type { ApiCall } from './route.ts';

/** A file cannot be asked again in a moment: it says itself what is missing in it. */
const unread: Remark = { rule: 'files-not-read', level: 'note', message: 'its files were not all looked at yet: there may be more' };

export async function listRemarks(name: RepositoryName, image: Digest, { caller, parts }: Pick<ApiCall, 'caller' | 'parts'>): Promise<Remark[]> {
  const images = await lintImages(parts, name, image, parts.shown.placesFor(caller));
  return images.flatMap(({ findings, isWhole }): readonly Remark[] => (isWhole ? findings : [...findings, unread]));
}
