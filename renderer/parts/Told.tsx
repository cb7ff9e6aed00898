import { useEffect, useState } from 'react';
import type { Fetched } from '../use-fetched.ts';

/** A text that is asked for once, when this is first drawn; `gone` stands for one that is not there any more. */
export function Told(props: {
  ask: () => Promise<NonNullable<Fetched<string | null>>>;
  gone: string;
  loading: string;
}) {
  const [ask] = useState(() => props.ask);
  const [answer, setAnswer] = useState<Fetched<string | null>>(null);
  useEffect(() => {
    let wanted = true;
    void ask().then((fetched) => wanted && setAnswer(fetched));
    return () => {
      wanted = false;
    };
  }, [ask]);
  if (!answer) return <p className="faint">{props.loading}</p>;
  if (!answer.ok)
    return (
      <p className="problem" role="alert" dir="auto">
        {answer.message}
      </p>
    );
  return answer.value === null ? (
    <p className="faint">{props.gone}</p>
  ) : (
    <p className="evidence-text" dir="auto">
      {answer.value}
    </p>
  );
}
