/** What is amiss with how an image was built, as it goes into the same file as its findings. `rule`: its name in policies. */
import type { Digest } from '@naru/oci/digest';

export type Remark = {
  readonly rule: string;
  readonly level: 'warning' | 'note';
  readonly message: string;
  readonly layer?: Digest;
  readonly path?: string;
};
