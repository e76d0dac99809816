// Orchestrated work: tasks that wait, run and ran; what sets them off by itself; playbooks; mapping in bulk.
import { useAddress } from "@/components/address";
import { Page } from "@/components/Page";
import { BulkJobs } from "@/components/task/BulkJobs";
import { Playbooks } from "@/components/task/Playbooks";
import { Schedules } from "@/components/task/Schedules";
import { TaskList } from "@/components/task/TaskList";
import { Tabs, tabsOf } from "@/ui/Tabs";
import { TASK_TABS } from "./table";

const TABS = tabsOf(TASK_TABS, {
  tasks: <TaskList />,
  schedules: <Schedules />,
  playbooks: <Playbooks />,
  mapping: <BulkJobs />,
});

export default function TasksPage() {
  const [address, change] = useAddress();
  return (
    <Page title="Tasks" lead="Work that was asked for or sets itself off, and what came of it.">
      <Tabs
        label="Kinds of work"
        value={address.tab ?? "tasks"}
        onChange={(tab) => change({ tab: tab === "tasks" ? undefined : tab })}
        tabs={TABS}
      />
    </Page>
  );
}
