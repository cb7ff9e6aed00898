/** Versions that the simulator plays. What differs between them is data, here and nowhere else. */
export const profileNames = ['0.3.16', '0.3.30', '0.4.0', '0.4.21', 'bionic-1.1'] as const;
export type ProfileName = (typeof profileNames)[number];

export interface Profile {
  /** What `/lms-status` and `lms daemon up --json` say. */
  version: string;
  product: 'lmstudio' | 'bionic';
  defaultPort: number;
  /** `/api/v1/*` and tokens exist. */
  v1: boolean;
  /** `/lms-status` on the internal port; before it, the greeting is there alone. */
  lmsStatus: boolean;
  /** Writes `http-server.json` for the internal port. */
  publishesInternalPort: boolean;
  /** Requests that one instance works on at a time. */
  slots: number;
  /** An unknown id is answered by whatever is loaded while loading on demand is off. */
  answersForOthers: boolean;
  noModels: { status: 400 | 404; asObject: boolean };
  overflow: 'keep-first' | 'greater' | 'n-keep';
  /** `stream_options.include_usage` works. */
  streamUsage: boolean;
  /** Fields of a chunk that thinking comes in; other models think inside the content. */
  reasoningFields: readonly ('reasoning_content' | 'reasoning')[];
  /** `reasoning_effort: "none"` is heard, and a schema turns thinking off. */
  reasoningSwitch: boolean;
  /** `capabilities.reasoning` in the native list. */
  listsReasoning: boolean;
  /** A model for Apple chips gets the default context, whatever was asked for. */
  mlxIgnoresContext: boolean;
  /** Calling embeddings with the id of a language model loads that model once more, each time. */
  embeddingsLoadAnew: boolean;
  /** The answer to an embedding call names the quantization behind the model. */
  embeddingNamesQuant: boolean;
  /** The `lms` that came with it. */
  cli: CliProfile;
}

export interface CliProfile {
  version: string;
  /** `lms --version` exists. */
  versionFlag: boolean;
  daemon: boolean;
  /** `--parallel` of `lms load`. */
  parallelFlag: boolean;
  /** With `--json`, `server status` says its sentence on stderr as well. */
  statusSentence: boolean;
  /** Keys of the JSON lists that it does not know yet. */
  lacks: readonly string[];
  wakingWords: string;
}

/** Keys by the version that brought them; each older version lacks its own and all that follow. */
const newest = ['engineConfigFileEnabled'];
const since047 = ['parallel', ...newest];
const since043 = ['indexedModelIdentifier', 'deviceIdentifier', ...since047];
const since0323 = [
  'quantization',
  'publisher',
  'ttlMs',
  'lastUsedTime',
  'status',
  'queued',
  'variants',
  'selectedVariant',
];

const cli0421: CliProfile = {
  version: '71bd99c',
  versionFlag: true,
  daemon: true,
  parallelFlag: true,
  statusSentence: false,
  lacks: newest,
  wakingWords: 'Waking up LM Studio service...',
};

const p0421: Profile = {
  version: '0.4.21+2',
  product: 'lmstudio',
  defaultPort: 1234,
  v1: true,
  lmsStatus: true,
  publishesInternalPort: true,
  slots: 4,
  answersForOthers: false,
  noModels: { status: 400, asObject: true },
  overflow: 'n-keep',
  streamUsage: true,
  reasoningFields: ['reasoning_content', 'reasoning'],
  reasoningSwitch: true,
  listsReasoning: true,
  mlxIgnoresContext: true,
  embeddingsLoadAnew: false,
  embeddingNamesQuant: true,
  cli: cli0421,
};

const p040: Profile = {
  ...p0421,
  version: '0.4.0+18',
  publishesInternalPort: false,
  noModels: { status: 400, asObject: false },
  overflow: 'greater',
  reasoningSwitch: false,
  listsReasoning: false,
  mlxIgnoresContext: false,
  cli: { ...cli0421, version: 'a0b40c0', statusSentence: true, lacks: since043 },
};

const p0330: Profile = {
  ...p040,
  version: '0.3.30+1',
  v1: false,
  slots: 1,
  answersForOthers: true,
  overflow: 'keep-first',
  // The one field of gpt-oss; the other is a developer setting that is off.
  reasoningFields: ['reasoning'],
  embeddingsLoadAnew: true,
  embeddingNamesQuant: false,
  cli: {
    ...cli0421,
    version: '0.0.47',
    versionFlag: false,
    parallelFlag: false,
    statusSentence: true,
    lacks: since043,
  },
};

export const profiles: Record<ProfileName, Profile> = {
  '0.3.16': {
    ...p0330,
    version: '0.3.16+8',
    lmsStatus: false,
    noModels: { status: 404, asObject: false },
    streamUsage: false,
    reasoningFields: [],
    cli: { ...p0330.cli, version: '0.0.40', daemon: false, lacks: [...since0323, ...since043] },
  },
  '0.3.30': p0330,
  '0.4.0': p040,
  '0.4.21': p0421,
  'bionic-1.1': {
    ...p0421,
    version: '1.1.6',
    product: 'bionic',
    defaultPort: 1235,
    mlxIgnoresContext: false,
    cli: { ...cli0421, version: '1017bcb', lacks: [], wakingWords: 'Starting local model service...' },
  },
};
