/**
 * Where a worker's entry is: beside the bundle when this runs from one, else the TypeScript source, which Node reads as it is.
 */
export function workerUrl(name: 'store' | 'files'): URL {
  return new URL(`./workers/${name}.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
}
