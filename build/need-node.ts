/** The database driver ends the process without a word on an older Node: say it before anything loads it. */
export function needNode24(): void {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 24) return;
  process.stderr.write(
    `Reverie needs Node 24 and found ${process.versions.node}. “npm ci” brings it: run this through npm (npm start, npm test, npm run …), or put node_modules/.bin first in PATH.\n`,
  );
  process.exit(1);
}
