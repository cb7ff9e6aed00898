type Options<T extends string> = readonly (readonly [value: T, label: string])[];

/** The options of labels by value, in their order. */
export const optionsOf = <T extends string>(labels: Readonly<Record<T, string>>): Options<T> =>
  Object.entries(labels) as [T, string][];

/** One filter of a list. `options` in their order; `neutral` narrows nothing and looks so. */
export function FilterChoice<T extends string>(props: {
  name: string;
  options: Options<T>;
  value: T;
  neutral: T;
  onChoose: (value: T) => void;
}) {
  const { name, options, value, neutral, onChoose } = props;
  return (
    <select
      className={value === neutral ? 'filter' : 'filter filter-on'}
      aria-label={name}
      value={value}
      onChange={(event) => onChoose(options[event.target.selectedIndex]?.[0] ?? value)}
    >
      {options.map(([each, label]) => (
        <option key={each} value={each}>
          {label}
        </option>
      ))}
    </select>
  );
}
