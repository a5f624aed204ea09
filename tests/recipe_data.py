#!/usr/bin/env python3
"""Writes what the recipes of streamkit(7) are about, into the current directory: access.log, and the same as rotation cuts
it into access.log.1 and access.log.0; readings.csv, beats.tsv and alarms.log. Seeded, and out of order by less than the
recipes allow for, but for some readings and alarms."""
import datetime, random

NOW = 1742637600  # 2025-03-22T10:00:00Z, in the past of every clock

def iso(time, digits=0):
    text = datetime.datetime.fromtimestamp(time // 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return text + (".%03d" % (time % 1000) if digits else "") + "Z"

def write(name, records, disorder, header=None):
    """Records are (milliseconds, text), and arrive up to ${disorder} milliseconds after they happened."""
    dice = random.Random(name)
    arrived = sorted((time + dice.randrange(disorder), i, text) for i, (time, text) in enumerate(records))
    with open(name, "w") as file:
        print(*([header] if header else []) + [text for _, _, text in arrived], sep="\n", file=file)

def requests(dice, first, days):
    """Three bursts a day, of twenty minutes."""
    for day in range(first, first + days):
        for hour in 3, 11, 23:
            for _ in range(250):
                time = (NOW // 86400 * 86400 + day * 86400 + hour * 3600 + 2400 + dice.randrange(1200)) * 1000
                client = int(dice.paretovariate(0.6)) % 3000
                path = "/" + "abcdefghijklmnop"[min(int(dice.expovariate(0.3)), 15)]
                when = datetime.datetime.fromtimestamp(time // 1000, datetime.timezone.utc)
                yield time, '10.0.%d.%d - - [%s +0000] "GET %s HTTP/1.1" 200 %d "-" "-" %.3f' % (client // 250, client % 250,
                    when.strftime("%d/%b/%Y:%H:%M:%S"), path, dice.randrange(9999), dice.lognormvariate(-3, 1))

def readings(dice):
    for step in range(1500):
        for sensor in range(4):
            time = NOW * 1000 + step * 5000 + dice.randrange(5000)
            yield time, "%s,s%02d,%.1f" % (iso(time, 3), sensor, 20 + sensor + dice.gauss(0, 2))

def beats(dice):
    for player in range(300):
        begin = dice.randrange(1200000)
        for time in range(begin, begin + dice.randrange(900000), 30000):
            arena = "dunes" if time // 600000 % 2 else ("ice", "moon")[player % 2]
            yield NOW * 1000 + time, "%d\tp%04d\t%s" % (NOW * 1000 + time, player, arena)

def alarms(dice):
    for bed in range(12):
        time = NOW * 1000 + dice.randrange(3600000)
        for _ in range(dice.randrange(20, 60)):
            time += dice.choice((20000, 60000, 120000, 299000, 300000, 900000)) // 1000 * 1000
            kind = dice.choice(("SpO2-low", "SpO2-low", "HR-high", "lead-off"))
            yield time, "%s bed%02d %s %d" % (iso(time), bed, kind, dice.randrange(40, 190))

def put_late(name, share, most, dice, skip=0):
    """Some lines come later by up to ${most} lines."""
    lines = open(name).read().splitlines()
    keyed = [(i + (dice.randrange(most) if i >= skip and dice.random() < share else 0), i) for i in range(len(lines))]
    with open(name, "w") as file:
        print(*[lines[i] for _, i in sorted(keyed)], sep="\n", file=file)

if __name__ == "__main__":
    dice = random.Random(5)
    write("access.log", list(requests(dice, -16, 17)), 9000)
    lines = open("access.log").read().splitlines(keepends=True)
    cut = len(lines) * 2 // 3 + 100  # in the middle of a day
    open("access.log.1", "w").writelines(lines[:cut])
    open("access.log.0", "w").writelines(lines[cut:])
    write("readings.csv", list(readings(dice)), 110000, "time,sensor,celsius")
    put_late("readings.csv", 0.02, 5000, dice, skip=1)
    write("beats.tsv", list(beats(dice)), 19000)
    write("alarms.log", sorted(alarms(dice)), 55000)
    put_late("alarms.log", 0.03, 60, dice)
