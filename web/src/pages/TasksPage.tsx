// Orchestrated work: tasks that wait, run and ran; what sets them off by itself; playbooks; mapping in bulk.
import { useAddress } from "@/components/address";
import { Page } from "@/components/Page";
import { BulkJobs } from "@/components/task/BulkJobs";
import { Playbooks } from "@/components/task/Playbooks";
import { Schedules } from "@/components/task/Schedules";
import { TaskList } from "@/components/task/TaskList";
import { type Parts, Tabs } from "@/ui/Tabs";
import { TASK_TABS } from "./table";

const PARTS: Parts<typeof TASK_TABS> = {
  tasks: { label: "Tasks", content: <TaskList /> },
  schedules: { label: "Schedules", content: <Schedules /> },
  playbooks: { label: "Playbooks", content: <Playbooks /> },
  mapping: { label: "Bulk mapping", content: <BulkJobs /> },
};

export default function TasksPage() {
  const [address, change] = useAddress();
  return (
    <Page title="Tasks" lead="Work that was asked for or sets itself off, and what came of it.">
      <Tabs
        label="Kinds of work"
        value={address.tab ?? TASK_TABS[0]}
        onChange={(tab) => change({ tab: tab === TASK_TABS[0] ? undefined : tab })}
        tabs={TASK_TABS.map((id) => ({ id, ...PARTS[id] }))}
      />
    </Page>
  );
}
