/* Made by npm run docs: do not edit. */

export type Api = {
  /** What kind of server this is: `accounts` when people log in, `signUp` when they may make an account themselves, `mail` when it sends mails */
  'GET /server': { params: {  }; query: {  }; body: undefined; response: { "version": string; "accounts": boolean; "signUp": boolean; "mail": boolean } };
  /** Log in with a name or an e-mail address; an account with a second factor needs `code` or `passkey` too */
  'POST /session': { params: {  }; query: {  }; body: { "name": string; "password": string; "code"?: string; "passkey"?: { "id": string; "rawId": string; "type": "public-key"; "response": { "clientDataJSON": string; "authenticatorData": string; "signature": string; "userHandle"?: string | null } } }; response: { "name": string } };
  /** Log out */
  'DELETE /session': { params: {  }; query: {  }; body: undefined; response: undefined };
  /** Begin a log-in with a passkey: what to give to the browser, and a cookie that its answer must come with */
  'POST /session/passkey-challenge': { params: {  }; query: {  }; body: undefined; response: { "challenge": string } };
  /** Log in with a passkey alone: it names the account, and counts as both factors */
  'POST /session/passkey': { params: {  }; query: {  }; body: { "passkey": { "id": string; "rawId": string; "type": "public-key"; "response": { "clientDataJSON": string; "authenticatorData": string; "signature": string; "userHandle"?: string | null } } }; response: { "name": string } };
  /** Make an account of one’s own, where the server lets everybody */
  'POST /sign-up': { params: {  }; query: {  }; body: { "name": string; "email": string; "password": string; "language"?: "en" | "ko" }; response: { "name": string; "mail"?: "on-its-way" | "late" } };
  /** Ask for another mail that confirms the address of an account */
  'POST /mail-links/verification': { params: {  }; query: {  }; body: { "email": string }; response: undefined };
  /** Ask for a mail with a link that sets a new password */
  'POST /mail-links/password-reset': { params: {  }; query: {  }; body: { "email": string }; response: undefined };
  /** Use the secret of a link in a mail, once; that of a password reset takes the new `password` along */
  'POST /mail-links/use': { params: {  }; query: {  }; body: { "secret": string; "password"?: string }; response: { "purpose": "verify" | "reset" | "change" } };
  /** Change the own e-mail address, once the link that is sent to the new one was opened */
  'PUT /user/email': { params: {  }; query: {  }; body: { "email": string; "password": string }; response: undefined };
  /** Who am I? */
  'GET /user': { params: {  }; query: {  }; body: undefined; response: { "kind": string; "name": string; "credential": string; "user"?: { "name": string; "email"?: string; "emailVerifiedAt"?: number; "fullName": string; "language": string; "administrator": boolean; "disabledAt"?: number; "createdAt": number; "hasSecondFactor": boolean; "signsInWith": readonly (string)[] } } };
  /** Change the own profile */
  'PATCH /user': { params: {  }; query: {  }; body: { "fullName"?: string; "language"?: "en" | "ko" }; response: { "name": string; "email"?: string; "emailVerifiedAt"?: number; "fullName": string; "language": string; "administrator": boolean; "disabledAt"?: number; "createdAt": number; "hasSecondFactor": boolean; "signsInWith": readonly (string)[] } };
  /** Delete the own account */
  'DELETE /user': { params: {  }; query: {  }; body: { "password": string }; response: undefined };
  /** Change the own password; every other session and docker log-in ends */
  'PUT /user/password': { params: {  }; query: {  }; body: { "current": string; "password": string }; response: undefined };
  /** List all accounts of people */
  'GET /users': { params: {  }; query: { after?: string | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "name": string; "email"?: string; "emailVerifiedAt"?: number; "fullName": string; "language": string; "administrator": boolean; "disabledAt"?: number; "createdAt": number; "hasSecondFactor": boolean; "signsInWith": readonly (string)[] })[]; "next"?: string } };
  /** Make an account */
  'POST /users': { params: {  }; query: {  }; body: { "name": string; "email"?: string; "password"?: string; "fullName"?: string; "language"?: "en" | "ko"; "administrator"?: boolean }; response: { "name": string; "email"?: string; "emailVerifiedAt"?: number; "fullName": string; "language": string; "administrator": boolean; "disabledAt"?: number; "createdAt": number; "hasSecondFactor": boolean; "signsInWith": readonly (string)[] } };
  /** Change an account: rights, password, disabled or not */
  'PATCH /users/{user}': { params: { user: string }; query: {  }; body: { "administrator"?: boolean; "disabled"?: boolean; "password"?: string; "secondFactor"?: false }; response: { "name": string; "email"?: string; "emailVerifiedAt"?: number; "fullName": string; "language": string; "administrator": boolean; "disabledAt"?: number; "createdAt": number; "hasSecondFactor": boolean; "signsInWith": readonly (string)[] } };
  /** Delete an account that has no repositories */
  'DELETE /users/{user}': { params: { user: string }; query: {  }; body: undefined; response: undefined };
  /** A secret for an authenticator app; nothing changes before a code of it was shown */
  'GET /user/second-factor': { params: {  }; query: {  }; body: undefined; response: { "secret": string; "uri": string } };
  /** Ask for a code at each log-in from now on; gives recovery codes, which are shown only now */
  'PUT /user/second-factor': { params: {  }; query: {  }; body: { "secret": string; "code": string; "password": string }; response: { "recoveryCodes": readonly (string)[] } };
  /** Ask for no code any more */
  'DELETE /user/second-factor': { params: {  }; query: {  }; body: { "password": string }; response: undefined };
  /** List the own passkeys */
  'GET /user/passkeys': { params: {  }; query: {  }; body: undefined; response: { "items": readonly ({ "id": string; "name": string; "createdAt": number; "usedAt"?: number; "transports": readonly (string)[] })[] } };
  /** Keep the passkey that the browser has made */
  'POST /user/passkeys': { params: {  }; query: {  }; body: { "name": string; "passkey": { "id": string; "rawId": string; "type": "public-key"; "response": { "clientDataJSON": string; "attestationObject": string; "transports"?: readonly (string)[] } } }; response: { "id": string; "name": string; "createdAt": number; "usedAt"?: number; "transports": readonly (string)[] } };
  /** Begin to make a passkey: what to give to the browser, and a cookie that its answer must come with */
  'POST /user/passkeys/challenge': { params: {  }; query: {  }; body: { "password": string }; response: { "challenge": string } };
  /** Give a passkey another name */
  'PATCH /user/passkeys/{passkey}': { params: { passkey: string }; query: {  }; body: { "name": string }; response: undefined };
  /** Log in by this passkey no more */
  'DELETE /user/passkeys/{passkey}': { params: { passkey: string }; query: {  }; body: { "password": string }; response: undefined };
  /** List access tokens */
  'GET /user/tokens': { params: {  }; query: { after?: string | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "id": string; "name": string; "actions"?: readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[]; "repositories"?: readonly (string)[]; "createdAt": number; "expiresAt"?: number; "usedAt"?: number; "address": string })[]; "next"?: string } };
  /** Make an access token; its secret is shown only now */
  'POST /user/tokens': { params: {  }; query: {  }; body: { "name": string; "actions"?: readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[]; "repositories"?: readonly (string)[]; "expiresAt"?: number }; response: { "id": string; "name": string; "actions"?: readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[]; "repositories"?: readonly (string)[]; "createdAt": number; "expiresAt"?: number; "usedAt"?: number; "address": string; "secret": string } };
  /** Revoke an access token, at once */
  'DELETE /user/tokens/{token}': { params: { token: string }; query: {  }; body: undefined; response: undefined };
  /** List access tokens */
  'GET /users/{user}/tokens': { params: { user: string }; query: { after?: string | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "id": string; "name": string; "actions"?: readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[]; "repositories"?: readonly (string)[]; "createdAt": number; "expiresAt"?: number; "usedAt"?: number; "address": string })[]; "next"?: string } };
  /** Make an access token; its secret is shown only now */
  'POST /users/{user}/tokens': { params: { user: string }; query: {  }; body: { "name": string; "actions"?: readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[]; "repositories"?: readonly (string)[]; "expiresAt"?: number }; response: { "id": string; "name": string; "actions"?: readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[]; "repositories"?: readonly (string)[]; "createdAt": number; "expiresAt"?: number; "usedAt"?: number; "address": string; "secret": string } };
  /** Revoke an access token, at once */
  'DELETE /users/{user}/tokens/{token}': { params: { user: string; token: string }; query: {  }; body: undefined; response: undefined };
  /** List access tokens */
  'GET /namespaces/{namespace}/robots/{robot}/tokens': { params: { namespace: string; robot: string }; query: { after?: string | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "id": string; "name": string; "actions"?: readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[]; "repositories"?: readonly (string)[]; "createdAt": number; "expiresAt"?: number; "usedAt"?: number; "address": string })[]; "next"?: string } };
  /** Make an access token; its secret is shown only now */
  'POST /namespaces/{namespace}/robots/{robot}/tokens': { params: { namespace: string; robot: string }; query: {  }; body: { "name": string; "actions"?: readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[]; "repositories"?: readonly (string)[]; "expiresAt"?: number }; response: { "id": string; "name": string; "actions"?: readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[]; "repositories"?: readonly (string)[]; "createdAt": number; "expiresAt"?: number; "usedAt"?: number; "address": string; "secret": string } };
  /** Revoke an access token, at once */
  'DELETE /namespaces/{namespace}/robots/{robot}/tokens/{token}': { params: { namespace: string; robot: string; token: string }; query: {  }; body: undefined; response: undefined };
  /** Where am I logged in? Browsers, and what docker keeps */
  'GET /user/sessions': { params: {  }; query: {  }; body: undefined; response: { "items": readonly ({ "id": string; "kind": string; "name": string; "createdAt": number; "usedAt"?: number; "address": string; "userAgent": string; "isThis": boolean })[]; "next"?: string } };
  /** Log out somewhere */
  'DELETE /user/sessions/{session}': { params: { session: string }; query: {  }; body: undefined; response: undefined };
  /** List the organisations that one is in */
  'GET /user/organisations': { params: {  }; query: {  }; body: undefined; response: { "items": readonly ({ "name": string; "fullName": string; "memberActions": readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[]; "role": "owner" | "member" })[]; "next"?: string } };
  /** Make an organisation; who makes it owns it */
  'POST /organisations': { params: {  }; query: {  }; body: { "name": string; "fullName"?: string; "owner"?: string }; response: { "name": string; "fullName": string; "memberActions": readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[] } };
  /** Get an organisation */
  'GET /organisations/{namespace}': { params: { namespace: string }; query: {  }; body: undefined; response: { "name": string; "fullName": string; "memberActions": readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[] } };
  /** Change an organisation’s name for people, or what all its members may do */
  'PATCH /organisations/{namespace}': { params: { namespace: string }; query: {  }; body: { "fullName"?: string; "memberRole"?: "none" | "read" | "write" | "maintain" | "admin" }; response: { "name": string; "fullName": string; "memberActions": readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[] } };
  /** List the members; members see each other */
  'GET /organisations/{namespace}/members': { params: { namespace: string }; query: { after?: string | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "name": string; "fullName": string; "role": "owner" | "member"; "since": number })[]; "next"?: string } };
  /** Make somebody a member or an owner */
  'PUT /organisations/{namespace}/members/{user}': { params: { namespace: string; user: string }; query: {  }; body: { "role"?: "owner" | "member" }; response: undefined };
  /** Remove a member, or leave */
  'DELETE /organisations/{namespace}/members/{user}': { params: { namespace: string; user: string }; query: {  }; body: undefined; response: undefined };
  /** Invite somebody by e-mail; the link is good once, for the owner of the address */
  'POST /organisations/{namespace}/invitations': { params: { namespace: string }; query: {  }; body: { "email": string; "role"?: "owner" | "member"; "team"?: string }; response: { "id": string; "email": string; "role": "owner" | "member"; "invitedBy": string; "createdAt": number; "expiresAt": number; "secret": string } };
  /** List open invitations */
  'GET /organisations/{namespace}/invitations': { params: { namespace: string }; query: { after?: string | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "id": string; "email": string; "role": "owner" | "member"; "invitedBy": string; "createdAt": number; "expiresAt": number })[]; "next"?: string } };
  /** Withdraw an invitation */
  'DELETE /organisations/{namespace}/invitations/{invitation}': { params: { namespace: string; invitation: string }; query: {  }; body: undefined; response: undefined };
  /** Accept an invitation that was sent to one’s own address */
  'POST /invitations/accept': { params: {  }; query: {  }; body: { "secret": string }; response: { "organisation": string } };
  /** List the teams */
  'GET /organisations/{namespace}/teams': { params: { namespace: string }; query: { after?: string | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "name": string; "description": string })[]; "next"?: string } };
  /** Make a team */
  'POST /organisations/{namespace}/teams': { params: { namespace: string }; query: {  }; body: { "name": string; "description"?: string }; response: { "name": string; "description": string } };
  /** Delete a team with its grants */
  'DELETE /organisations/{namespace}/teams/{team}': { params: { namespace: string; team: string }; query: {  }; body: undefined; response: undefined };
  /** List who is in a team */
  'GET /organisations/{namespace}/teams/{team}/members': { params: { namespace: string; team: string }; query: { after?: string | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "name": string })[]; "next"?: string } };
  /** Put a member of the organisation into a team */
  'PUT /organisations/{namespace}/teams/{team}/members/{user}': { params: { namespace: string; team: string; user: string }; query: {  }; body: undefined; response: undefined };
  /** Take somebody out of a team */
  'DELETE /organisations/{namespace}/teams/{team}/members/{user}': { params: { namespace: string; team: string; user: string }; query: {  }; body: undefined; response: undefined };
  /** Get the settings of a namespace */
  'GET /namespaces/{namespace}': { params: { namespace: string }; query: {  }; body: undefined; response: { "name": string; "kind": "user" | "organisation"; "visibility": "public" | "internal" | "private" | null; "networks": readonly (string)[] | null } };
  /** Say what a first push makes (`visibility`), and from which networks the namespace can be reached (`networks`); null: as the server says, from everywhere */
  'PATCH /namespaces/{namespace}': { params: { namespace: string }; query: {  }; body: { "visibility"?: "public" | "internal" | "private" | null; "networks"?: readonly (string)[] | null }; response: { "name": string; "kind": "user" | "organisation"; "visibility": "public" | "internal" | "private" | null; "networks": readonly (string)[] | null } };
  /** Delete an organisation that has no repositories */
  'DELETE /namespaces/{namespace}': { params: { namespace: string }; query: {  }; body: undefined; response: undefined };
  /** List the grants of a namespace */
  'GET /namespaces/{namespace}/grants': { params: { namespace: string }; query: { after?: string | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "id": string; "subject": { "kind": "user" | "team" | "robot" | "ci" | "everybody"; "name"?: string }; "effect": "allow" | "deny"; "actions": readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[]; "repositories": string; "conditions": { "networks"?: readonly (string)[]; "tags"?: readonly (string)[]; "notBefore"?: number; "notAfter"?: number; "weekly"?: { "days": readonly (number)[]; "fromMinute": number; "toMinute": number; "offsetMinutes"?: number } }; "createdAt": number; "createdBy": string })[]; "next"?: string } };
  /** Allow or deny something to somebody */
  'POST /namespaces/{namespace}/grants': { params: { namespace: string }; query: {  }; body: { "role"?: "read" | "write" | "maintain" | "admin"; "actions"?: readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[]; "subject": { "kind": "user" | "team" | "robot" | "ci" | "everybody"; "name"?: string }; "effect"?: "allow" | "deny"; "repositories"?: string; "conditions"?: { "networks"?: readonly (string)[]; "tags"?: readonly (string)[]; "notBefore"?: number; "notAfter"?: number; "weekly"?: { "days": readonly (number)[]; "fromMinute": number; "toMinute": number; "offsetMinutes"?: number } } }; response: { "id": string; "subject": { "kind": "user" | "team" | "robot" | "ci" | "everybody"; "name"?: string }; "effect": "allow" | "deny"; "actions": readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[]; "repositories": string; "conditions": { "networks"?: readonly (string)[]; "tags"?: readonly (string)[]; "notBefore"?: number; "notAfter"?: number; "weekly"?: { "days": readonly (number)[]; "fromMinute": number; "toMinute": number; "offsetMinutes"?: number } }; "createdAt": number; "createdBy": string } };
  /** Take a grant back, at once */
  'DELETE /namespaces/{namespace}/grants/{grant}': { params: { namespace: string; grant: string }; query: {  }; body: undefined; response: undefined };
  /** List robot accounts */
  'GET /namespaces/{namespace}/robots': { params: { namespace: string }; query: { after?: string | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "name": string; "login": string; "description": string; "createdAt": number; "createdBy": string; "disabledAt"?: number })[]; "next"?: string } };
  /** Make a robot account; give it grants, and tokens to log in with */
  'POST /namespaces/{namespace}/robots': { params: { namespace: string }; query: {  }; body: { "name": string; "description"?: string }; response: { "name": string; "login": string; "description": string; "createdAt": number; "createdBy": string; "disabledAt"?: number } };
  /** Disable or enable a robot account */
  'PATCH /namespaces/{namespace}/robots/{robot}': { params: { namespace: string; robot: string }; query: {  }; body: { "disabled": boolean }; response: undefined };
  /** Delete a robot account with its tokens and grants */
  'DELETE /namespaces/{namespace}/robots/{robot}': { params: { namespace: string; robot: string }; query: {  }; body: undefined; response: undefined };
  /** List the trusted issuers of a namespace */
  'GET /namespaces/{namespace}/trusted-issuers': { params: { namespace: string }; query: { after?: string | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "name": string; "issuer": string; "audience": string; "claims": Readonly<Record<string, string>>; "createdAt": number; "createdBy": string })[]; "next"?: string } };
  /** Trust tokens of an OIDC issuer whose claims match */
  'POST /namespaces/{namespace}/trusted-issuers': { params: { namespace: string }; query: {  }; body: { "name": string; "issuer": string; "audience": string; "claims": Readonly<Record<string, string>> }; response: { "name": string; "issuer": string; "audience": string; "claims": Readonly<Record<string, string>>; "createdAt": number; "createdBy": string } };
  /** Stop trusting an issuer, at once */
  'DELETE /namespaces/{namespace}/trusted-issuers/{issuer}': { params: { namespace: string; issuer: string }; query: {  }; body: undefined; response: undefined };
  /** Find repositories by name and description, the best first; without q all of them, the best known first. `instead`: words that were looked for as well */
  'GET /search': { params: {  }; query: { q?: string | undefined; official?: "true" | "false" | undefined; verified?: "true" | "false" | undefined; organisation?: string | undefined; platform?: string | undefined; artifactType?: string | undefined; updatedSince?: number | undefined; after?: string | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "name": string; "visibility": "public" | "internal" | "private"; "description": string; "official": boolean; "verified": boolean; "pulls": number; "stars": number; "updatedAt"?: number })[]; "next"?: string; "instead": readonly (string)[] } };
  /** The few that are most likely meant, while somebody types */
  'GET /search/suggestions': { params: {  }; query: { q?: string | undefined }; body: undefined; response: { "items": readonly ({ "name": string; "description": string; "official": boolean; "verified": boolean })[] } };
  /** List the repositories that the caller may see */
  'GET /repositories': { params: {  }; query: { after?: string | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "name": string; "visibility": "public" | "internal" | "private" })[]; "next"?: string } };
  /** Get a repository: who may see it, how many tags it has, and how much it holds */
  'GET /repositories/{repository}': { params: { repository: string }; query: {  }; body: undefined; response: { "name": string; "visibility": "public" | "internal" | "private"; "createdAt": number; "tags": number; "taggedAt"?: number; "sizeBytes": number; "may": readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[]; "description": string; "official": boolean; "verified": boolean; "pulls": number; "pulledAt"?: number; "stars": number; "sourceUrl": string; "licenses": string; "updatedAt"?: number; "starred": boolean } };
  /** Make an empty repository */
  'PUT /repositories/{repository}': { params: { repository: string }; query: {  }; body: { "visibility"?: "public" | "internal" | "private" }; response: { "name": string; "visibility": "public" | "internal" | "private" } };
  /** Change who may see a repository, and the line that says what it is */
  'PATCH /repositories/{repository}': { params: { repository: string }; query: {  }; body: { "visibility"?: "public" | "internal" | "private"; "description"?: string }; response: { "name": string; "visibility": "public" | "internal" | "private"; "createdAt": number; "tags": number; "taggedAt"?: number; "sizeBytes": number; "may": readonly ("pull" | "push" | "tag:move" | "delete" | "manage")[]; "description": string; "official": boolean; "verified": boolean; "pulls": number; "pulledAt"?: number; "stars": number; "sourceUrl": string; "licenses": string; "updatedAt"?: number; "starred": boolean } };
  /** Rename a repository, or transfer it to another namespace; pulls find it under the old name for a while */
  'POST /repositories/{repository}/-/rename': { params: { repository: string }; query: {  }; body: { "to": string }; response: { "name": string; "previous": string; "aliasUntil": number } };
  /** Count the pulls of each of the last days (UTC), oldest first, of the repository or of one tag */
  'GET /repositories/{repository}/-/pulls': { params: { repository: string }; query: { days?: number | undefined; tag?: string | undefined }; body: undefined; response: { "items": readonly ({ "day": string; "pulls": number })[]; "pulls": number } };
  /** Mark a repository with a star; again changes nothing */
  'PUT /repositories/{repository}/-/star': { params: { repository: string }; query: {  }; body: undefined; response: undefined };
  /** Take the star away */
  'DELETE /repositories/{repository}/-/star': { params: { repository: string }; query: {  }; body: undefined; response: undefined };
  /** List the repositories that one has marked, by name, as far as one may see them still */
  'GET /user/stars': { params: {  }; query: { after?: string | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "name": string; "visibility": "public" | "internal" | "private"; "description": string; "official": boolean; "verified": boolean; "pulls": number; "stars": number; "updatedAt"?: number })[]; "next"?: string } };
  /** Get the README, Markdown: as somebody wrote it, or as the newest image says by its label */
  'GET /repositories/{repository}/-/readme': { params: { repository: string }; query: {  }; body: undefined; response: { "text": string; "origin": "none" | "image" | "edited"; "changedAt"?: number; "changedBy"?: string } };
  /** Write the README; If-Match with the ETag that was read: 412 when somebody has changed it since. An empty text brings back what the image says */
  'PUT /repositories/{repository}/-/readme': { params: { repository: string }; query: {  }; body: { "text": string }; response: { "text": string; "origin": "none" | "image" | "edited"; "changedAt"?: number; "changedBy"?: string } };
  /** List what was asked and decided about the badge "official" */
  'GET /repositories/{repository}/-/badge-requests': { params: { repository: string }; query: { after?: string | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "id": string; "badge": "official" | "verified"; "subject": string; "state": "applied" | "granted" | "declined" | "revoked"; "note": string; "appliedAt": number; "appliedBy": string; "reason": string; "decidedAt"?: number; "decidedBy"?: string })[]; "next"?: string } };
  /** Ask the administrators for the badge "official" */
  'POST /repositories/{repository}/-/badge-requests': { params: { repository: string }; query: {  }; body: { "note"?: string }; response: { "id": string; "badge": "official" | "verified"; "subject": string; "state": "applied" | "granted" | "declined" | "revoked"; "note": string; "appliedAt": number; "appliedBy": string; "reason": string; "decidedAt"?: number; "decidedBy"?: string } };
  /** List what was asked and decided about the badge "verified" */
  'GET /namespaces/{namespace}/badge-requests': { params: { namespace: string }; query: { after?: string | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "id": string; "badge": "official" | "verified"; "subject": string; "state": "applied" | "granted" | "declined" | "revoked"; "note": string; "appliedAt": number; "appliedBy": string; "reason": string; "decidedAt"?: number; "decidedBy"?: string })[]; "next"?: string } };
  /** Ask the administrators for the badge "verified" */
  'POST /namespaces/{namespace}/badge-requests': { params: { namespace: string }; query: {  }; body: { "note"?: string }; response: { "id": string; "badge": "official" | "verified"; "subject": string; "state": "applied" | "granted" | "declined" | "revoked"; "note": string; "appliedAt": number; "appliedBy": string; "reason": string; "decidedAt"?: number; "decidedBy"?: string } };
  /** List requests for badges by their state */
  'GET /badge-requests': { params: {  }; query: { after?: string | undefined; limit?: number | undefined; state?: "applied" | "granted" | "declined" | "revoked" | undefined }; body: undefined; response: { "items": readonly ({ "id": string; "badge": "official" | "verified"; "subject": string; "state": "applied" | "granted" | "declined" | "revoked"; "note": string; "appliedAt": number; "appliedBy": string; "reason": string; "decidedAt"?: number; "decidedBy"?: string })[]; "next"?: string } };
  /** Grant or decline a request for a badge, or revoke the badge */
  'POST /badge-requests/{id}/decision': { params: { id: string }; query: {  }; body: { "decision": "grant" | "decline" | "revoke"; "reason"?: string }; response: { "id": string; "badge": "official" | "verified"; "subject": string; "state": "applied" | "granted" | "declined" | "revoked"; "note": string; "appliedAt": number; "appliedBy": string; "reason": string; "decidedAt"?: number; "decidedBy"?: string } };
  /** List the tags of a repository with what they point to, in byte order */
  'GET /repositories/{repository}/-/tags': { params: { repository: string }; query: { after?: string | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "tag": string; "digest": string; "movedAt": number; "movedBy": string; "pulls": number; "pulledAt"?: number; "mediaType": string; "artifactType"?: string; "sizeBytes": number; "platforms": readonly (string)[] })[]; "next"?: string } };
  /** Get a tag with what it points to */
  'GET /repositories/{repository}/-/tags/{tag}': { params: { repository: string; tag: string }; query: {  }; body: undefined; response: { "tag": string; "digest": string; "movedAt": number; "movedBy": string; "pulls": number; "pulledAt"?: number; "mediaType": string; "artifactType"?: string; "sizeBytes": number; "platforms": readonly (string)[] } };
  /** List where a tag pointed, newest first; no digest means that it was deleted */
  'GET /repositories/{repository}/-/tags/{tag}/history': { params: { repository: string; tag: string }; query: { limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "digest"?: string; "previous"?: string; "at": number; "by": string })[] } };
  /** Delete tags (needs delete of each); the answer is what placeTags takes to put them back, as long as their manifests are there */
  'POST /repositories/{repository}/-/delete-tags': { params: { repository: string }; query: {  }; body: { "tags": readonly (string)[] }; response: { "deleted": readonly ({ "tag": string; "digest": string; "expected"?: string | null })[] } };
  /** Point tags (needs tag:move of each) at manifests that the repository holds, all or none: to restore what a tag pointed to, or what was deleted */
  'POST /repositories/{repository}/-/place-tags': { params: { repository: string }; query: {  }; body: { "tags": readonly ({ "tag": string; "digest": string; "expected"?: string | null })[] }; response: undefined };
  /** Get an image by digest or tag: platforms, configuration, layers, and the step of the build that made each */
  'GET /repositories/{repository}/-/images/{reference}': { params: { repository: string; reference: string }; query: {  }; body: undefined; response: { "digest": string; "kind": "image" | "index"; "mediaType": string; "artifactType"?: string; "sizeBytes": number; "platforms": readonly (string)[]; "annotations": Readonly<Record<string, string>>; "subject"?: string; "tags": readonly (string)[]; "manifests": readonly ({ "digest": string; "mediaType": string; "sizeBytes": number; "platform"?: string })[]; "config"?: { "platform": string; "created"?: string; "author"?: string; "user"?: string; "workingDirectory"?: string; "stopSignal"?: string; "entrypoint": readonly (string)[]; "command": readonly (string)[]; "environment": readonly (string)[]; "ports": readonly (string)[]; "volumes": readonly (string)[]; "labels": Readonly<Record<string, string>> }; "layers": readonly ({ "digest": string; "mediaType": string; "sizeBytes": number })[]; "steps": readonly ({ "createdBy"?: string; "created"?: string; "comment"?: string; "layer"?: { "digest": string; "mediaType": string; "sizeBytes": number } })[] } };
  /** List what refers to an image: signatures, inventories, attestations */
  'GET /repositories/{repository}/-/images/{reference}/referrers': { params: { repository: string; reference: string }; query: { after?: string | undefined; limit?: number | undefined; artifactType?: string | undefined }; body: undefined; response: { "items": readonly ({ "digest": string; "mediaType": string; "artifactType"?: string; "sizeBytes": number; "annotations"?: Readonly<Record<string, string>> })[]; "next"?: string } };
  /** What was done on this server, newest first */
  'GET /audit': { params: {  }; query: { actor?: string | undefined; action?: string | undefined; since?: number | undefined; until?: number | undefined; before?: number | undefined; limit?: number | undefined; namespace?: string | undefined }; body: undefined; response: { "items": readonly ({ "id": number; "at": number; "action": string; "actor": string; "address"?: string; "credential"?: string; "namespace"?: string; "repository"?: string; "digest"?: string; "tag"?: string; "detail"?: Readonly<Record<string, unknown>>; "hash": string })[]; "next"?: number } };
  /** What was done in a namespace, newest first */
  'GET /namespaces/{namespace}/audit': { params: { namespace: string }; query: { actor?: string | undefined; action?: string | undefined; since?: number | undefined; until?: number | undefined; before?: number | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "id": number; "at": number; "action": string; "actor": string; "address"?: string; "credential"?: string; "namespace"?: string; "repository"?: string; "digest"?: string; "tag"?: string; "detail"?: Readonly<Record<string, unknown>>; "hash": string })[]; "next"?: number } };
  /** Every entry in order, as the text that was hashed: the SHA-256 of each is its hash, and the next one names it */
  'GET /audit/entries': { params: {  }; query: { after?: number | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "id": number; "hash": string; "text": string })[]; "next"?: number } };
  /** Is the chain of hashes whole? Note `last`: who changes entries later cannot get it again */
  'GET /audit/verify': { params: {  }; query: {  }; body: undefined; response: { "entries": number; "last": string; "broken"?: { "id": number; "why": string } } };
  /** A stream of server-sent events on repositories that one may pull; Last-Event-ID goes on behind that event */
  'GET /events': { params: {  }; query: { after?: number | undefined; repository?: string | undefined; kinds?: string | undefined }; body: undefined; response: undefined };
  /** List the webhooks of a namespace, or of the server (namespace `server`) */
  'GET /namespaces/{namespace}/webhooks': { params: { namespace: string }; query: {  }; body: undefined; response: { "items": readonly ({ "id": string; "url": string; "format": "standard" | "cloudevents" | "docker-hub" | "distribution" | "slack" | "mattermost" | "email"; "events": readonly (string)[]; "tags"?: readonly (string)[]; "versions"?: string; "platforms"?: readonly (string)[]; "allowPrivateAddress": boolean; "disabledAt"?: number; "failingSince"?: number; "createdAt": number; "createdBy": string })[] } };
  /** Make a webhook of a namespace, or of the server (namespace `server`); the answer is the only one that holds its secret */
  'POST /namespaces/{namespace}/webhooks': { params: { namespace: string }; query: {  }; body: { "url": string; "format"?: "standard" | "cloudevents" | "docker-hub" | "distribution" | "slack" | "mattermost" | "email"; "secret"?: string; "events"?: readonly ("repository.created" | "repository.renamed" | "repository.visibility" | "repository.pulled" | "blob.pushed" | "blob.mounted" | "blob.deleted" | "manifest.pushed" | "manifest.deleted" | "tag.moved" | "tag.deleted" | "pushed" | "deleted" | "created" | "all")[]; "tags"?: readonly (string)[]; "versions"?: string; "platforms"?: readonly (string)[]; "allowPrivateAddress"?: boolean }; response: { "id": string; "url": string; "format": "standard" | "cloudevents" | "docker-hub" | "distribution" | "slack" | "mattermost" | "email"; "events": readonly (string)[]; "tags"?: readonly (string)[]; "versions"?: string; "platforms"?: readonly (string)[]; "allowPrivateAddress": boolean; "disabledAt"?: number; "failingSince"?: number; "createdAt": number; "createdBy": string; "secret": string } };
  /** Get a webhook of a namespace, or of the server (namespace `server`) */
  'GET /namespaces/{namespace}/webhooks/{webhook}': { params: { namespace: string; webhook: string }; query: {  }; body: undefined; response: { "id": string; "url": string; "format": "standard" | "cloudevents" | "docker-hub" | "distribution" | "slack" | "mattermost" | "email"; "events": readonly (string)[]; "tags"?: readonly (string)[]; "versions"?: string; "platforms"?: readonly (string)[]; "allowPrivateAddress": boolean; "disabledAt"?: number; "failingSince"?: number; "createdAt": number; "createdBy": string } };
  /** Disable or enable a webhook of a namespace, or of the server (namespace `server`); what happens while it is disabled is not delivered later */
  'PATCH /namespaces/{namespace}/webhooks/{webhook}': { params: { namespace: string; webhook: string }; query: {  }; body: { "disabled": boolean }; response: { "id": string; "url": string; "format": "standard" | "cloudevents" | "docker-hub" | "distribution" | "slack" | "mattermost" | "email"; "events": readonly (string)[]; "tags"?: readonly (string)[]; "versions"?: string; "platforms"?: readonly (string)[]; "allowPrivateAddress": boolean; "disabledAt"?: number; "failingSince"?: number; "createdAt": number; "createdBy": string } };
  /** Delete a webhook of a namespace, or of the server (namespace `server`) with its deliveries, also those that wait */
  'DELETE /namespaces/{namespace}/webhooks/{webhook}': { params: { namespace: string; webhook: string }; query: {  }; body: undefined; response: undefined };
  /** Send a test now, and say what the receiver answered */
  'POST /namespaces/{namespace}/webhooks/{webhook}/test': { params: { namespace: string; webhook: string }; query: {  }; body: undefined; response: { "id": number; "messageId": string; "state": "pending" | "delivered" | "dead"; "event": string; "repository": string; "tag"?: string; "digest"?: string; "attempts": number; "createdAt": number; "changedAt": number; "body"?: string; "callback"?: { "state": "success" | "failure" | "error"; "description"?: string; "context"?: string; "targetUrl"?: string }; "log": readonly ({ "at": number; "durationMs": number; "requestHeaders": Readonly<Record<string, string>>; "status"?: number; "responseHeaders"?: Readonly<Record<string, string>>; "responseBody"?: string; "error"?: string })[] } };
  /** List the deliveries of a webhook, newest first */
  'GET /namespaces/{namespace}/webhooks/{webhook}/deliveries': { params: { namespace: string; webhook: string }; query: { before?: number | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "id": number; "messageId": string; "state": "pending" | "delivered" | "dead"; "event": string; "repository": string; "tag"?: string; "digest"?: string; "attempts": number; "createdAt": number; "changedAt": number })[]; "next"?: number } };
  /** Get a delivery with its requests and what was answered to them */
  'GET /namespaces/{namespace}/webhooks/{webhook}/deliveries/{delivery}': { params: { namespace: string; webhook: string; delivery: string }; query: {  }; body: undefined; response: { "id": number; "messageId": string; "state": "pending" | "delivered" | "dead"; "event": string; "repository": string; "tag"?: string; "digest"?: string; "attempts": number; "createdAt": number; "changedAt": number; "body"?: string; "callback"?: { "state": "success" | "failure" | "error"; "description"?: string; "context"?: string; "targetUrl"?: string }; "log": readonly ({ "at": number; "durationMs": number; "requestHeaders": Readonly<Record<string, string>>; "status"?: number; "responseHeaders"?: Readonly<Record<string, string>>; "responseBody"?: string; "error"?: string })[] } };
  /** Deliver the same message again, under the same id */
  'POST /namespaces/{namespace}/webhooks/{webhook}/deliveries/{delivery}/redeliver': { params: { namespace: string; webhook: string; delivery: string }; query: {  }; body: undefined; response: { "id": number; "messageId": string; "state": "pending" | "delivered" | "dead"; "event": string; "repository": string; "tag"?: string; "digest"?: string; "attempts": number; "createdAt": number; "changedAt": number } };
  /** List the webhooks of a repository */
  'GET /repositories/{repository}/-/webhooks': { params: { repository: string }; query: {  }; body: undefined; response: { "items": readonly ({ "id": string; "url": string; "format": "standard" | "cloudevents" | "docker-hub" | "distribution" | "slack" | "mattermost" | "email"; "events": readonly (string)[]; "tags"?: readonly (string)[]; "versions"?: string; "platforms"?: readonly (string)[]; "allowPrivateAddress": boolean; "disabledAt"?: number; "failingSince"?: number; "createdAt": number; "createdBy": string })[] } };
  /** Make a webhook of a repository; the answer is the only one that holds its secret */
  'POST /repositories/{repository}/-/webhooks': { params: { repository: string }; query: {  }; body: { "url": string; "format"?: "standard" | "cloudevents" | "docker-hub" | "distribution" | "slack" | "mattermost" | "email"; "secret"?: string; "events"?: readonly ("repository.created" | "repository.renamed" | "repository.visibility" | "repository.pulled" | "blob.pushed" | "blob.mounted" | "blob.deleted" | "manifest.pushed" | "manifest.deleted" | "tag.moved" | "tag.deleted" | "pushed" | "deleted" | "created" | "all")[]; "tags"?: readonly (string)[]; "versions"?: string; "platforms"?: readonly (string)[]; "allowPrivateAddress"?: boolean }; response: { "id": string; "url": string; "format": "standard" | "cloudevents" | "docker-hub" | "distribution" | "slack" | "mattermost" | "email"; "events": readonly (string)[]; "tags"?: readonly (string)[]; "versions"?: string; "platforms"?: readonly (string)[]; "allowPrivateAddress": boolean; "disabledAt"?: number; "failingSince"?: number; "createdAt": number; "createdBy": string; "secret": string } };
  /** Get a webhook of a repository */
  'GET /repositories/{repository}/-/webhooks/{webhook}': { params: { repository: string; webhook: string }; query: {  }; body: undefined; response: { "id": string; "url": string; "format": "standard" | "cloudevents" | "docker-hub" | "distribution" | "slack" | "mattermost" | "email"; "events": readonly (string)[]; "tags"?: readonly (string)[]; "versions"?: string; "platforms"?: readonly (string)[]; "allowPrivateAddress": boolean; "disabledAt"?: number; "failingSince"?: number; "createdAt": number; "createdBy": string } };
  /** Disable or enable a webhook of a repository; what happens while it is disabled is not delivered later */
  'PATCH /repositories/{repository}/-/webhooks/{webhook}': { params: { repository: string; webhook: string }; query: {  }; body: { "disabled": boolean }; response: { "id": string; "url": string; "format": "standard" | "cloudevents" | "docker-hub" | "distribution" | "slack" | "mattermost" | "email"; "events": readonly (string)[]; "tags"?: readonly (string)[]; "versions"?: string; "platforms"?: readonly (string)[]; "allowPrivateAddress": boolean; "disabledAt"?: number; "failingSince"?: number; "createdAt": number; "createdBy": string } };
  /** Delete a webhook of a repository with its deliveries, also those that wait */
  'DELETE /repositories/{repository}/-/webhooks/{webhook}': { params: { repository: string; webhook: string }; query: {  }; body: undefined; response: undefined };
  /** Send a test now, and say what the receiver answered */
  'POST /repositories/{repository}/-/webhooks/{webhook}/test': { params: { repository: string; webhook: string }; query: {  }; body: undefined; response: { "id": number; "messageId": string; "state": "pending" | "delivered" | "dead"; "event": string; "repository": string; "tag"?: string; "digest"?: string; "attempts": number; "createdAt": number; "changedAt": number; "body"?: string; "callback"?: { "state": "success" | "failure" | "error"; "description"?: string; "context"?: string; "targetUrl"?: string }; "log": readonly ({ "at": number; "durationMs": number; "requestHeaders": Readonly<Record<string, string>>; "status"?: number; "responseHeaders"?: Readonly<Record<string, string>>; "responseBody"?: string; "error"?: string })[] } };
  /** List the deliveries of a webhook, newest first */
  'GET /repositories/{repository}/-/webhooks/{webhook}/deliveries': { params: { repository: string; webhook: string }; query: { before?: number | undefined; limit?: number | undefined }; body: undefined; response: { "items": readonly ({ "id": number; "messageId": string; "state": "pending" | "delivered" | "dead"; "event": string; "repository": string; "tag"?: string; "digest"?: string; "attempts": number; "createdAt": number; "changedAt": number })[]; "next"?: number } };
  /** Get a delivery with its requests and what was answered to them */
  'GET /repositories/{repository}/-/webhooks/{webhook}/deliveries/{delivery}': { params: { repository: string; webhook: string; delivery: string }; query: {  }; body: undefined; response: { "id": number; "messageId": string; "state": "pending" | "delivered" | "dead"; "event": string; "repository": string; "tag"?: string; "digest"?: string; "attempts": number; "createdAt": number; "changedAt": number; "body"?: string; "callback"?: { "state": "success" | "failure" | "error"; "description"?: string; "context"?: string; "targetUrl"?: string }; "log": readonly ({ "at": number; "durationMs": number; "requestHeaders": Readonly<Record<string, string>>; "status"?: number; "responseHeaders"?: Readonly<Record<string, string>>; "responseBody"?: string; "error"?: string })[] } };
  /** Deliver the same message again, under the same id */
  'POST /repositories/{repository}/-/webhooks/{webhook}/deliveries/{delivery}/redeliver': { params: { repository: string; webhook: string; delivery: string }; query: {  }; body: undefined; response: { "id": number; "messageId": string; "state": "pending" | "delivered" | "dead"; "event": string; "repository": string; "tag"?: string; "digest"?: string; "attempts": number; "createdAt": number; "changedAt": number } };
  /** What a receiver says of a delivery, at the callback URL that it was given */
  'POST /webhook-callbacks/{webhook}/{message}/{key}': { params: { webhook: string; message: string; key: string }; query: {  }; body: { "state": "success" | "failure" | "error"; "description"?: string; "context"?: string; "target_url"?: string }; response: undefined };
};
