/** Ctrl-K: a page, a customer or an employee, found by typing. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Autocomplete, Dialog, Header, Input, Menu, MenuItem, MenuSection, Modal, ModalOverlay, SearchField } from "react-aria-components";
import { useNavigate } from "react-router";
import { api, ask } from "../api/client";
import { useSession, useSignOut } from "../api/session";
import { useLanguage, useWords } from "../i18n";
import { common } from "../i18n/common";
import type { PageEntry } from "../pages";
import { useSettled } from "../parts/fields";
import { Icon, type IconName } from "../parts/icons";
import { useTheme } from "./theme";

interface Command {
  id: string;
  label: string;
  under?: string;
  icon: IconName;
  run(): void;
}

export function CommandMenu({ open, onClose, pages }: { open: boolean; onClose(): void; pages: PageEntry[] }) {
  const words = useWords(common);
  return (
    <ModalOverlay className="overlay top" isOpen={open} onOpenChange={(now) => now || onClose()} isDismissable>
      <Modal className="modal command">
        <Dialog className="dialog" aria-label={words.command.open}>
          <Commands onClose={onClose} pages={pages} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Commands({ onClose, pages }: { onClose(): void; pages: PageEntry[] }) {
  const words = useWords(common);
  const { language, setLanguage } = useLanguage();
  const { setTheme, dark } = useTheme();
  const session = useSession();
  const signOut = useSignOut();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const settled = useSettled(text, 150);
  const wanted = settled.trim();
  const fits = (label: string) => label.toLowerCase().includes(text.trim().toLowerCase());

  const accounts = useQuery({
    queryKey: ["command", "accounts", wanted],
    enabled: wanted.length > 0 && session.may("read-accounts"),
    queryFn: () => ask(api.GET("/api/v1/accounts", { params: { query: { q: wanted, limit: 8 } } })),
    placeholderData: (before) => before,
  });
  const employees = useQuery({
    queryKey: ["command", "employees"],
    enabled: wanted.length > 0 && session.may("read-employees"),
    staleTime: 60_000,
    queryFn: () => ask(api.GET("/api/v1/employees", { params: { query: { limit: 200 } } })),
  });

  const go = (path: string) => () => void navigate(path);
  const found: { title: string; commands: Command[] }[] = [
    {
      title: words.command.pages,
      commands: pages.filter((page) => page.group && fits(page.title[language])).map((page) => ({ id: `page:${page.path}`, label: page.title[language], icon: page.icon ?? "right", run: go(`/${page.path}`) })),
    },
    {
      title: words.command.accounts,
      commands: wanted === "" ? [] : (accounts.data?.accounts ?? []).map((one) => ({ id: `account:${one.account_id}`, label: one.name, under: one.account_id, icon: "accounts" as const, run: go(`/accounts/${encodeURIComponent(one.account_id)}`) })),
    },
    {
      title: words.command.employees,
      commands:
        wanted === ""
          ? []
          : (employees.data?.employees ?? [])
              .filter((one) => `${one.name} ${one.employee_id}`.toLowerCase().includes(wanted.toLowerCase()))
              .slice(0, 8)
              .map((one) => ({ id: `employee:${one.employee_id}`, label: one.name, under: [one.employee_id, one.position].filter(Boolean).join(" · "), icon: "person" as const, run: go(`/team/${encodeURIComponent(one.employee_id)}`) })),
    },
    {
      title: words.command.actions,
      commands: [
        { id: "language", label: words.other, icon: "settings" as const, run: () => setLanguage(language === "en" ? "bg" : "en") },
        { id: "theme", label: dark ? words.theme.light : words.theme.dark, icon: "sun" as const, run: () => setTheme(dark ? "light" : "dark") },
        { id: "out", label: words.account.signOut, icon: "right" as const, run: () => void signOut() },
      ].filter((one) => fits(one.label)),
    },
  ].filter((section) => section.commands.length > 0);
  const all = found.flatMap((section) => section.commands);

  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <SearchField className="command-search" aria-label={words.command.open} autoFocus>
        <Icon name="search" />
        <Input placeholder={words.command.placeholder} />
      </SearchField>
      <Menu
        className="listbox command-list"
        aria-label={words.command.open}
        onAction={(key) => {
          onClose();
          all.find((one) => one.id === key)?.run();
        }}
        renderEmptyState={() => <p className="soft command-none">{words.command.nothing}</p>}
      >
        {found.map((section) => (
          <MenuSection key={section.title} id={section.title}>
            <Header className="command-head">{section.title}</Header>
            {section.commands.map((one) => (
              <MenuItem key={one.id} id={one.id} className="option" textValue={one.label}>
                <Icon name={one.icon} size={18} />
                <span>{one.label}</span>
                {one.under && <span className="soft under-label">{one.under}</span>}
              </MenuItem>
            ))}
          </MenuSection>
        ))}
      </Menu>
    </Autocomplete>
  );
}
