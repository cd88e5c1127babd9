/** All commands that are one request to /api/v1, by their names. */
import { accountCommands } from './account-commands.ts';
import { webhookCommands } from './webhook-commands.ts';

export const apiCommands = { ...accountCommands, ...webhookCommands };

export type ApiCommandName = keyof typeof apiCommands;
