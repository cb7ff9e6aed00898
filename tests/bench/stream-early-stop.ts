import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../core/host/system.ts';
import type { Model, ModelEvent } from '../../core/ports.ts';
import { streamAnswer } from '../../core/think/gateway/stream-answer.ts';
import { createOpenAiModel } from '../../core/think/models/openai.ts';
import { decisionComplete } from '../../core/think/stream/decision-complete.ts';
import { repetition } from '../../core/think/stream/repetition.ts';
import { runaway } from '../../core/think/stream/runaway.ts';
import { figure, type Measurement, pause } from './measurement.ts';
import { type SampleAnswer, sampleAnswers } from './stream-samples.ts';

const answers = 240;
const atATime = 40;
/** 250 tokens a second: faster than most models on a desk. */
const tokenMs = 4;

/** What one answer came to. */
interface Stopped {
  /** Tokens that the mind read after the one with the closing brace. */
  readInVain: number;
  /** The same at the server: until it saw that nobody listens any more. */
  sentInVain: number;
  wouldHaveSent: number;
  sent: number;
  whole: boolean;
}

/** From the server's first token to the mind that has enough: the real adapter over HTTP, the gateway's reading, all processors. */
export const earlyStop: Measurement = {
  rows: { 'early-stop-extra-tokens': { unit: 'tokens', target: 1, want: 'at-most' } },
  async take() {
    const samples = sampleAnswers(41, answers);
    const server = await startServer(samples);
    try {
      const stopped: Stopped[] = [];
      for (let at = 0; at < answers; at += atATime)
        stopped.push(
          ...(await Promise.all(samples.slice(at, at + atATime).map((_, n) => askFor(at + n, samples, server)))),
        );
      return { 'early-stop-extra-tokens': reading(stopped) };
    } finally {
      await server.close();
    }
  },
};

function reading(stopped: Stopped[]) {
  const broken = stopped.filter(({ whole }) => !whole).length;
  if (broken > 0) throw new Error(`${broken} of ${stopped.length} answers were not whole when they were stopped`);
  const sum = (of: (each: Stopped) => number) => stopped.reduce((all, each) => all + of(each), 0);
  const would = sum(({ wouldHaveSent }) => wouldHaveSent);
  const saved = would - sum(({ sent }) => sent);
  const atServer = stopped.map(({ sentInVain }) => sentInVain);
  return {
    value: Math.max(...stopped.map(({ readInVain }) => readInVain)),
    note:
      `most tokens read after the closing brace, of ${stopped.length} answers at ${1_000 / tokenMs} tokens a second; ` +
      `the server itself sent ${figure(sum(({ sentInVain }) => sentInVain) / stopped.length)} more on average, ${Math.max(...atServer)} at most; ` +
      `${saved} of ${would} tokens (${figure((saved / would) * 100)} %) were never sent`,
  };
}

async function askFor(n: number, samples: SampleAnswer[], server: Server): Promise<Stopped> {
  const sample = samples[n] as SampleAnswer;
  const nothing = () => {};
  const model = createOpenAiModel({
    baseUrl: server.baseUrl,
    apiKey: '',
    name: 'sample',
    connectMs: 10_000,
    prefillMsPerToken: 50,
    inactivityMs: 60_000,
    callMs: 600_000,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  });
  const request = {
    messages: [{ role: 'user' as const, content: String(n) }],
    schema: { name: 'thought', schema: { type: 'object' } },
    maxTokens: 4_096,
    reasoningTokens: 4_096,
    temperature: 0.7,
    topP: 0.9,
    topK: 40,
    repeatPenalty: 1.1,
    context: null,
  };
  const processors = () => [
    decisionComplete(),
    repetition(),
    runaway({ answerTokens: request.maxTokens, reasoningTokens: request.reasoningTokens }),
  ];
  const { counted, readTokens } = countingTokens(model);
  const { signal } = new AbortController();
  const streamed = await streamAnswer({ model: counted, request, processors }, nothing, { clock: systemClock, signal });
  const sent = await server.sentOf(n);
  const needed = sample.thought.length + sample.wanted.length;
  return {
    readInVain: readTokens() - needed,
    sentInVain: sent - needed,
    sent,
    wouldHaveSent: needed + sample.rest.length,
    whole: streamed.ok && streamed.value.answer === sample.wanted.join(''),
  };
}

/** The same model; every token that is taken from it is counted, also one that is then not used. */
function countingTokens(model: Model): { counted: Model; readTokens: () => number } {
  let read = 0;
  async function* answer(...asked: Parameters<Model['answer']>): AsyncGenerator<ModelEvent> {
    for await (const event of model.answer(...asked)) {
      if (event.kind === 'token') read += 1;
      yield event;
    }
  }
  return { counted: { ...model, answer }, readTokens: () => read };
}

interface Server {
  baseUrl: string;
  /** Resolves with the tokens of an answer that were sent, once it has ended. */
  sentOf(n: number): Promise<number>;
  close(): Promise<void>;
}

/** Sends the answer that the prompt's figure names, a token at a time, until it ends or nobody listens. */
async function startServer(samples: SampleAnswer[]): Promise<Server> {
  const ends = samples.map(() => Promise.withResolvers<number>());
  async function send(response: ServerResponse, n: number): Promise<void> {
    const { thought, wanted, rest } = samples[n] as SampleAnswer;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const deltas = [
      ...thought.map((text) => ({ reasoning_content: text })),
      ...[...wanted, ...rest].map((text) => ({ content: text })),
    ];
    let sent = 0;
    for (const delta of deltas) {
      if (response.destroyed) break;
      response.write(`data: ${JSON.stringify({ model: 'sample', choices: [{ index: 0, delta }] })}\n\n`);
      sent += 1;
      await pause(tokenMs);
    }
    response.end();
    ends[n]?.resolve(sent);
  }
  const http = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => void (body += String(part)));
    request.on('end', () => {
      if (request.method === 'GET') return void response.end(JSON.stringify({ data: [{ id: 'sample' }] }));
      const { messages } = JSON.parse(body) as { messages: { content: string }[] };
      send(response, Number(messages[0]?.content)).catch(() => response.destroy());
    });
  });
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  return {
    baseUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`,
    sentOf: (n) => ends[n]?.promise ?? Promise.resolve(0),
    async close() {
      const closed = new Promise<void>((done) => http.close(() => done()));
      http.closeAllConnections();
      await closed;
    },
  };
}
