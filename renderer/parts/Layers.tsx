import { KeyHelp } from './KeyHelp.tsx';
import { Palette } from './Palette.tsx';
import { Welcome } from './Welcome.tsx';

/** Everything that may lie over the page. */
export function Layers() {
  return (
    <>
      <Palette />
      <KeyHelp />
      <Welcome />
    </>
  );
}
