import { Meter } from './Meter.tsx';

/** One labelled figure with a bar. `value` is 0..1, or null when there is none. */
export function Bar(props: { label: string; means?: string; value: number | null; figure: string }) {
  return (
    <div className="term">
      <span className="term-label">
        {props.label}
        {props.means && <span className="faint"> {props.means}</span>}
      </span>
      <span className="term-figure">{props.figure}</span>
      {props.value === null ? (
        <span className="term-none" />
      ) : (
        <Meter className="term-bar" value={props.value} label={props.label} />
      )}
    </div>
  );
}
