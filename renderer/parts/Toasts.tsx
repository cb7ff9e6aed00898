import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { frameWords } from '../frame-words.ts';
import { usePart, useStore } from '../page-context.ts';
import { useGo } from '../use-act.ts';
import { useNews } from '../use-news.ts';

/** Small news over the foot of the page: what was done, the way to take it back, and alerts. Nothing moves for them. */
export function Toasts() {
  const { toasts } = Toast.useToastManager();
  useAlerts();
  return (
    <Toast.Viewport className="toasts" aria-label={frameWords.news}>
      {toasts.map((toast) => (
        <Toast.Root key={toast.id} toast={toast} className={`toast toast-${toast.type}`} swipeDirection="down">
          <Toast.Content className="toast-content">
            <div className="toast-words">
              <Toast.Title />
              <Toast.Description dir="auto" />
            </div>
            <Toast.Action className="quiet-button toast-action" />
            <Toast.Close className="icon-button toast-close" aria-label={frameWords.dismiss}>
              <X aria-hidden="true" />
            </Toast.Close>
          </Toast.Content>
        </Toast.Root>
      ))}
    </Toast.Viewport>
  );
}

/** An alert that is raised while the page is open, with the way to its insight. */
function useAlerts(): void {
  const store = useStore();
  const alert = usePart((state) => state.alert);
  const told = useRef(alert);
  const news = useNews();
  const go = useGo();
  useEffect(() => {
    if (!alert || alert === told.current) return;
    told.current = alert;
    const open = () => {
      store.set({ wantedInsight: alert.insightId });
      go('insights');
    };
    news({ title: alert.title, text: alert.body, action: { name: frameWords.openInsight, run: open } });
  }, [alert, go, news, store]);
}
