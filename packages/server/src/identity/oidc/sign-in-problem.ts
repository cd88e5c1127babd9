/** Why a log-in by a provider came to nothing: what a person is told, by its code. */
export const signInProblems = [
  'cancelled', // at the provider
  'expired', // too late, done before, or begun in another browser
  'provider', // it cannot be reached, or answered nonsense
  'token', // what it said of the person is not good
  'domain', // the e-mail address is not of one of the allowed domains, or not confirmed
  'no-account', // and none is made here by itself
  'link-first', // an account of ours has the e-mail address
  'taken', // another account is bound to it
  'refused', // the account is disabled
] as const;

export type SignInProblemCode = (typeof signInProblems)[number];

export class SignInProblem extends Error {
  override readonly name = 'SignInProblem';
  readonly code: SignInProblemCode;

  constructor(code: SignInProblemCode, options?: ErrorOptions) {
    super(`log-in by a provider: ${code}`, options);
    this.code = code;
  }
}
