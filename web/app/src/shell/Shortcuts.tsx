/** What the keyboard can do. */
import { useLanguage, useWords } from "../i18n";
import { common } from "../i18n/common";
import type { PageEntry } from "../pages";
import { Dialog } from "../parts/dialog";

export function Shortcuts({ open, onClose, pages }: { open: boolean; onClose(): void; pages: PageEntry[] }) {
  const words = useWords(common).shortcuts;
  const { language } = useLanguage();
  const rows: [string[], string][] = [
    [["Ctrl K"], words.command],
    [["?"], words.help],
    [["/"], words.search],
    ...pages.filter((page) => page.keys).map((page): [string[], string] => [["G", page.keys!.toUpperCase()], words.go(page.title[language])]),
  ];
  return (
    <Dialog title={words.title} open={open} onClose={onClose}>
      <dl className="keys">
        {rows.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key, at) => (
                <span key={key}>
                  {at > 0 && ` ${words.then} `}
                  <kbd>{key}</kbd>
                </span>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p className="soft">{words.table}</p>
    </Dialog>
  );
}
