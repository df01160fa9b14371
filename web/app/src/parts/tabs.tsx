/** Tabs whose choice stands in the address: `?tab=…`. */
import type { ReactNode } from "react";
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from "react-aria-components";
import { useParam } from "../lib/url";

export interface TabEntry {
  id: string;
  title: string;
  content(): ReactNode;
}

export function Tabs({ label, tabs, param = "tab" }: { label: string; tabs: TabEntry[]; param?: string }) {
  const first = tabs[0]?.id ?? "";
  const [chosen, choose] = useParam(param, first);
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
