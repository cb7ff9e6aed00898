/** What stands where a list has nothing: what it means and when that changes. */
export function Empty({ title, text }: { title: string; text: string }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      <p className="faint">{text}</p>
    </div>
  );
}
