/**
 * What can be done to a repository, and the roles that bundle it.
 *
 * `push` brings blobs and manifests; `tag:move` makes or moves a tag; `manage` changes settings and
 * who may do what. Registry tokens know only pull, push and delete, as Docker's clients ask for them.
 * `pull:blocked` brings what a policy keeps from being pulled: for whoever mends it. No role has it and
 * nobody owns it, so that a policy holds for whoever made it, too; a grant gives it. `review` decides
 * about images that are staged: an administrator's, and that of whoever a grant gives it, but no role's
 * and no owner's, since an owner pushes.
 */
export const actions = ['pull', 'push', 'tag:move', 'delete', 'manage', 'pull:blocked', 'review'] as const;
export type Action = (typeof actions)[number];

export const roles = {
  read: ['pull'],
  write: ['pull', 'push', 'tag:move'],
  maintain: ['pull', 'push', 'tag:move', 'delete'],
  admin: ['pull', 'push', 'tag:move', 'delete', 'manage'],
} as const satisfies Record<string, readonly Action[]>;
export type Role = keyof typeof roles;

export function isAction(text: string): text is Action {
  return (actions as readonly string[]).includes(text);
}

export function isRole(text: string): text is Role {
  return Object.hasOwn(roles, text);
}
