/** The rows that lists of images show, with the fields that Docker's templates know. */
import { familiarName, type NameOptions, parseReference } from '@naru/oci/reference';
import { humanDuration } from '../format/human-duration.ts';
import { humanSize } from '../format/human-size.ts';
import { templateRecord, type TemplateRecord } from '../format/template/value.ts';
import { goTimeText } from '../format/time-text.ts';
import type { Image, ImageRef } from '../layout/image.ts';
import { shortId } from './image-command.ts';

export type ImageRowOptions = {
  readonly now: number;
  readonly truncate: boolean;
  /** One row for each digest by which a registry knows the image. */
  readonly digests: boolean;
  readonly names?: NameOptions;
};

const typeName = '*formatter.imageContext';
const none = '<none>';

export const imageHeader: TemplateRecord = templateRecord(typeName, {
  ID: 'IMAGE ID',
  Repository: 'REPOSITORY',
  Tag: 'TAG',
  Digest: 'DIGEST',
  CreatedSince: 'CREATED',
  CreatedAt: 'CREATED AT',
  Size: 'SIZE',
  Containers: 'CONTAINERS',
  VirtualSize: 'SIZE',
  SharedSize: 'SHARED SIZE',
  UniqueSize: 'UNIQUE SIZE',
});

/** One for each tag; a repository that is known by digests alone has one too, and so has an image without any name. */
export function imageRows(image: Image, options: ImageRowOptions): TemplateRecord[] {
  const row = (repository: string, tag: string, digest: string): TemplateRecord => imageRow(image, { repository, tag, digest }, options);
  if (image.refs.length === 0) return [row(none, none, none)];
  return [...Map.groupBy(image.refs, ({ repository }) => repository).values()].flatMap((refs) => {
    const repository = nameOf(refs, options.names);
    const tags = refs.flatMap(({ name, kind }) => (kind === 'tag' ? [parseReference(name).tag ?? ''] : []));
    const digests = refs.flatMap(({ name, kind }) => (kind === 'digest' ? [parseReference(name).digest ?? ''] : []));
    if (tags.length === 0) return options.digests ? digests.map((digest) => row(repository, none, digest)) : [row(repository, none, '')];
    return tags.flatMap((tag) => (options.digests && digests.length > 0 ? digests : [none]).map((digest) => row(repository, tag, digest)));
  });
}

export function imageRow(
  image: Image,
  { repository, tag, digest, sharedBytes, containers }: { repository: string; tag: string; digest: string; sharedBytes?: number; containers?: number },
  { now, truncate }: Omit<ImageRowOptions, 'digests'>,
): TemplateRecord {
  const created = image.createdAt;
  return templateRecord(typeName, {
    ID: truncate ? shortId(image.id) : image.id,
    Repository: repository,
    Tag: tag,
    Digest: digest,
    CreatedSince: created === undefined ? '' : `${humanDuration(now - created)} ago`,
    // Read by few, and a thousand times the time of the others.
    get CreatedAt() {
      return created === undefined ? '' : goTimeText(created);
    },
    Size: humanSize(image.sizeBytes, 3),
    Containers: containers === undefined ? 'N/A' : String(containers),
    VirtualSize: humanSize(image.sizeBytes, 4),
    SharedSize: sharedBytes === undefined ? 'N/A' : humanSize(sharedBytes, 4),
    UniqueSize: sharedBytes === undefined ? 'N/A' : humanSize(image.sizeBytes - sharedBytes, 4),
  });
}

function nameOf(refs: readonly ImageRef[], names?: NameOptions): string {
  const [first] = refs;
  return first === undefined ? none : familiarName(parseReference(first.name), names);
}
