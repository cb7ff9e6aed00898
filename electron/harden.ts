import { app, session, shell } from 'electron';
import { linkToOpen, mayNavigate, mayUse } from './page-policy.ts';

/** Whatever window there ever is: it stays where it is, opens no other, embeds nothing, and gets no permission. What may be opened outside goes to the system. */
export function hardenContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(({ url }) => {
      openOutside(url);
      return { action: 'deny' };
    });
    contents.on('will-navigate', (event) => {
      if (mayNavigate(event.url)) return;
      event.preventDefault();
      openOutside(event.url);
    });
    contents.on('will-frame-navigate', (event) => {
      if (!event.isMainFrame) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}

/** No camera, no microphone, no place, no notifications of the page's own, no devices; copying text is allowed. Needs a ready app. */
export function denyPermissions(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, permission, decide) => decide(mayUse(permission)));
  defaultSession.setPermissionCheckHandler((_contents, permission) => mayUse(permission));
  defaultSession.setDevicePermissionHandler(() => false);
}

function openOutside(url: string): void {
  const link = linkToOpen(url);
  if (link !== null) void shell.openExternal(link).catch(() => undefined);
}
