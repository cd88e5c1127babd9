/** What is wrong with a file of advisories: which file, where in it, and what. */
export class AdvisoryError extends Error {
  override readonly name = 'AdvisoryError';

  constructor(where: string, what: string, options?: ErrorOptions) {
    super(`${where}: ${what}`, options);
  }
}
