"""Cost of a whole `bailiwick plan`, from CSV to files, by the number of accounts: a log-log plot and a Markdown table.

usage: scaling.py BAILIWICK BAILIWICK_BENCH PLOT.svg

Workload and potential within 5 %; the data come from `bailiwick-bench generate`, seed 1.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib

sys.path.append(str(Path(__file__).parent / "peers"))
from compare import POLICY, run

matplotlib.use("svg")
from matplotlib import pyplot

SIZES = [(10_000, 50), (30_000, 100), (100_000, 200), (300_000, 450), (1_000_000, 1_000)]


def main():
    bailiwick, bench, plot = sys.argv[1:]
    seconds, memory = [], []
    print("| accounts × employees | wall s | processor s | peak MB | wall µs an account |\n| --- | ---: | ---: | ---: | ---: |")
    for accounts, employees in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            size = ["--accounts", str(accounts), "--employees", str(employees)]
            subprocess.run([bench, "generate", *size, "-o", folder], check=True)
            policy = Path(folder) / "bailiwick.toml"
            policy.write_text(POLICY.format(balance="workload = 0.05, potential = 0.05"))
            wall, processor, peak, end = run([bailiwick, "plan", "-p", policy, "-o", f"{folder}/plan"], 900)
            if end != "done":
                sys.exit(f"{accounts} × {employees}: {end}")
        print(f"| {accounts:,} × {employees:,} | {wall:.1f} | {processor:.1f} | {peak:.0f} | {1e6 * wall / accounts:.0f} |", flush=True)
        seconds.append(wall)
        memory.append(peak)
    counts = [accounts for accounts, _ in SIZES]
    matplotlib.rcParams["svg.hashsalt"] = "bailiwick"
    figure, axes = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
    axes.loglog(counts, seconds, "o-", label="wall seconds")
    axes.loglog(counts, [peak / 100 for peak in memory], "s-", label="peak memory, 100 MB")
    axes.loglog(counts, [seconds[0] * n / counts[0] for n in counts], ":", color="grey", label="linear from the first point")
    axes.set(xlabel="accounts", title="bailiwick plan: workload and potential within 5 %")
    axes.grid(which="both", alpha=0.3)
    axes.legend()
    figure.savefig(plot, metadata={"Date": None})


main()
