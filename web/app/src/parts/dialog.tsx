/** Dialogs: the focus stays inside, Escape closes, and it returns to where it was. */
import { useState, type FormEvent, type ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useWords } from "../i18n";
import { common } from "../i18n/common";
import { Button, Trouble } from "./basics";

interface DialogProps {
  title: string;
  open: boolean;
  onClose(): void;
  children: ReactNode;
  wide?: boolean;
  /** Where it asks for a decision. */
  alert?: boolean;
}

export function Dialog({ title, open, onClose, children, wide, alert }: DialogProps) {
  const words = useWords(common);
  return (
    <ModalOverlay className="overlay" isOpen={open} onOpenChange={(now) => now || onClose()} isDismissable={!alert}>
      <Modal className={`modal${wide ? " wide" : ""}`}>
        <AriaDialog className="dialog" role={alert ? "alertdialog" : "dialog"}>
          <header className="dialog-head">
            <Heading slot="title">{title}</Heading>
            <Button look="quiet" icon="close" aria-label={words.close} onPress={onClose} />
          </header>
          <div className="dialog-body">{children}</div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

interface FormDialogProps extends Omit<DialogProps, "children"> {
  /** What the button says. */
  action: string;
  danger?: boolean;
  /** Does it; what it throws is shown in the dialog, which stays open. */
  onSubmit(): Promise<unknown>;
  children: ReactNode;
}

/** A dialog with a form: sends once, shows what was refused, closes when done. */
export function FormDialog({ action, danger, onSubmit, children, ...dialog }: FormDialogProps) {
  const words = useWords(common);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const close = () => {
    setError(null);
    dialog.onClose();
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await onSubmit();
      close();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog {...dialog} onClose={close}>
      <form className="form" onSubmit={(event) => void submit(event)}>
        {children}
        {error !== null && <Trouble error={error} />}
        <div className="form-actions">
          <Button onPress={close}>{words.cancel}</Button>
          <Button look={danger ? "danger" : "main"} type="submit" isPending={busy}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Asks before something is done. */
export function Confirm({ text, ...dialog }: Omit<FormDialogProps, "children"> & { text: ReactNode }) {
  return (
    <FormDialog alert {...dialog}>
      <p>{text}</p>
    </FormDialog>
  );
}
