"""Tables and a picture of what `measure.py` measured: medians over the rounds, costs over those at 16 and 64 connections.

    python3 benches/load/report.py RESULTS

Reads RESULTS/cells.json alone, so that it can be run again. The picture needs matplotlib and is left out without it.
"""

import collections
import json
import pathlib
import statistics
import subprocess
import sys

from places import CACHE

PAGES = ("storefront", "course", "search", "library", "claim", "sign-in")
NAMES = ("worked out", "rows kept", "kept", "kept, by GET", "pgbench", "PostGraphile", "static file")


def medians(cells):
    """(database, page, contestant, connections) to the median of each figure."""
    groups = collections.defaultdict(list)
    for one in cells:
        rate = one["requests"] / one["seconds"]
        each = lambda seconds: seconds / one["requests"] * 1e3 if one["requests"] else float("nan")
        figures = {"rate": rate, "p50": one["p50"], "p99": one["p99"], "errors": one["errors"], "memory": one["memory"],
                   "server": each(one["server"]), "database": each(one["database_processor"]),
                   "sum": each(one["server"] + one["database_processor"])}
        groups[one["database"], one["page"], one["name"], one["connections"]].append(figures)
    return {key: {name: (sum if name == "errors" else max if name == "memory" else statistics.median)(one[name] for one in group)
                  for name in group[0]} for key, group in groups.items()}


def costs(cells):
    """(database, page, contestant) to milliseconds a request: the server's, PostgreSQL's, the sum's medians."""
    groups = collections.defaultdict(list)
    for one in cells:
        if one["connections"] >= 16 and one["requests"]:
            server, database = (one[name] / one["requests"] * 1e3 for name in ("server", "database_processor"))
            groups[one["database"], one["page"], one["name"]].append((server, database, server + database))
    return {key: tuple(statistics.median(column) for column in zip(*group)) for key, group in groups.items()}


def compared(key, known):
    """A cost beside those it is held to."""
    database, page, name = key
    own, said = known[key][2], []
    for other, words in (("PostGraphile", "{:.1f} x less than PostGraphile"), ("pgbench", "{:.2f} x pgbench")):
        beside = known.get((database, page, other))
        if beside and name in NAMES[:4]:
            said.append(words.format(beside[2] / own if other == "PostGraphile" else own / beside[2]))
    static = next((cost for (_, _, contestant), cost in known.items() if contestant == "static file"), None)
    if static and name.startswith("kept"):
        said.append(f"{own / static[2]:.2f} x the static file")
    return ", ".join(said)


def table_of_costs(cells):
    known = costs(cells)
    yield "| page | who | server + PostgreSQL = **sum**, ms of a processor | compared |"
    yield "|---|---|--:|---|"
    for key in ordered(known):
        server, database, total = known[key]
        of = "" if key[0] == "postgres" or key[2] == "static file" else ", SQLite"
        yield f"| {key[1] if key[2] != 'static file' else '-'} | {key[2]}{of} | {server:.3f} + {database:.3f} = **{total:.3f}** | {compared(key, known)} |"


def table_of_rates(cells):
    known = medians(cells)
    connections = sorted({key[3] for key in known})
    yield "| page | who | " + " | ".join(f"{count}: requests/s, p50 / p99 ms" for count in connections) + " | errors |"
    yield "|---|---|" + "--:|" * (len(connections) + 1)
    for database, page, name in ordered({key[:3] for key in known}):
        found = [known[database, page, name, count] for count in connections]
        told = " | ".join(f"{one['rate']:,.0f}, {one['p50']:.1f} / {one['p99']:.1f}" for one in found)
        of = "" if database == "postgres" or name == "static file" else ", SQLite"
        yield f"| {page if name != 'static file' else '-'} | {name}{of} | {told} | {sum(one['errors'] for one in found)} |"


def table_of_memory(facts):
    yield "| who | memory, nobody asks | at most, reading | at most, all pages | processor while nobody asks |"
    yield "|---|--:|--:|--:|--:|"
    for one in facts["idle"]:
        own = [cell for cell in facts["cells"] if (cell["name"], cell["database"]) == (one["name"], one["database"])]
        most = lambda cells: f"{max((cell['memory'] for cell in cells), default=0):.0f} MiB"
        reading = [cell for cell in own if cell["page"] in PAGES[:4]]
        yield (f"| {one['name']}, {one['database']} | {one['memory']:.0f} MiB | {most(reading)} | {most(own)} | "
               f"{one['server'] * 1e3:.1f} ms/s |")


def ordered(keys):
    place = lambda key: (PAGES.index(key[1]), key[0] != "postgres", NAMES.index(key[2]))
    return sorted((key for key in keys if key[2] != "static file"), key=place) + [key for key in keys if key[2] == "static file"]


def noise(facts):
    cells = facts["cells"]
    others = lambda one: one["busy_cores"] - one["asking_cores"] - (one["server"] + one["database_processor"]) / one["seconds"]
    loads = sorted(one["load"] for one in cells)
    yield (f"{facts['begun']}, scale {facts['scale']:g}, {facts['rounds']} rounds of {facts['seconds']} s, {facts['cores']} cores, "
           f"PostgreSQL {facts.get('postgres', '-')}, {len(cells)} cells, {sum(one['requests'] for one in cells):,} requests, "
           f"{sum(one['errors'] for one in cells)} errors. Load average {loads[0]:.1f} to {loads[-1]:.1f}, median {statistics.median(loads):.1f}; "
           f"others took {statistics.median(map(others, cells)):.1f} cores (median). Leaves compared: {facts.get('leaves', 'none')}.")


def writes(results):
    facts = json.loads((results / "cells.json").read_text())
    parts = (noise(facts), table_of_costs(facts["cells"]), table_of_rates(facts["cells"]), table_of_memory(facts))
    (results / "table.md").write_text("\n\n".join("\n".join(part) for part in parts) + "\n")
    python = CACHE / "venv" / "bin" / "python"
    if python.exists():
        subprocess.run([python, __file__, results, "--draw"], check=True, timeout=120)


def draws(results):
    """Costs, the server's share and PostgreSQL's upon each other."""
    import matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "atelier"
    from matplotlib import pyplot
    known = costs(json.loads((results / "cells.json").read_text())["cells"])
    figure, axes = pyplot.subplots(2, 3, figsize=(12, 6.5), layout="constrained")
    for axis, page in zip(axes.flat, PAGES):
        keys = [key for key in ordered(known) if key[1] == page and key[2] != "static file"]
        names = [key[2] + ("" if key[0] == "postgres" else "\nSQLite") for key in keys]
        server, database = ([known[key][part] for key in keys] for part in (0, 1))
        axis.bar(names, server, color="#1f3a5f", label="server")
        axis.bar(names, database, bottom=server, color="#c98f4e", label="PostgreSQL")
        for place, key in enumerate(keys):
            axis.text(place, known[key][2], f"{known[key][2]:.2f}", ha="center", va="bottom", fontsize=8)
        axis.set_title(page)
        axis.tick_params(axis="x", labelsize=7)
        axis.margins(y=0.12)
    axes[0][0].set_ylabel("ms of a processor")
    axes[1][0].set_ylabel("ms of a processor")
    axes[0][0].legend(frameon=False)
    figure.suptitle("Processor time a request, median of all rounds at 16 and 64 connections; less is better")
    figure.savefig(results / "costs.svg", metadata={"Date": None})


if __name__ == "__main__":
    draws(pathlib.Path(sys.argv[1])) if "--draw" in sys.argv else writes(pathlib.Path(sys.argv[1]))
