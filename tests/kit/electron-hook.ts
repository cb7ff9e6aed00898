import { registerHooks } from 'node:module';
import { doubleKey, type ElectronDouble, electronDouble } from './electron-double.ts';

/**
 * From here on `import … from 'electron'` gives a double in this process, whoever imports it: the built program runs as it is. Named
 * imports have to exist when a module is linked, so the double is made before.
 */
export function standInForElectron(told: Parameters<typeof electronDouble>[0]): ElectronDouble {
  const double = electronDouble(told);
  Object.assign(globalThis, { [doubleKey]: double.electron });
  const names = Object.keys(double.electron).join(', ');
  const source = `const double = globalThis[Symbol.for('${doubleKey.description}')];\nexport const { ${names} } = double;\nexport { double as default };\n`;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'electron' ? { url: 'double:electron', shortCircuit: true } : next(specifier, context),
    load: (url, context, next) =>
      url === 'double:electron' ? { format: 'module', source, shortCircuit: true } : next(url, context),
  });
  return double;
}
