import type { Clock, Log, Random } from '../../core/ports.ts';
import { defaultSettings } from '../../core/settings.ts';
import { createBreaker } from '../../core/think/gateway/breaker.ts';
import type { Budget } from '../../core/think/gateway/budget.ts';
import { createGateway, type Gateway } from '../../core/think/gateway/gateway.ts';
import type { TokenCounter } from '../../core/think/tokens.ts';

const log: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** The real gateway with a breaker of its own and the default limits, for tests that are about something else. */
export const plainGateway = (parts: { budget: Budget; tokens: TokenCounter; clock: Clock; random: Random }): Gateway =>
  createGateway({ ...parts, log, breaker: createBreaker(parts), remote: () => defaultSettings().remote });
