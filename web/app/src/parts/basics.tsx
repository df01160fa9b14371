/** Small parts that pages are made of. */
import { useEffect, useRef, type ReactNode } from "react";
import { Button as AriaButton, Link as AriaLink, type ButtonProps as AriaButtonProps, type LinkProps } from "react-aria-components";
import { useQueryClient } from "@tanstack/react-query";
import { Refusal } from "../api/client";
import { useWords } from "../i18n";
import { common } from "../i18n/common";
import { Icon, type IconName } from "./icons";

type ButtonProps = Omit<AriaButtonProps, "className"> & { look?: "main" | "plain" | "quiet" | "danger"; icon?: IconName; children?: ReactNode; className?: string };

/** A button. One that shows only an icon needs an `aria-label`. */
export function Button({ look = "plain", icon, children, className = "", ...rest }: ButtonProps) {
  const bare = icon && children === undefined ? " only-icon" : "";
  return (
    <AriaButton {...rest} className={`button ${look}${bare} ${className}`}>
      {icon && <Icon name={icon} size={18} />}
      {children}
    </AriaButton>
  );
}

/** A link inside the application. */
export const Link = ({ className = "", ...rest }: Omit<LinkProps, "className"> & { className?: string }) => <AriaLink {...rest} className={`link ${className}`} />;

/** The head of a page: its one `h1`, which gets the focus when the page is opened, and what can be done with all of it. */
export function PageHead({ title, under, children }: { title: string; under?: ReactNode; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const words = useWords(common);
  useEffect(() => {
    document.title = `${title} — ${words.product}`;
  }, [title, words]);
  return (
    <header className="page-head">
      <div>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {under && <div className="under">{under}</div>}
      </div>
      {children && <div className="actions no-print">{children}</div>}
    </header>
  );
}

export function Section({ title, children, actions, id }: { title: string; children: ReactNode; actions?: ReactNode; id?: string }) {
  return (
    <section className="card" aria-labelledby={id && `${id}-title`} id={id}>
      <header className="section-head">
        <h2 id={id && `${id}-title`}>{title}</h2>
        {actions && <div className="actions no-print">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

/** A number that matters, with what it means. With `href` it leads to its rows. */
export function Figure({ value, label, href, tone }: { value: ReactNode; label: string; href?: string | undefined; tone?: "good" | "bad" | "plain" }) {
  const inside = (
    <>
      <span className="figure-value">{value}</span>
      <span className="figure-label">{label}</span>
    </>
  );
  const look = `figure ${tone ?? "plain"}`;
  return href ? (
    <AriaLink className={look} href={href}>
      {inside}
    </AriaLink>
  ) : (
    <div className={look}>{inside}</div>
  );
}

export const Badge = ({ children, tone = "plain" }: { children: ReactNode; tone?: "plain" | "good" | "warn" | "bad" | "info" }) => <span className={`badge ${tone}`}>{children}</span>;

/** What stands where there is nothing yet: what would be here, and how to get it. */
export function Empty({ icon = "info", title, children, action }: { icon?: IconName; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <Icon name={icon} size={28} />
      <p className="empty-title">{title}</p>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

export function Loading() {
  const words = useWords(common);
  return (
    <p className="loading" role="status">
      <span className="spinner" aria-hidden="true" />
      {words.loading}
    </p>
  );
}

/** What was refused, and what to do about it. */
export function Trouble({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const words = useWords(common);
  const queries = useQueryClient();
  const refused = error instanceof Refusal ? error : null;
  const detail = refused ? (refused.status === 0 ? words.problem.offline : refused.detail) : words.problem.defect;
  const remedy = refused ? (refused.status === 0 ? words.problem.offlineRemedy : refused.remedy) : words.problem.defectRemedy;
  return (
    <div className="trouble" role="alert">
      <Icon name="warning" size={24} />
      <div>
        <p className="trouble-title">{words.problem.title}</p>
        <p>{sentence(detail)}</p>
        {remedy && <p className="soft">{sentence(remedy)}</p>}
        {retry !== undefined && (
          <Button icon="refresh" onPress={() => (retry ? retry() : void queries.invalidateQueries())}>
            {words.problem.again}
          </Button>
        )}
      </div>
    </div>
  );
}

/** The service writes details as parts of sentences. */
export function sentence(text: string): string {
  if (!text) return text;
  const begun = text[0]!.toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

/** Shows what a query has, or why not: `<Ready of={query}>{(data) => …}</Ready>`. */
export function Ready<Data>({ of, children }: { of: { data: Data | undefined; error: unknown; isPending: boolean; refetch(): unknown }; children(data: Data): ReactNode }) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <Trouble error={of.error} retry={() => void of.refetch()} />;
  return <Loading />;
}

/** Name and value, one below the other. */
export function Facts({ of }: { of: [string, ReactNode][] }) {
  return (
    <dl className="facts">
      {of
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
