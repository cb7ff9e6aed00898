import { words } from './words.ts';

/**
 * The text of an autostart entry for this program (freedesktop.org, Desktop Entry and Desktop Application Autostart specifications); null
 * when the path cannot be written into one.
 */
export function autostartEntry(program: string): string | null {
  if (!program.startsWith('/') || /\p{Cc}/u.test(program)) return null;
  return `${[
    '[Desktop Entry]',
    'Type=Application',
    'Version=1.0',
    `Name=${words.name}`,
    `Comment=${words.comment}`,
    `Exec=${quoted(program)}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
  ].join('\n')}\n`;
}

/** One argument of Exec: in double quotes, the four characters that mean something there escaped, then the escapes of every value. */
const quoted = (argument: string): string =>
  `"${argument.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%')}"`.replaceAll('\\', '\\\\');

/** Whether this entry starts anything: desktops switch one off by a line in it instead of removing it. */
export const isEntryOn = (text: string | null): boolean =>
  text !== null && !/^\s*(Hidden\s*=\s*true|X-GNOME-Autostart-enabled\s*=\s*false)\s*$/im.test(text);
