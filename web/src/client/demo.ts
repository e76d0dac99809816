// The demo's run through all layers: started, looked at stage by stage, and taken out again.
import { queryOptions } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, body } from "./http";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Run = Schemas["PipelineView"];
export type Stage = Schemas["StageView"];

export const pipeline = () =>
  queryOptions<Run>({
    queryKey: ["pipeline"],
    // A run lasts seconds, and its stages are told by no event.
    refetchInterval: (query) => (query.state.data?.state === "running" ? 1_000 : false),
    queryFn: ({ signal }) => body<Run>(api.GET("/api/v1/demo/pipeline/status", { signal })),
  });

const everything = () => cache.invalidateQueries();

export const runPipeline = () => body(api.POST("/api/v1/demo/pipeline/end-to-end", {})).finally(everything);
export const resetPipeline = () => body(api.POST("/api/v1/demo/pipeline/reset")).finally(everything);
