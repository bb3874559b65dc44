"""Writes test/fixtures/windows/oracle.json: when windows open and close, by Python's zoneinfo and datetime alone.

An oracle that shares no code with src/features/windows: it walks every minute around each change of the clocks of 50
zones in ten years and reads the wall clock. Run: python3 scripts/write-window-oracle.py
"""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

ZONES = """Europe/Berlin Europe/London Europe/Paris Europe/Madrid Europe/Rome Europe/Athens Europe/Helsinki Europe/Lisbon
Europe/Dublin Europe/Warsaw Europe/Kyiv Europe/Zurich Europe/Stockholm America/New_York America/Chicago America/Denver
America/Los_Angeles America/Anchorage America/Halifax America/St_Johns America/Toronto America/Vancouver America/Havana
America/Santiago America/Asuncion America/Bogota America/Sao_Paulo America/Argentina/Buenos_Aires America/Phoenix
Australia/Sydney Australia/Adelaide Australia/Brisbane Australia/Perth Australia/Lord_Howe Pacific/Auckland
Pacific/Chatham Pacific/Honolulu Pacific/Apia Pacific/Kiritimati Asia/Tokyo Asia/Kolkata Asia/Kathmandu Asia/Singapore
Asia/Jerusalem Asia/Beirut Asia/Dubai Africa/Johannesburg Africa/Lagos Atlantic/Azores UTC""".split()
FIRST, LAST = 2015, 2024
# name, days (0 Sunday), from, to, in minutes of the wall clock; over midnight where to is not after from
SHAPES = [
    ("office", [1, 2, 3, 4, 5], 540, 960),
    ("night", [0, 6], 1350, 135),
    ("edge", [0, 1, 2, 3, 4, 5, 6], 130, 170),
    ("sunday", [0], 0, 1440),
]


def changes_of_offset(zone):
    """The hours (UTC) in which the zone's clocks change."""
    at = datetime(FIRST, 1, 1, tzinfo=timezone.utc)
    end = datetime(LAST + 1, 1, 1, tzinfo=timezone.utc)
    found = []
    offset = at.astimezone(zone).utcoffset()
    while at < end:
        at += timedelta(hours=1)
        now = at.astimezone(zone).utcoffset()
        if now != offset:
            found.append(at)
        offset = now
    return found


def is_inside(shape, wall):
    _, days, start, end = shape
    minute = wall.hour * 60 + wall.minute
    day = wall.isoweekday() % 7
    if start < end:
        return day in days and start <= minute < end
    return (day in days and minute >= start) or ((day - 1) % 7 in days and minute < end)


def flips(shape, zone, first, minutes):
    """Minutes after `first` at which the window opens or closes."""
    found = []
    before = is_inside(shape, first.astimezone(zone))
    for minute in range(1, minutes):
        now = is_inside(shape, (first + timedelta(minutes=minute)).astimezone(zone))
        if now != before:
            found.append(minute)
        before = now
    return found


def main():
    rows = []
    for name in ZONES:
        zone = ZoneInfo(name)
        edges = changes_of_offset(zone) or [datetime(year, 7, 4, tzinfo=timezone.utc) for year in (FIRST, LAST)]
        for edge in edges:
            first = edge.replace(minute=0) - timedelta(hours=20)
            rows.append([name, int(first.timestamp()), [flips(shape, zone, first, 44 * 60) for shape in SHAPES]])
    shapes = [{"name": name, "days": days, "from": start, "to": end} for name, days, start, end in SHAPES]
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    path = Path(__file__).parent.parent / "test/fixtures/windows/oracle.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"minutes":%d,"shapes":%s,"rows":[\n%s\n]}\n' % (44 * 60, json.dumps(shapes), lines))
    print(f"{len(rows)} edges of {len(ZONES)} zones")


main()
