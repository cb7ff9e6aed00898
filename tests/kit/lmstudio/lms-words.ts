import type { CliProfile } from './profiles.ts';

/** What the double says to people, in one of two languages. Nobody may rely on any of it. */
export const english = {
  notRunning: (port: number) => `LM Studio is not running on port ${port}.`,
  cannotWake: 'Could not start the service.',
  serverOn: (port: number) => `The server is running on port ${port}.`,
  serverOff: 'The server is not running.',
  serverStarted: (port: number) => `Success! Server is now running on port ${port}`,
  serverStopped: (port: number) => `Stopped the server on port ${port}.`,
  noModels: 'No models are currently loaded',
  loading: (key: string, percent: number) => `Loading ${key} ${percent}%`,
  loaded: (seconds: number) => `Model loaded successfully in ${seconds.toFixed(2)}s.`,
  use: (id: string) => `To use the model in the API/SDK, use the identifier "${id}".`,
  noSuchModel: (key: string) => `Model not found: ${key}`,
  failed: (why: string) => `Failed to load the model: ${why}`,
  estimate: 'Estimate: the model will load. Confidence: LOW.',
  unloaded: (id: string) => `Model "${id}" unloaded.`,
  noInstance: (id: string) => `Cannot find a model with the identifier "${id}".`,
  nothingLoaded: 'No models are loaded.',
  oneOrAll: 'Give an identifier or --all, not both.',
  plan: (name: string) => `Download plan for ${name}`,
  downloaded: 'Download completed.',
  notDownloaded: (why: string) => `Download failed: ${why}`,
  daemonRuns: (pid: number) => `The service is running (pid ${pid}).`,
  daemonOff: 'The service is not running.',
  streaming: 'Streaming logs from LM Studio',
};

const chinese: typeof english = {
  notRunning: (port) => `LM Studio 未在端口 ${port} 上运行。`,
  cannotWake: '无法启动服务。',
  serverOn: (port) => `服务器正在端口 ${port} 上运行。`,
  serverOff: '服务器未运行。',
  serverStarted: (port) => `成功！服务器现在运行在端口 ${port}`,
  serverStopped: (port) => `已停止端口 ${port} 上的服务器。`,
  noModels: '当前没有加载任何模型',
  loading: (key, percent) => `正在加载 ${key} ${percent}%`,
  loaded: (seconds) => `模型加载成功，用时 ${seconds.toFixed(2)} 秒。`,
  use: (id) => `要在 API/SDK 中使用该模型，请使用标识符“${id}”。`,
  noSuchModel: (key) => `找不到模型：${key}`,
  failed: () => '加载模型失败：系统资源不足。',
  estimate: '估计：模型可以加载。置信度：低。',
  unloaded: (id) => `模型“${id}”已卸载。`,
  noInstance: (id) => `找不到标识符为“${id}”的模型。`,
  nothingLoaded: '没有已加载的模型。',
  oneOrAll: '请提供标识符或 --all，二者只能选其一。',
  plan: (name) => `${name} 的下载计划`,
  downloaded: '下载完成。',
  notDownloaded: () => '下载失败。',
  daemonRuns: (pid) => `服务正在运行（进程 ${pid}）。`,
  daemonOff: '服务未运行。',
  streaming: '正在传输 LM Studio 的日志',
};

export type Words = typeof english;
export const wordsOf = (knobs: { chinese: boolean }): Words => (knobs.chinese ? chinese : english);

/** An `lms` from before its JSON had most of its keys. */
export const oldCli: CliProfile = {
  version: '0.0.47',
  versionFlag: false,
  daemon: false,
  parallelFlag: false,
  statusSentence: true,
  lacks: ['parallel', 'deviceIdentifier', 'indexedModelIdentifier', 'engineConfigFileEnabled', 'status', 'queued'],
  wakingWords: 'Waking up LM Studio service...',
};
