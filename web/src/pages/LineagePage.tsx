// Field by field, from the source's column to the canonical field and on to the agents that read it: as a grid, a tree or a
// picture; what a change would touch; and why one value is what it is.
import { useAddress } from "@/components/address";
import { Around } from "@/components/lineage/Around";
import { Grid } from "@/components/lineage/Grid";
import { NodeDrawer } from "@/components/lineage/Impact";
import { Tree } from "@/components/lineage/Tree";
import { Why } from "@/components/lineage/Why";
import { Page } from "@/components/Page";
import { Segmented } from "@/ui/Field";
import { LINEAGE_SHAPES } from "./table";

type Shape = keyof typeof LINEAGE_SHAPES;
const SHAPES: Record<Shape, () => React.ReactNode> = { grid: Grid, tree: Tree, graph: Around, why: Why };

export default function LineagePage() {
  const [address, change] = useAddress();
  const as = (address.as && address.as in SHAPES ? address.as : "grid") as Shape;
  const Shown = SHAPES[as];
  return (
    <Page
      title="Data Lineage"
      lead="Which column feeds which field, who reads it, what a change would touch, and why a value is what it is."
      wide
      actions={
        <Segmented
          label="Shown as"
          value={as}
          onChange={(next) => change({ as: next, open: undefined }, true)}
          options={Object.entries(LINEAGE_SHAPES).map(([value, label]) => ({ value, label }))}
        />
      }
    >
      <Shown />
      <NodeDrawer />
    </Page>
  );
}
