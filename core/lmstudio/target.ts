import type { Settings } from '../settings.ts';
import type { Instance } from './catalogue.ts';
import type { Choice } from './choice.ts';
import type { Product, Sighting } from './lm-studio.ts';

/** The instance that thinks and where it is asked. */
export interface Target {
  /** What the model adapter is given: with `/v1`, or as the owner wrote it. */
  baseUrl: string;
  product: Product;
  instance: Instance;
  /** Whether it reasons before it answers, where that is told. */
  reasons: boolean | null;
}

/** Where LM Studio does not say how much it loaded: what it loads when nobody says anything (section 6 of the reference). */
const assumedContextTokens = 4_096;

/** Who is asked after this look; null when the choice is no loaded model. */
export function targetOf(
  choice: Choice,
  sighting: Sighting | null,
  { baseUrl }: Pick<Settings['model'], 'baseUrl'>,
): Target | null {
  if (choice.kind !== 'use' || sighting?.server.kind !== 'open') return null;
  const { product, catalogue } = sighting.server;
  const { instance } = choice;
  const assumed = instance.contextTokens === null && product !== 'openai';
  return {
    // A server that is not LM Studio may have its routes anywhere below the address that the owner gave.
    baseUrl: product === 'openai' && baseUrl !== '' ? baseUrl : `${sighting.address ?? ''}/v1`,
    product,
    instance: assumed ? { ...instance, contextTokens: assumedContextTokens } : instance,
    reasons: catalogue.models.find(({ key }) => key === instance.key)?.reasons ?? null,
  };
}
