import { words } from '../words.ts';
import { StateMark } from './StateMark.tsx';

/** The page without a fitting token: what happened and what to do. */
export function Refused({ because }: { because: 'no-token' | 'wrong-token' }) {
  const { title, what } = words.refused[because];
  return (
    <main className="gate">
      <StateMark mood="lost" />
      <h1 className="gate-title">{title}</h1>
      <p>{what}</p>
      <section className="card gate-card">
        <h2 className="label">{words.refused.stepsTitle}</h2>
        <ol>
          {words.refused.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <code className="gate-code">{words.refused.example}</code>
        <p className="faint">{words.refused.keep}</p>
      </section>
      <button type="button" className="button" onClick={() => location.reload()}>
        {words.refused.again}
      </button>
    </main>
  );
}
