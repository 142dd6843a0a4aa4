import datetime as dt
import time
from datetime import datetime, timezone

import pytz


if __name__ == "__main__":

    class Clock:
        def shown(self):
            # ok: naive-now
            return datetime.now()


def aware(stamp):
    # ok: utcnow, naive-now
    now = datetime.now(timezone.utc)
    # ok: utcnow, naive-now
    then = datetime.fromtimestamp(stamp, tz=timezone.utc)
    # ok: naive-now
    local = datetime.now().astimezone()
    # ok: naive-now
    label = datetime.now().strftime("%Y")
    # ok: naive-now
    start = datetime.now()
    # ok: naive-now
    print(f"{datetime.now()}: {label}")
    # ok: naive-now
    seconds = datetime.now().timestamp()
    # ok: naive-now
    tell(start_time=start, end_time=datetime.now())
    return now, then, local, seconds


def naive(self, stamp):
    # ruleid: utcnow
    now = datetime.utcnow()
    # ruleid: utcnow
    made = field(default_factory=datetime.utcnow)
    # ruleid: utcnow
    then = dt.datetime.utcfromtimestamp(stamp)
    # ruleid: naive-now
    self.updated_at = datetime.now()
    # ruleid: naive-now
    record = {"timestamp": datetime.now(), "value": now}
    # ruleid: naive-now
    record["expires"] = datetime.now() + dt.timedelta(days=1)
    # ruleid: naive-now
    if then < datetime.now():
        # ruleid: naive-now
        save(name="a", last_seen=dt.datetime.now())
    # ruleid: naive-now
    log({"when": datetime.now().isoformat()})
    # ruleid: naive-now
    return dt.datetime.fromtimestamp(stamp)


class Message:
    # ruleid: naive-now
    created: datetime = field(default_factory=datetime.now)


def zoned(moment):
    zone = pytz.timezone("Europe/Rome")
    # ok: pytz-zone-as-tzinfo
    zone.localize(moment)
    # ok: pytz-zone-as-tzinfo
    moment.replace(tzinfo=pytz.utc)
    # ruleid: pytz-zone-as-tzinfo
    return moment.replace(tzinfo=pytz.timezone("Europe/Rome"))


def measured(work, stamp):
    start = time.monotonic()
    work()
    # ok: wall-clock-duration
    spent = time.monotonic() - start
    # ok: wall-clock-duration
    age = time.time() - stamp
    return spent, age


def measured_badly(work):
    start = time.time()
    work()
    # ruleid: wall-clock-duration
    return time.time() - start


def measured_by_two(work):
    start = time.monotonic()
    work()
    end = time.monotonic()
    # ok: wall-clock-duration
    return end - start


def measured_badly_by_two(work):
    start = time.time()
    work()
    end = time.time()
    # ruleid: wall-clock-duration
    return end - start


def measured_badly_too(work):
    start = datetime.now()
    work()
    # ruleid: wall-clock-duration
    return datetime.now() - start


def duration(start, end):
    # ok: timedelta-seconds-part
    whole = (end - start).total_seconds()
    # ruleid: timedelta-seconds-part
    return whole or (end - start).seconds


def elapsed(start):
    delta = datetime.now(timezone.utc) - start
    # ok: timedelta-seconds-part
    delta.total_seconds()
    # ruleid: timedelta-seconds-part
    return delta.seconds


def birthday(born, month, year):
    # ok: year-replaced-on-leap-day
    month = month.replace(year=month.year + 1)
    # ok: year-replaced-on-leap-day
    first = born.replace(month=1, day=1)
    try:
        # ok: year-replaced-on-leap-day
        first = born.replace(year=born.year + 1)
    except ValueError:
        first = born.replace(year=born.year + 1, day=28)
    # ruleid: year-replaced-on-leap-day
    return first, born.replace(year=born.year + 1)
