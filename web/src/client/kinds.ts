// The types of sources and the JSON Schema of their settings.
import { queryOptions } from "@tanstack/react-query";
import { get } from "./http";
import type { Page } from "./types";

export type Property = {
  type?: "string" | "integer" | "number" | "boolean" | "array" | "object";
  enum?: string[];
  description?: string;
  default?: unknown;
  writeOnly?: boolean;
  items?: Property;
};
export type Spec = { type: "object"; required?: string[]; properties: Record<string, Property> };
export type ConnectorType = { type: string; spec: Spec };

export const connectorTypes = () =>
  queryOptions({
    queryKey: ["connector-types"],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => get<Page<ConnectorType>>("/api/v1/aam/connector-types", signal),
  });
