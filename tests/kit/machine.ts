import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';

/** The machine a figure was taken on. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  platform: string;
  node: string;
  /** ISO 8601. */
  date: string;
}

export function thisMachine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${release()} ${arch()}`,
    node: process.version,
    date: new Date().toISOString(),
  };
}

/** What the system has counted for one process so far. Memory in units of 2^20 bytes. */
export interface ProcessFigures {
  /** Processor time of all its threads. */
  cpuMs: number;
  /** Processor time of its children that have ended. */
  childCpuMs: number;
  rssMb: number;
  /** The largest `rssMb` ever. */
  peakMb: number;
  /** Its share where pages are shared; null where the system does not tell. */
  pssMb: number | null;
}

/** Reads /proc. Throws with words where there is none, and when the process has ended. */
export function processFigures(pid: number): ProcessFigures {
  if (process.platform !== 'linux') throw new Error(`it cannot be measured on ${process.platform}: there is no /proc`);
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program may hold blanks and brackets: the fields that count come after it, from the third on.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = (from: number) => ((Number(fields[from - 3]) + Number(fields[from - 2])) * 1000) / ticksPerSecond();
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    cpuMs: ticks(14),
    childCpuMs: ticks(16),
    rssMb: megabytes(status, 'VmRSS') ?? Number.NaN,
    peakMb: megabytes(status, 'VmHWM') ?? Number.NaN,
    pssMb: sharedOut(pid),
  };
}

const ticksPerSecond = () => Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) || 100;

function megabytes(text: string, name: string): number | null {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text);
  return found ? Number(found[1]) / 1024 : null;
}

function sharedOut(pid: number): number | null {
  try {
    return megabytes(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'), 'Pss');
  } catch {
    return null;
  }
}
