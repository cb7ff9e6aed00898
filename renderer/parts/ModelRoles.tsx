import type { Command, ModelView } from '../../core/protocol.ts';
import { sizeWords } from '../figures.ts';
import { modelWords } from '../model-words.ts';
import { useSnapshot } from '../page-context.ts';
import { useCommand } from '../use-command.ts';
import { ModelPicker } from './ModelPicker.tsx';

type Role = ModelView['roles'][number];

/** Which model does what: wanted, in use and why, and what would suit better. */
export function ModelRoles({ view }: { view: ModelView }) {
  return (
    <ul className="rows">
      {view.roles.map((role) => (
        <RoleRow key={role.role} role={role} view={view} />
      ))}
    </ul>
  );
}

function RoleRow({ role, view }: { role: Role; view: ModelView }) {
  const { run, busy: sending, said } = useCommand();
  // One load at a time: a click meanwhile is answered in words.
  const busy = useSnapshot(({ server }) => server.state === 'loading') || sending;
  const { name, job, none } = modelWords.roles[role.role];
  const suiting = view.models.filter(({ type }) => (type === 'embedding') === (role.role === 'embedder'));
  const chosen = view.models.find(({ key }) => key === role.wanted);
  return (
    <li className="role">
      <p className="role-head">
        <span className="role-name">{name}</span> <span className="faint">{job}</span>
      </p>
      <div className="role-choice">
        <ModelPicker
          id={`role-${role.role}`}
          label={modelWords.pick(name)}
          none={none}
          wanted={role.wanted}
          models={suiting}
          total={view.modelsTotal > view.models.length ? view.modelsTotal : suiting.length}
          onChoose={(key) => void run(choose(role.role, key))}
        />
        {chosen && !chosen.loaded && (
          <LoadButton
            busy={busy}
            name={chosen.name}
            bytes={chosen.sizeBytes}
            onLoad={() => void run(load(chosen.key, role.role))}
          />
        )}
      </div>
      <p className="role-why" dir="auto">
        {role.using && (
          <>
            <span className="faint">{modelWords.using}</span> {role.using}
            <span className="faint">: </span>
          </>
        )}
        <span className="soft">{role.using ? role.why : capital(role.why)}</span>
      </p>
      {role.advice && !isTaken(role, view) && (
        <Advice
          advice={role.advice}
          bytes={view.models.find(({ key }) => key === role.advice?.key)?.sizeBytes ?? null}
          busy={busy}
          onTake={() => void run(take(role))}
        />
      )}
      {said}
    </li>
  );
}

function Advice(props: {
  advice: NonNullable<Role['advice']>;
  bytes: number | null;
  busy: boolean;
  onTake: () => void;
}) {
  const { advice, bytes, busy, onTake } = props;
  return (
    <div className="advice">
      <p dir="auto">
        <span className="faint">{modelWords.suggested}</span> {advice.name}
        <span className="advice-why soft">{advice.why}</span>
      </p>
      {advice.key === null ? (
        <button
          type="button"
          className="button"
          aria-disabled={busy}
          aria-label={`${modelWords.get} ${advice.name}`}
          onClick={onTake}
        >
          {modelWords.get}
        </button>
      ) : (
        <LoadButton busy={busy} name={advice.name} bytes={bytes} onLoad={onTake} />
      )}
    </div>
  );
}

function LoadButton(props: { busy: boolean; name: string; bytes: number | null; onLoad: () => void }) {
  const { busy, name, bytes, onLoad } = props;
  return (
    <button type="button" className="button" aria-disabled={busy} onClick={onLoad}>
      {modelWords.load}
      <span className="hidden">{name}</span>
      {bytes !== null && <span className="faint">{sizeWords(bytes)}</span>}
    </button>
  );
}

/** Not by style: that would change the first letter of a quoted key too. */
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Advice that was taken already is not given again. */
const isTaken = ({ advice, wanted, using }: Role, { instances }: ModelView): boolean =>
  advice?.key != null && (advice.key === wanted || instances.some(({ id, key }) => id === using && key === advice.key));

const load = (key: string, role: Role['role']): Command => ({ kind: 'load-model', key, role });

const choose = (role: Role['role'], key: string): Command => ({
  kind: 'change-settings',
  patch: { model: role === 'thinker' ? { name: key } : { roles: { [role]: key } } },
});

const take = ({ role, advice }: Role): Command =>
  advice?.key ? load(advice.key, role) : { kind: 'get-model', name: advice?.get ?? '' };
