/**
 * Dates of HTTP (RFC 9110, 5.6.7), as numbers of ms since 1970-01-01T00:00:00Z: written in the one form that is good
 * today, read in all three. They know whole seconds only.
 */

const DAY_MS = 86_400_000;
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The last second that has a date of four digits: 9999-12-31T23:59:59Z. */
const LAST_MS = 253_402_300_799_000;

/** `Sun, 06 Nov 1994 08:49:37 GMT`. Times before 1970 and after 9999 become the first and last date there is. */
export function formatHttpDate(ms: number): string {
  const time = Math.floor(Math.min(Math.max(ms, 0), LAST_MS) / 1000);
  const day = Math.floor(time / 86_400);
  const { year, month, dayOfMonth } = dateOfDay(day);
  const clock = [Math.floor(time / 3600) % 24, Math.floor(time / 60) % 60, time % 60].map(twoDigits).join(":");
  // 1970-01-01 was a Thursday.
  const weekday = DAYS[(day + 4) % 7]!.slice(0, 3);
  return `${weekday}, ${twoDigits(dayOfMonth)} ${MONTHS[month]} ${String(year).padStart(4, "0")} ${clock} GMT`;
}

/** Undefined for what is no date of HTTP, a day that no month has among them. The name of the weekday is not checked. */
export function parseHttpDate(text: string): number | undefined {
  const preferred = IMF_FIXDATE.exec(text);
  if (preferred !== null) {
    const [, day, month, year, clock] = preferred;
    return time(Number(year), month!, Number(day), clock!);
  }
  const rfc850 = RFC_850.exec(text);
  if (rfc850 !== null) {
    const [, day, month, twoDigitYear, clock] = rfc850;
    // Without a clock to tell "more than 50 years ahead" by: no file is older than the epoch.
    const year = Number(twoDigitYear);
    return time(year < 70 ? 2000 + year : 1900 + year, month!, Number(day), clock!);
  }
  const asctime = ASCTIME.exec(text);
  if (asctime === null) return undefined;
  const [, month, day, clock, year] = asctime;
  return time(Number(year), month!, Number(day), clock!);
}

const CLOCK = "(\\d\\d:\\d\\d:\\d\\d)";
const MONTH = `(${MONTHS.join("|")})`;
const SHORT_DAY = `(?:${DAYS.map((name) => name.slice(0, 3)).join("|")})`;
const IMF_FIXDATE = new RegExp(`^${SHORT_DAY}, (\\d\\d) ${MONTH} (\\d{4}) ${CLOCK} GMT$`);
const RFC_850 = new RegExp(`^(?:${DAYS.join("|")}), (\\d\\d)-${MONTH}-(\\d\\d) ${CLOCK} GMT$`);
const ASCTIME = new RegExp(`^${SHORT_DAY} ${MONTH} ([ \\d]\\d) ${CLOCK} (\\d{4})$`);

function time(year: number, monthName: string, dayOfMonth: number, clock: string): number | undefined {
  const month = MONTHS.indexOf(monthName);
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(":").map(Number);
  // A leap second, 60, is the second after it.
  if (year < 1970 || hours > 23 || minutes > 59 || seconds > 60) return undefined;
  const day = Date.UTC(year, month, dayOfMonth) / DAY_MS;
  const found = dateOfDay(day);
  if (found.month !== month || found.dayOfMonth !== dayOfMonth) return undefined;
  return day * DAY_MS + (hours * 3600 + minutes * 60 + seconds) * 1000;
}

/** The date of a day counted from 1970-01-01 = 0: years begin in March here, so that a leap day is a year's last. */
function dateOfDay(day: number): { year: number; month: number; dayOfMonth: number } {
  const fromMarch0000 = day + 719_468;
  const era = Math.floor(fromMarch0000 / 146_097);
  const dayOfEra = fromMarch0000 - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = (fromMarch + 2) % 12;
  return {
    year: yearOfEra + era * 400 + (month < 2 ? 1 : 0),
    month,
    dayOfMonth: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
