/** Which columns of a table are shown, and views saved under a name. */
import { useState } from "react";
import { Dialog, DialogTrigger, Popover } from "react-aria-components";
import { useSession } from "../api/session";
import { useWords } from "../i18n";
import { common } from "../i18n/common";
import { Button } from "./basics";
import { CheckField, TextField } from "./fields";

interface ColumnMenuProps {
  columns: { id: string; header: string }[];
  visible: Record<string, boolean>;
  showColumns(hidden: string[]): void;
}

export function ColumnMenu({ columns, visible, showColumns }: ColumnMenuProps) {
  const words = useWords(common).table;
  const hidden = columns.filter((column) => !visible[column.id]).map((column) => column.id);
  return (
    <DialogTrigger>
      <Button look="quiet" icon="columns">
        {words.columns}
      </Button>
      <Popover className="popover" placement="bottom end">
        <Dialog className="popover-dialog" aria-label={words.columns}>
          {columns.map((column) => (
            <CheckField
              key={column.id}
              label={column.header}
              value={visible[column.id] ?? true}
              // The last one stays.
              disabled={visible[column.id] === true && hidden.length === columns.length - 1}
              onChange={(show) => showColumns(show ? hidden.filter((id) => id !== column.id) : [...hidden, column.id])}
            />
          ))}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

interface View {
  name: string;
  params: [string, string][];
  hidden: string | null;
}

interface ViewMenuProps {
  name: string;
  params: URLSearchParams;
  write(change: (next: URLSearchParams) => void): void;
  hidden: string | null;
  showColumns(hidden: string[]): void;
}

export function ViewMenu({ name, params, write, hidden, showColumns }: ViewMenuProps) {
  const words = useWords(common).table;
  const { user } = useSession();
  const place = `bailiwick.views.${user.user_id}.${name}`;
  const [views, setViews] = useState<View[]>(() => JSON.parse(localStorage.getItem(place) ?? "[]") as View[]);
  const [title, setTitle] = useState("");
  const own = (key: string) => key.startsWith(`${name}.`);
  const keep = (next: View[]) => {
    localStorage.setItem(place, JSON.stringify(next));
    setViews(next);
  };
  const save = () => {
    const view: View = { name: title.trim(), params: [...params].filter(([key]) => own(key)), hidden };
    if (!view.name) return;
    keep([...views.filter((one) => one.name !== view.name), view]);
    setTitle("");
  };
  const open = (view: View) => {
    write((next) => {
      [...next.keys()].filter(own).forEach((key) => next.delete(key));
      view.params.forEach(([key, value]) => next.set(key, value));
    });
    if (view.hidden !== null) showColumns(view.hidden.split(","));
  };
  return (
    <DialogTrigger>
      <Button look="quiet" icon="view">
        {words.views}
      </Button>
      <Popover className="popover" placement="bottom end">
        <Dialog className="popover-dialog" aria-label={words.views}>
          {({ close }) => (
            <>
              {views.length === 0 && <p className="soft">{words.noViews}</p>}
              {views.map((view) => (
                <div key={view.name} className="view-row">
                  <Button
                    look="quiet"
                    onPress={() => {
                      open(view);
                      close();
                    }}
                  >
                    {view.name}
                  </Button>
                  <Button look="quiet" icon="close" aria-label={words.deleteView(view.name)} onPress={() => keep(views.filter((one) => one !== view))} />
                </div>
              ))}
              <form
                className="view-form"
                onSubmit={(event) => {
                  event.preventDefault();
                  save();
                }}
              >
                <TextField label={words.viewName} value={title} onChange={setTitle} />
                <Button type="submit">{words.saveView}</Button>
              </form>
            </>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
