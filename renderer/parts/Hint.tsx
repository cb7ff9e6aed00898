import { Tooltip } from '@base-ui/react/tooltip';
import type { ReactElement } from 'react';

/** Names what only shows an icon, with its key, when the pointer or the focus rests on it. The name stands in the label as well. */
export function Hint(props: {
  name: string;
  shortcut?: string | undefined;
  side: 'right' | 'bottom' | 'top';
  off?: boolean;
  children: ReactElement<Record<string, unknown>>;
}) {
  return (
    <Tooltip.Root disabled={props.off === true}>
      <Tooltip.Trigger render={props.children} />
      <Tooltip.Portal>
        <Tooltip.Positioner className="hint-place" side={props.side} sideOffset={6} collisionPadding={6}>
          <Tooltip.Popup className="hint-popup" aria-hidden="true">
            {props.name}
            {props.shortcut && <kbd className="key">{props.shortcut}</kbd>}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
