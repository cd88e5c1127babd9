/** Is this image safe to run? Whether it may be pulled, what is vulnerable in it, how it was built, who signed it, and what is installed. */
import type { Image } from './image-page.tsx';
import { Configuration } from './configuration.tsx';
import { Findings } from './findings.tsx';
import { Packages } from './packages.tsx';
import { Secrets } from './secrets.tsx';
import { Signatures } from './signatures.tsx';
import { Verdict } from './verdict.tsx';

/** `digest`: of the image as it is pulled, which may be an index; `image`: of one platform. */
export function Security({ repository, digest, image }: { repository: string; digest: string; image: Image }) {
  return (
    <>
      <Verdict repository={repository} reference={digest} />
      <Findings repository={repository} reference={image.digest} />
      <Secrets repository={repository} reference={image.digest} />
      <Configuration repository={repository} reference={image.digest} />
      <Signatures repository={repository} reference={digest} />
      <Packages repository={repository} reference={image.digest} />
    </>
  );
}
