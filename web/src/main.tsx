// Starts the console: the session first, outside of React, so that it happens once.
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { cache } from "@/client/cache";
import { start } from "@/client/session";
import { Gate } from "@/components/Gate";
import "@/ui/theme.css";

const Toaster = lazy(() => import("@/ui/Toast"));

void start();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={cache}>
        <Gate />
        <Suspense>
          <Toaster />
        </Suspense>
      </QueryClientProvider>
    </StrictMode>,
  );
}
