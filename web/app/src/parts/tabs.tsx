/** Tabs whose choice stands in the address: `?tab=…`. */
import type { ReactNode } from "react";
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from "react-aria-components";
import { useChange, useParam } from "../lib/url";

export interface TabEntry {
  id: string;
  title: string;
  content(): ReactNode;
}

/** `forget`: what else of the address belongs to one tab alone. */
export function Tabs({ label, tabs, param = "tab", forget = [] }: { label: string; tabs: TabEntry[]; param?: string; forget?: string[] }) {
  const first = tabs[0]?.id ?? "";
  const [chosen] = useParam(param, first);
  const change = useChange();
  const choose = (tab: string) => change({ ...Object.fromEntries(forget.map((name) => [name, ""])), [param]: tab === first ? "" : tab });
  const known = tabs.some((tab) => tab.id === chosen) ? chosen : first;
  return (
    <AriaTabs className="tabs" selectedKey={known} onSelectionChange={(key) => choose(String(key))}>
      <TabList className="tablist no-print" aria-label={label}>
        {tabs.map((tab) => (
          <Tab key={tab.id} id={tab.id} className="tab">
            {tab.title}
          </Tab>
        ))}
      </TabList>
      {tabs.map((tab) => (
        <TabPanel key={tab.id} id={tab.id} className="tabpanel">
          {tab.content()}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
