/** Fields of forms: label, hint, error; each names its error to who cannot see it. */
import { useEffect, useState, type ReactNode } from "react";
import {
  Checkbox as AriaCheckbox, ComboBox as AriaComboBox, FieldError, Input, Label, ListBox, ListBoxItem, Popover, Select as AriaSelect, SelectValue, Text, TextArea, TextField as AriaTextField,
  Button as AriaButton,
} from "react-aria-components";
import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../api/client";
import { useWords } from "../i18n";
import { common } from "../i18n/common";
import { Icon } from "./icons";

interface FieldProps {
  label: string;
  value: string;
  onChange(value: string): void;
  hint?: string | undefined;
  required?: boolean;
  error?: string | undefined;
  disabled?: boolean;
}

function Under({ hint, error }: { hint?: string | undefined; error?: string | undefined }) {
  return (
    <>
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </>
  );
}

type TextFieldProps = FieldProps & { type?: "text" | "password" | "email" | "date" | "number" | "search" | "url"; autoComplete?: string; lines?: number; autoFocus?: boolean; placeholder?: string; minLength?: number };

export function TextField({ label, value, onChange, hint, required, error, disabled, type = "text", autoComplete, lines, autoFocus, placeholder, minLength }: TextFieldProps) {
  return (
    <AriaTextField
      className="field"
      value={value}
      onChange={onChange}
      type={type}
      isRequired={required ?? false}
      isInvalid={error !== undefined || undefined}
      isDisabled={disabled ?? false}
      {...(autoComplete !== undefined && { autoComplete })}
      {...(minLength !== undefined && { minLength })}
      autoFocus={autoFocus ?? false}
    >
      <Label>
        {label}
        {required && <span aria-hidden="true" className="required">{" *"}</span>}
      </Label>
      {lines ? <TextArea rows={lines} placeholder={placeholder} /> : <Input placeholder={placeholder} />}
      <Under hint={hint} error={error} />
    </AriaTextField>
  );
}

/** A day, as the browser lets one choose it. */
export const DayField = (props: FieldProps) => <TextField {...props} type="date" />;

export interface Choice {
  value: string;
  label: string;
}

export function SelectField({ label, value, onChange, choices, hint, required, error, disabled }: FieldProps & { choices: Choice[] }) {
  const words = useWords(common);
  return (
    <AriaSelect className="field" value={value || null} onChange={(key) => onChange(String(key ?? ""))} isRequired={required ?? false} isInvalid={error !== undefined || undefined} isDisabled={disabled ?? false} placeholder={words.form.choose}>
      <Label>
        {label}
        {required && <span aria-hidden="true" className="required">{" *"}</span>}
      </Label>
      <AriaButton className="select-button">
        <SelectValue />
        <Icon name="down" size={16} />
      </AriaButton>
      <Under hint={hint} error={error} />
      <Popover className="popover">
        <ListBox className="listbox" items={choices}>
          {(choice) => (
            <ListBoxItem className="option" id={choice.value} textValue={choice.label}>
              {choice.label}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

export function CheckField({ label, value, onChange, disabled }: { label: ReactNode; value: boolean; onChange(value: boolean): void; disabled?: boolean }) {
  return (
    <AriaCheckbox className="check" isSelected={value} onChange={onChange} isDisabled={disabled ?? false}>
      <span className="box" aria-hidden="true">
        <Icon name="check" size={14} />
      </span>
      {label}
    </AriaCheckbox>
  );
}

interface Found extends Choice {
  under?: string | undefined;
}

/** Text while it is typed, settled a moment later. */
export function useSettled(text: string, milliseconds = 200): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), milliseconds);
    return () => clearTimeout(timer);
  }, [text, milliseconds]);
  return settled;
}

/** Searches as one types, and keeps what was chosen. */
function SearchField({ label, value, onChange, hint, required, error, disabled, shown, find, kind }: FieldProps & { shown?: string | undefined; find(text: string): Promise<Found[]>; kind: string }) {
  const [text, setText] = useState(shown ?? value);
  const settled = useSettled(text);
  const found = useQuery({ queryKey: ["search", kind, settled], queryFn: () => find(settled), staleTime: 30_000 });
  return (
    <AriaComboBox
      className="field"
      inputValue={text}
      onInputChange={(now) => {
        setText(now);
        if (now === "") onChange("");
      }}
      value={value || null}
      onChange={(key) => {
        if (key === null) return;
        onChange(String(key));
        setText(found.data?.find((one) => one.value === key)?.label ?? String(key));
      }}
      items={found.data ?? []}
      isRequired={required ?? false}
      isInvalid={error !== undefined || undefined}
      isDisabled={disabled ?? false}
      menuTrigger="focus"
      allowsEmptyCollection
    >
      <Label>
        {label}
        {required && <span aria-hidden="true" className="required">{" *"}</span>}
      </Label>
      <div className="combo">
        <Input />
        <AriaButton className="combo-button">
          <Icon name="down" size={16} />
        </AriaButton>
      </div>
      <Under hint={hint} error={error} />
      <Popover className="popover">
        <ListBox className="listbox">
          {(one: Found) => (
            <ListBoxItem className="option" id={one.value} textValue={one.label}>
              <Text slot="label">{one.label}</Text>
              {one.under && (
                <Text slot="description" className="hint">
                  {one.under}
                </Text>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaComboBox>
  );
}

/** A customer, found by part of the name or the beginning of the id. */
export const AccountField = (props: FieldProps & { shown?: string }) => (
  <SearchField
    {...props}
    kind="account"
    find={async (q) => {
      const page = await ask(api.GET("/api/v1/accounts", { params: { query: { q, limit: 20 } } }));
      return page.accounts.map((one) => ({ value: one.account_id, label: one.name, under: one.account_id }));
    }}
  />
);

/** An employee, found by name, id or department. */
export const EmployeeField = (props: FieldProps & { shown?: string }) => (
  <SearchField
    {...props}
    kind="employee"
    find={async (text) => {
      const page = await ask(api.GET("/api/v1/employees", { params: { query: { limit: 200 } } }));
      const wanted = text.toLowerCase();
      const fits = page.employees.filter((one) => `${one.name} ${one.employee_id} ${one.department ?? ""}`.toLowerCase().includes(wanted));
      return fits.slice(0, 30).map((one) => ({ value: one.employee_id, label: one.name, under: [one.position, one.department].filter(Boolean).join(" · ") }));
    }}
  />
);
