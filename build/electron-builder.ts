import type { Configuration } from 'electron-builder';

/** Files of the database driver that run: its JavaScript, and the one binary that was built for the system and processor. */
const driver = 'node_modules/better-sqlite3';
const driverFor = (system: 'darwin' | 'linux' | 'win32') => ({
  from: driver,
  to: driver,
  // Only the entry for every platform is imported; the others load a binary that is not there.
  filter: ['package.json', 'LICENSE', 'lib/**/*.js', '!lib/*-{x64,arm64}.js', `prebuilds/${system}-\${arch}.node`],
});

/**
 * What electron-builder makes of Reverie: installers for three systems, and what is in them. Everything that is packed is named; nothing
 * comes along because it lies there. Where Electron lies and where the result goes is added by build/package.ts.
 */
export const packageConfig: Configuration = {
  appId: 'app.reverie',
  productName: 'Reverie',
  copyright: 'Copyright © 2026 The Reverie authors',
  directories: { buildResources: 'build/resources' },
  artifactName: 'reverie-${version}-${os}-${arch}.${ext}',
  publish: null,
  extraMetadata: {
    main: 'dist/shell/main.js',
    desktopName: 'reverie.desktop',
    author: 'The Reverie authors',
    // The deb format wants an address. The project has none yet; `.invalid` can never lead anywhere.
    homepage: 'https://reverie.invalid',
  },

  // The driver brings its binaries; there is nothing to compile, and its own list of dependencies is only for compiling.
  npmRebuild: false,
  files: ['package.json', 'dist/shell/**', 'dist/page/**', '!**/*.map', '!node_modules/**'],
  asar: { smartUnpack: false },
  // The system's loader cannot open a library inside an archive.
  asarUnpack: ['**/*.node'],
  // The page and the menus are English only.
  electronLanguages: ['en-US'],

  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
    // Changing the binary breaks the signature that Electron ships with; without one it does not start on Apple's processors.
    resetAdHocDarwinSignature: true,
  },
  protocols: [{ name: 'Reverie', schemes: ['reverie'] }],

  mac: {
    target: 'dmg',
    icon: 'build/resources/icon.icns',
    category: 'public.app-category.developer-tools',
    // It lives in the menu bar: no icon in the Dock, no menu of its own.
    extendInfo: { LSUIElement: true },
    files: ['build/resources/tray/*Template{,@2x}.png', driverFor('darwin')],
  },
  win: {
    target: 'nsis',
    icon: 'build/resources/icon.ico',
    files: ['build/resources/tray/*.ico', driverFor('win32')],
  },
  linux: {
    target: ['AppImage', 'deb'],
    icon: 'build/resources/icons',
    executableName: 'reverie',
    syncDesktopName: true,
    category: 'Development;Utility',
    maintainer: 'The Reverie authors <authors@reverie.invalid>',
    desktop: { entry: { Keywords: 'insights;memory;assistant;', StartupNotify: 'false' } },
    files: ['build/resources/tray/*.png', '!build/resources/tray/*Template{,@2x}.png', driverFor('linux')],
  },
  // What was remembered outlives the program: an uninstaller never deletes it.
  nsis: { oneClick: true, perMachine: false, deleteAppDataOnUninstall: false },
};
