/** Who asks, as the policy knows them. Names are for rows, events and logs; decisions go by id, since names can be given anew. */

export type Principal =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly id: string; readonly name: string; readonly administrator: boolean }
  /** An account without a person, of one namespace. */
  | { readonly kind: 'robot'; readonly id: string; readonly name: string; readonly namespace: string }
  /** A run of somebody's CI, which showed a token of an issuer that the namespace trusts. */
  | { readonly kind: 'ci'; readonly id: string; readonly name: string; readonly namespace: string }
  /** Whoever may open the data folder: `naru admin`. */
  | { readonly kind: 'operator' };

export const anonymous: Principal = { kind: 'anonymous' };
export const operator: Principal = { kind: 'operator' };

/** As rows, events and logs name who did it. No account can be called like one that is no user. */
export function principalName(principal: Principal): string {
  switch (principal.kind) {
    case 'anonymous':
    case 'operator':
      return principal.kind;
    case 'user':
    case 'robot':
    case 'ci':
      return principal.name;
  }
}
