// The router, made from the route table. Each page is a chunk of its own, loaded when it is first gone to (or pointed at).
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { BASE } from "@/client/base";
import { Shell } from "@/components/Shell";
import { Fault, Skeleton } from "@/ui/States";
import { Missing } from "./Missing";
import { PAGES } from "./table";

const modules = import.meta.glob<{ default: React.ComponentType }>("./*Page.tsx");

const root = createRootRoute({ component: Shell, notFoundComponent: Missing });

const children = PAGES.map((page) => {
  const load = modules[`./${page.id}Page.tsx`];
  if (!load) throw new Error(`pages/${page.id}Page.tsx is missing`);
  return createRoute({
    getParentRoute: () => root,
    path: page.path,
    validateSearch: (search: Record<string, unknown>) => search as Record<string, string | undefined>,
    component: lazyRouteComponent(load),
  });
});

export const router = createRouter({
  routeTree: root.addChildren(children),
  basepath: BASE.replace(/\/$/, "") || "/",
  defaultPreload: "intent",
  defaultPendingComponent: () => <Skeleton lines={6} />,
  defaultErrorComponent: ({ error, reset }) => <Fault of={error} retry={reset} />,
  scrollRestoration: true,
  // Search parameters stay readable: plain strings, no JSON quoting.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const kept = Object.entries(search).filter(([, value]) => value !== undefined && value !== null && value !== "");
    const text = new URLSearchParams(kept.map(([name, value]) => [name, String(value)])).toString();
    return text ? `?${text}` : "";
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
