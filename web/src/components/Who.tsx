// Who is signed in, the appearance, and the way out. Loaded after the page, since nothing waits for it.
import { useQuery } from "@tanstack/react-query";
import { BookOpenText, LogOut, Monitor, Moon, Sun, UserRound } from "lucide-react";
import { signOut } from "@/client/session";
import { me } from "@/client/system";
import { IconButton } from "@/ui/Button";
import { Menu } from "@/ui/Menu";
import { useGo } from "./address";
import { setTheme, useTheme } from "./theme";

export default function Who() {
  const { data } = useQuery(me());
  const theme = useTheme();
  const go = useGo();
  const initials = (data?.name ?? "")
    .split(/\s+/)
    .map((part) => part.charAt(0))
    .join("")
    .slice(0, 2)
    .toUpperCase();
  return (
    <Menu
      button={
        <IconButton label="Account and appearance" className="!rounded-full !bg-purple-soft !text-purple font-bold">
          {initials || <UserRound className="size-4" aria-hidden />}
        </IconButton>
      }
      head={
        data && (
          <>
            <p className="font-bold wrap-anywhere">{data.name}</p>
            <p className="text-sm text-ink-3 wrap-anywhere">{data.email}</p>
            <p className="text-sm text-ink-3 wrap-anywhere">
              {data.role} of {data.tenant.name}
            </p>
          </>
        )
      }
      items={[
        "line",
        {
          label: "Light",
          icon: <Sun className="size-4" />,
          onSelect: () => setTheme("light"),
          checked: theme === "light",
        },
        {
          label: "Dark",
          icon: <Moon className="size-4" />,
          onSelect: () => setTheme("dark"),
          checked: theme === "dark",
        },
        {
          label: "As the system",
          icon: <Monitor className="size-4" />,
          onSelect: () => setTheme("system"),
          checked: theme === "system",
        },
        "line",
        { label: "Help and keys", icon: <BookOpenText className="size-4" />, onSelect: () => go("/help") },
        { label: "Sign out", icon: <LogOut className="size-4" />, onSelect: () => void signOut() },
      ]}
    />
  );
}
