/** The frame of all pages: skip link, bar, navigation, content; and what the keyboard can do everywhere. */
import { useEffect, useRef, useState } from "react";
import { Menu, MenuItem, MenuTrigger, Popover, Separator } from "react-aria-components";
import { NavLink, Outlet, useLocation, useNavigate } from "react-router";
import { useSession, useSignOut } from "../api/session";
import { useLanguage, useWords } from "../i18n";
import { common } from "../i18n/common";
import { useRoles } from "../lib/queries";
import { pages, type PageEntry } from "../pages";
import { Button } from "../parts/basics";
import { Icon } from "../parts/icons";
import { useToasts } from "../parts/toasts";
import { CommandMenu } from "./CommandMenu";
import { Shortcuts } from "./Shortcuts";
import { LanguageSwitch, ThemeSwitch } from "./Switches";
import { useKeys } from "./keys";

/** The pages that the caller may open. */
export function usePages(): PageEntry[] {
  const session = useSession();
  return pages.filter((page) => !page.may || session.may(page.may, page.reach));
}

export function Shell() {
  const words = useWords(common);
  const [open, setOpen] = useState(false);
  const [commands, setCommands] = useState(false);
  const [help, setHelp] = useState(false);
  const location = useLocation();
  const navigate = useNavigate();
  const content = useRef<HTMLElement>(null);
  const before = useRef(location.pathname);
  const allowed = usePages();
  useRoles(useSession().may("read-assignments"));

  useKeys(allowed, { commands: () => setCommands(true), help: () => setHelp(true), go: (path) => void navigate(`/${path}`) });
  useEffect(() => {
    if (before.current === location.pathname) return;
    before.current = location.pathname;
    setOpen(false);
    // A new page: its heading is read out, and the next Tab goes on from there.
    const heading = () => content.current?.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    requestAnimationFrame(heading);
    window.scrollTo(0, 0);
  }, [location.pathname]);

  return (
    <div className={`shell${open ? " menu-open" : ""}`}>
      <a className="skip" href="#content" onClick={(event) => (event.preventDefault(), content.current?.focus())}>
        {words.skip}
      </a>
      <header className="bar no-print">
        <Button look="quiet" icon="menu" className="menu-button" aria-label={words.menu} aria-expanded={open} aria-controls="navigation" onPress={() => setOpen(!open)} />
        <NavLink to="/" className="brand">
          <Icon name="plans" size={22} /> <span>{words.product}</span>
        </NavLink>
        <span className="spread" />
        <Button className="command-button" icon="search" onPress={() => setCommands(true)} aria-keyshortcuts="Control+K">
          <span className="command-label">{words.command.open}</span> <kbd>Ctrl K</kbd>
        </Button>
        <LanguageSwitch />
        <ThemeSwitch />
        <UserMenu onHelp={() => setHelp(true)} />
      </header>
      <nav id="navigation" className="navigation no-print" aria-label={words.navigation}>
        <Navigation pages={allowed} />
      </nav>
      <main id="content" ref={content} tabIndex={-1}>
        <Outlet />
      </main>
      <CommandMenu open={commands} onClose={() => setCommands(false)} pages={allowed} />
      <Shortcuts open={help} onClose={() => setHelp(false)} pages={allowed} />
    </div>
  );
}

function Navigation({ pages: allowed }: { pages: PageEntry[] }) {
  const words = useWords(common);
  const { language } = useLanguage();
  return (["day", "people", "results", "rules", "system"] as const).map((group) => {
    const inside = allowed.filter((page) => page.group === group);
    if (inside.length === 0) return null;
    return (
      <div key={group} className="nav-group">
        <h2 id={`nav-${group}`}>{words.groups[group]}</h2>
        <ul aria-labelledby={`nav-${group}`}>
          {inside.map((page) => (
            <li key={page.path}>
              <NavLink to={`/${page.path}`} end={page.path === ""} className="nav-link">
                {page.icon && <Icon name={page.icon} />}
                {page.title[language]}
              </NavLink>
            </li>
          ))}
        </ul>
      </div>
    );
  });
}

function UserMenu({ onHelp }: { onHelp(): void }) {
  const words = useWords(common);
  const session = useSession();
  const signOut = useSignOut();
  const navigate = useNavigate();
  const { complain } = useToasts();
  const act = (key: React.Key) => {
    if (key === "out") void signOut().catch(complain);
    if (key === "password") void navigate("/settings?tab=password");
    if (key === "help") onHelp();
    if (key === "report") location.assign("/report");
  };
  return (
    <MenuTrigger>
      <Button look="quiet" icon="person" aria-label={words.account.menu(session.user.display_name)}>
        <span className="user-name">{session.user.display_name}</span>
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu className="listbox" onAction={act} aria-label={words.account.menu(session.user.display_name)}>
          <MenuItem id="password" className="option">
            {words.account.password}
          </MenuItem>
          {session.may("read-plans", "all") && (
            <MenuItem id="report" className="option">
              {words.account.report}
            </MenuItem>
          )}
          <MenuItem id="help" className="option" textValue={words.shortcuts.title}>
            {words.shortcuts.title} <kbd>?</kbd>
          </MenuItem>
          <Separator className="separator" />
          <MenuItem id="out" className="option">
            {words.account.signOut}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
