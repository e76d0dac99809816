// What is said of a cron line is what it means; what cannot be said shortly is not said at all.
import { expect, test } from "vitest";
import { explain, pause, triggerWords } from "./cron";

test.each([
  ["0 6 * * MON-FRI", "At 06:00 on Monday to Friday"],
  ["0 6 * * *", "At 06:00"],
  ["30 6,18 * * *", "At 06:30 and 18:30"],
  ["*/20 * * * *", "Every 20 minutes"],
  ["* * * * *", "Every minute"],
  ["0 * * * *", "Every hour, on the hour"],
  ["15,45 * * * *", "Every hour, at :15 and :45"],
  ["0 */2 * * *", "Every 2 hours, on the hour"],
  ["*/15 9-17 * * 1-5", "Every 15 minutes from 09 to 17 o'clock on Monday to Friday"],
  ["0 9-17 * * *", "Every hour from 09 to 17 o'clock, on the hour"],
  ["15 3 1 * *", "At 03:15 on day 1 of the month"],
  ["0 0 1 1 *", "At 00:00 on day 1 of the month in January"],
  ["0 0 1 */3 *", "At 00:00 on day 1 of the month every 3 months"],
  ["0 0 1 * SUN", "At 00:00 on day 1 of the month and on Sunday"],
  ["0 0 * * 7", "At 00:00 on Sunday"],
  ["*/20 * * * * *", "Every 20 seconds"],
  ["30 0 6 * * *", "At 06:00:30"],
])("%s is %s", (line, words) => {
  expect(explain(line)).toBe(words);
});

test.each([
  "",
  "every day",
  "* * * *",
  "61 * * * *",
  "0 24 * * *",
  "0 6 * * FUN",
  "0 0 L * *",
  "1-2-3 * * * *",
  "0 0 0 0 0 0 0",
])("%s is left as it is", (line) => {
  expect(explain(line)).toBeNull();
});

test("triggers of every kind are said", () => {
  expect(triggerWords({ cron: "0 6 * * *", time_zone: "Europe/Berlin" })).toBe("At 06:00 (Europe/Berlin)");
  expect(triggerWords({ cron: "0 0 L * *" })).toBe("By 0 0 L * *");
  expect(triggerWords({ every_seconds: 7_200 })).toBe("Every 2 hours");
  expect(triggerWords({ after: ["crm", "billing"] })).toBe("After crm and billing were read");
  expect([pause(60), pause(90), pause(86_400)]).toEqual(["minute", "90 seconds", "day"]);
});
