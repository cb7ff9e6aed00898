/** A model on the disk of the simulated machine. */
export interface CatalogModel {
  key: string;
  /** `decision` stands for the kinds that newer builds add. */
  type: 'llm' | 'embedding' | 'decision';
  displayName: string;
  publisher: string;
  /** Where it lies under the models folder; `lms load --exact` compares it. */
  path: string;
  architecture: string;
  format: 'gguf' | 'mlx' | 'splash';
  quantization: { name: string; bits: number };
  paramsString: string;
  sizeBytes: number;
  maxContextLength: number;
  vision?: boolean;
  toolUse?: boolean;
  /** Where its thinking goes, when the version has such a field; `think`: always inside the content. */
  thinks?: 'reasoning_content' | 'reasoning' | 'think';
  /** Numbers per vector of an embedding model. */
  dimensions?: number;
  variants?: string[];
  /** On another machine that is linked to this one. */
  deviceIdentifier?: string;
}

const plain = {
  type: 'llm',
  publisher: 'acme',
  architecture: 'llama',
  format: 'gguf',
  quantization: { name: 'Q4_K_M', bits: 4 },
  paramsString: '8B',
  sizeBytes: 5_000_000_000,
  maxContextLength: 131_072,
  toolUse: true,
} as const;

/** One model of each kind that a client must tell apart. */
export const defaultCatalog: readonly CatalogModel[] = [
  { ...plain, key: 'acme/demo-8b', displayName: 'Demo 8B', path: 'acme/demo-8b' },
  {
    ...plain,
    key: 'acme/thinker-4b',
    displayName: 'Thinker 4B',
    path: 'acme/thinker-4b',
    paramsString: '4B',
    sizeBytes: 2_600_000_000,
    maxContextLength: 32_768,
    thinks: 'reasoning_content',
    variants: ['acme/thinker-4b@q4_k_m', 'acme/thinker-4b@q8_0'],
  },
  {
    ...plain,
    key: 'acme/open-20b',
    displayName: 'Open 20B',
    path: 'acme/open-20b',
    paramsString: '20B',
    sizeBytes: 12_000_000_000,
    thinks: 'reasoning',
  },
  {
    ...plain,
    key: 'acme/apple-7b',
    displayName: 'Apple 7B',
    path: 'acme/apple-7b',
    format: 'mlx',
    quantization: { name: '4bit', bits: 4 },
    vision: true,
  },
  {
    ...plain,
    key: 'text-embedding-nomic-embed-text-v1.5',
    type: 'embedding',
    displayName: 'Nomic Embed Text v1.5',
    publisher: 'nomic-ai',
    path: 'nomic-ai/nomic-embed-text-v1.5-GGUF/nomic-embed-text-v1.5.Q4_K_M.gguf',
    architecture: 'nomic-bert',
    paramsString: '137M',
    sizeBytes: 84_106_624,
    maxContextLength: 2048,
    dimensions: 768,
  },
];

/** What only newer products hold: a kind and a format that older clients have never heard of. */
export const strangeModel: CatalogModel = {
  ...plain,
  key: 'acme/judge-1b',
  type: 'decision',
  displayName: 'Judge 1B',
  path: 'acme/judge-1b',
  format: 'splash',
  paramsString: '1B',
  sizeBytes: 900_000_000,
};

/** What the simulated machine can download. */
export const downloadable: readonly CatalogModel[] = [
  {
    ...plain,
    key: 'acme/small-1b',
    displayName: 'Small 1B',
    path: 'acme/small-1b',
    paramsString: '1B',
    sizeBytes: 800_000_000,
  },
];
